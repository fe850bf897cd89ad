// RUN: neap-opt %s --split-input-file --verify-diagnostics
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

func.func @dynamic_axis_without_dims(%arg0: tensor<?x8xf32>) {
  // expected-error@+1 {{'neap.neg' op expected '#neap.dims' on a tensor with a dynamic axis, got 'tensor<?x8xf32>'}}
  %0 = neap.neg %arg0 : tensor<?x8xf32>
  return
}

// -----

// expected-error@+1 {{expected one size per axis in '#neap.dims' (rank 2), got 1}}
func.func private @rank(tensor<?x8xf32, #neap.dims<"batch">>)

// -----

// expected-error@+1 {{expected size 8 in '#neap.dims' for axis 1, got '9'}}
func.func private @static_axis(tensor<?x8xf32, #neap.dims<"batch", "9">>)

// -----

// expected-error@+1 {{expected a symbolic size in '#neap.dims' for dynamic axis 0, got 4}}
func.func private @constant_on_dynamic_axis(tensor<?x8xf32, #neap.dims<"4", "8">>)

// -----

// expected-error@+1 {{expected '#neap.dims' only on a tensor with a dynamic axis}}
func.func private @static_shape(tensor<4x8xf32, #neap.dims<"4", "8">>)

// -----

// expected-error@+1 {{expected a size expression, got 'batch +': expected a number, a symbol or '(' at column 8}}
func.func private @syntax(tensor<?xf32, #neap.dims<"batch +">>)

// -----

// expected-error@+1 {{expected a size in normal form, 'batch', got '2*batch - batch'}}
func.func private @normal_form(tensor<?xf32, #neap.dims<"2*batch - batch">>)

// -----

// expected-error@+1 {{expected 0 <= lo <= hi, got lo = 5, hi = 4}}
func.func private @range(tensor<f32>) attributes {r = #neap.range<5, 4>}

// -----

// expected-error@+1 {{expected a positive step, got 0}}
func.func private @step(tensor<f32>) attributes {r = #neap.range<1, 4, 0>}

// -----

func.func @constant_size() {
  // expected-error@+1 {{expected an i64 for the constant '4', got '#neap.dim'}}
  %0 = neap.size(#neap.dim<"4">) : tensor<i64>
  return
}
