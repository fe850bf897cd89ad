// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s --split-input-file --verify-diagnostics

func.func @attention_c1_rank(%x: tensor<8x16xf32>) {
  // expected-error @+1 {{expected 'query' of rank 4, got rank 2}}
  %0 = neap.attention %x, %x, %x : tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32> -> tensor<8x16xf32>
  return
}

// -----

func.func @attention_c1_heads(%q: tensor<1x4x8x16xf32>, %k: tensor<1x2x8x16xf32>) {
  // expected-error @+1 {{expected 'key' of shape [1, 4, 8, 16], got [1, 2, 8, 16]}}
  %0 = neap.attention %q, %k, %k : tensor<1x4x8x16xf32>, tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c1_keys(%q: tensor<1x4x8x16xf32>, %v: tensor<1x4x9x16xf32>) {
  // expected-error @+1 {{expected 'value' of shape [1, 4, 8, 16], got [1, 4, 9, 16]}}
  %0 = neap.attention %q, %q, %v : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x9x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c1_depth(%q: tensor<1x4x8x?xf32, #neap.dims<"1", "4", "8", "d">>, %v: tensor<1x4x8x16xf32>) {
  // expected-error @+1 {{expected axis 3 of 'query' of constant size, at least 1, got d}}
  %0 = neap.attention %q, %q, %v : tensor<1x4x8x?xf32, #neap.dims<"1", "4", "8", "d">>, tensor<1x4x8x?xf32, #neap.dims<"1", "4", "8", "d">>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c1_result(%q: tensor<1x4x8x16xf32>) {
  // expected-error @+1 {{expected 'result' of type 'tensor<1x4x8x16xf32>', got 'tensor<1x4x8x15xf32>'}}
  %0 = neap.attention %q, %q, %q : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x15xf32>
  return
}

// -----

func.func @attention_c2(%q: tensor<1x4x8x16xf32>, %m: tensor<1x1x8x8xi1>) {
  // expected-error @+1 {{expected 'mask' of shape [1, 4, 8, 8], got [1, 1, 8, 8]}}
  %0 = neap.attention %q, %q, %q mask(%m : tensor<1x1x8x8xi1>) : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c3(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf64>) {
  // expected-error @+1 {{expected equal element types, got 'f32' in 'query' and 'f64' in 'key'}}
  %0 = neap.attention %q, %k, %q : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf64>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c3_mask(%q: tensor<1x4x8x16xf32>, %m: tensor<1x4x8x8xf64>) {
  // expected-error @+1 {{expected equal element types, got 'f32' in 'query' and 'f64' in 'mask'}}
  %0 = neap.attention %q, %q, %q mask(%m : tensor<1x4x8x8xf64>) : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c4_scale(%q: tensor<1x4x8x16xf32>) {
  // expected-error @+1 {{expected a finite 'scale', got INF}}
  %0 = neap.attention %q, %q, %q {scale = 0x7FF0000000000000 : f64} : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

func.func @attention_c4_fill(%q: tensor<1x4x8x16xf32>) {
  // expected-error @+1 {{expected a 'fill' below 0, got 1}}
  %0 = neap.attention %q, %q, %q {fill = 1.0 : f64} : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

// rotary_embedding_c1
func.func @rotary_embedding_c1(%x: tensor<2x7xf32>) -> tensor<2x7xf32> {
  // expected-error @+1 {{expected a last axis of constant even size, got [2, 7]}}
  %0 = neap.rotary_embedding %x, %x, %x : tensor<2x7xf32>
  return %0 : tensor<2x7xf32>
}
