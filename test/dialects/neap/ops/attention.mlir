// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s | neap-opt | FileCheck %s

// CHECK-LABEL: @plain
// CHECK: neap.attention %arg0, %arg1, %arg2 : tensor<2x3x8x16xf32>, tensor<2x3x9x16xf32>, tensor<2x3x9x5xf32> -> tensor<2x3x8x5xf32>
func.func @plain(%q: tensor<2x3x8x16xf32>, %k: tensor<2x3x9x16xf32>, %v: tensor<2x3x9x5xf32>) -> tensor<2x3x8x5xf32> {
  %0 = neap.attention %q, %k, %v : tensor<2x3x8x16xf32>, tensor<2x3x9x16xf32>, tensor<2x3x9x5xf32> -> tensor<2x3x8x5xf32>
  return %0 : tensor<2x3x8x5xf32>
}

// CHECK-LABEL: @masked
// CHECK: neap.attention %arg0, %arg1, %arg1 mask(%arg2 : tensor<2x3x8x9xi1>) {causal = 1 : i64, fill = -1.000000e+30 : f64, masked_rows = #neap<masked_rows zero>, scale = 1.250000e-01 : f64}
func.func @masked(%q: tensor<2x3x8x16xf32>, %k: tensor<2x3x9x16xf32>, %m: tensor<2x3x8x9xi1>) -> tensor<2x3x8x16xf32> {
  %0 = neap.attention %q, %k, %k mask(%m : tensor<2x3x8x9xi1>) {scale = 1.25e-01 : f64, causal = 1 : i64, fill = -1.0e30 : f64, masked_rows = #neap<masked_rows zero>} : tensor<2x3x8x16xf32>, tensor<2x3x9x16xf32>, tensor<2x3x9x16xf32> -> tensor<2x3x8x16xf32>
  return %0 : tensor<2x3x8x16xf32>
}

// CHECK-LABEL: @symbolic
// CHECK: neap.attention %arg0, %arg1, %arg1 {causal = #neap.dim<"past">}
func.func @symbolic(%q: tensor<1x3x?x16xf64, #neap.dims<"1", "3", "seq", "16">>, %k: tensor<1x3x?x16xf64, #neap.dims<"1", "3", "past + seq", "16">>) -> tensor<1x3x?x16xf64, #neap.dims<"1", "3", "seq", "16">> {
  %0 = neap.attention %q, %k, %k {causal = #neap.dim<"past">} : tensor<1x3x?x16xf64, #neap.dims<"1", "3", "seq", "16">>, tensor<1x3x?x16xf64, #neap.dims<"1", "3", "past + seq", "16">>, tensor<1x3x?x16xf64, #neap.dims<"1", "3", "past + seq", "16">> -> tensor<1x3x?x16xf64, #neap.dims<"1", "3", "seq", "16">>
  return %0 : tensor<1x3x?x16xf64, #neap.dims<"1", "3", "seq", "16">>
}
