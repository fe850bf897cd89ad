// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @unary
func.func @unary(%arg0: tensor<4x8xf32>) {
  // CHECK: neap.neg %arg0 : tensor<4x8xf32>
  %0 = neap.neg %arg0 : tensor<4x8xf32>
  // CHECK: neap.abs %arg0 : tensor<4x8xf32>
  %1 = neap.abs %arg0 : tensor<4x8xf32>
  // CHECK: neap.sign %arg0 : tensor<4x8xf32>
  %2 = neap.sign %arg0 : tensor<4x8xf32>
  // CHECK: neap.sqrt %arg0 : tensor<4x8xf32>
  %3 = neap.sqrt %arg0 : tensor<4x8xf32>
  // CHECK: neap.floor %arg0 : tensor<4x8xf32>
  %4 = neap.floor %arg0 : tensor<4x8xf32>
  // CHECK: neap.ceil %arg0 : tensor<4x8xf32>
  %5 = neap.ceil %arg0 : tensor<4x8xf32>
  // CHECK: neap.round %arg0 : tensor<4x8xf32>
  %6 = neap.round %arg0 : tensor<4x8xf32>
  // CHECK: neap.exp %arg0 : tensor<4x8xf32>
  %7 = neap.exp %arg0 : tensor<4x8xf32>
  // CHECK: neap.log %arg0 : tensor<4x8xf32>
  %8 = neap.log %arg0 : tensor<4x8xf32>
  // CHECK: neap.erf %arg0 : tensor<4x8xf32>
  %9 = neap.erf %arg0 : tensor<4x8xf32>
  // CHECK: neap.tanh %arg0 : tensor<4x8xf32>
  %10 = neap.tanh %arg0 : tensor<4x8xf32>
  // CHECK: neap.sin %arg0 : tensor<4x8xf32>
  %11 = neap.sin %arg0 : tensor<4x8xf32>
  // CHECK: neap.cos %arg0 : tensor<4x8xf32>
  %12 = neap.cos %arg0 : tensor<4x8xf32>
  // CHECK: neap.tan %arg0 : tensor<4x8xf32>
  %13 = neap.tan %arg0 : tensor<4x8xf32>
  // CHECK: neap.asin %arg0 : tensor<4x8xf32>
  %14 = neap.asin %arg0 : tensor<4x8xf32>
  // CHECK: neap.acos %arg0 : tensor<4x8xf32>
  %15 = neap.acos %arg0 : tensor<4x8xf32>
  // CHECK: neap.atan %arg0 : tensor<4x8xf32>
  %16 = neap.atan %arg0 : tensor<4x8xf32>
  // CHECK: neap.sinh %arg0 : tensor<4x8xf32>
  %17 = neap.sinh %arg0 : tensor<4x8xf32>
  // CHECK: neap.cosh %arg0 : tensor<4x8xf32>
  %18 = neap.cosh %arg0 : tensor<4x8xf32>
  // CHECK: neap.asinh %arg0 : tensor<4x8xf32>
  %19 = neap.asinh %arg0 : tensor<4x8xf32>
  // CHECK: neap.acosh %arg0 : tensor<4x8xf32>
  %20 = neap.acosh %arg0 : tensor<4x8xf32>
  // CHECK: neap.atanh %arg0 : tensor<4x8xf32>
  %21 = neap.atanh %arg0 : tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x8xf32>) {
  // CHECK: neap.add %arg0, %arg1 : tensor<4x8xf32>
  %0 = neap.add %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.sub %arg0, %arg1 : tensor<4x8xf32>
  %1 = neap.sub %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.mul %arg0, %arg1 : tensor<4x8xf32>
  %2 = neap.mul %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.div %arg0, %arg1 : tensor<4x8xf32>
  %3 = neap.div %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.pow %arg0, %arg1 : tensor<4x8xf32>
  %4 = neap.pow %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.mod %arg0, %arg1 : tensor<4x8xf32>
  %5 = neap.mod %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.rem %arg0, %arg1 : tensor<4x8xf32>
  %6 = neap.rem %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.max %arg0, %arg1 : tensor<4x8xf32>
  %7 = neap.max %arg0, %arg1 : tensor<4x8xf32>
  // CHECK: neap.min %arg0, %arg1 : tensor<4x8xf32>
  %8 = neap.min %arg0, %arg1 : tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @integers
func.func @integers(%arg0: tensor<4x8xi64>,
    %arg1: tensor<4x8xi64>,
    %arg2: tensor<4x8xui32>,
    %arg3: tensor<4x8xui32>) {
  // CHECK: neap.add %arg0, %arg1 : tensor<4x8xi64>
  %0 = neap.add %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.sub %arg0, %arg1 : tensor<4x8xi64>
  %1 = neap.sub %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.mul %arg0, %arg1 : tensor<4x8xi64>
  %2 = neap.mul %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.div %arg0, %arg1 : tensor<4x8xi64>
  %3 = neap.div %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.pow %arg0, %arg1 : tensor<4x8xi64>
  %4 = neap.pow %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.mod %arg0, %arg1 : tensor<4x8xi64>
  %5 = neap.mod %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.rem %arg0, %arg1 : tensor<4x8xi64>
  %6 = neap.rem %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.max %arg0, %arg1 : tensor<4x8xi64>
  %7 = neap.max %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.min %arg0, %arg1 : tensor<4x8xi64>
  %8 = neap.min %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.and %arg0, %arg1 : tensor<4x8xi64>
  %9 = neap.and %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.or %arg0, %arg1 : tensor<4x8xi64>
  %10 = neap.or %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.xor %arg0, %arg1 : tensor<4x8xi64>
  %11 = neap.xor %arg0, %arg1 : tensor<4x8xi64>
  // CHECK: neap.not %arg0 : tensor<4x8xi64>
  %12 = neap.not %arg0 : tensor<4x8xi64>
  // CHECK: neap.shift_left %arg2, %arg3 : tensor<4x8xui32>
  %13 = neap.shift_left %arg2, %arg3 : tensor<4x8xui32>
  // CHECK: neap.shift_right %arg2, %arg3 : tensor<4x8xui32>
  %14 = neap.shift_right %arg2, %arg3 : tensor<4x8xui32>
  return
}

// CHECK-LABEL: func.func @bools
func.func @bools(%arg0: tensor<4x8xi1>,
    %arg1: tensor<4x8xi1>) {
  // CHECK: neap.and %arg0, %arg1 : tensor<4x8xi1>
  %0 = neap.and %arg0, %arg1 : tensor<4x8xi1>
  // CHECK: neap.or %arg0, %arg1 : tensor<4x8xi1>
  %1 = neap.or %arg0, %arg1 : tensor<4x8xi1>
  // CHECK: neap.xor %arg0, %arg1 : tensor<4x8xi1>
  %2 = neap.xor %arg0, %arg1 : tensor<4x8xi1>
  // CHECK: neap.not %arg0 : tensor<4x8xi1>
  %3 = neap.not %arg0 : tensor<4x8xi1>
  return
}

// CHECK-LABEL: func.func @comparisons
func.func @comparisons(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x8xf32>) {
  // CHECK: neap.compare eq %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %0 = neap.compare eq %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.compare ne %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %1 = neap.compare ne %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.compare lt %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %2 = neap.compare lt %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.compare le %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %3 = neap.compare le %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.compare gt %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %4 = neap.compare gt %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.compare ge %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  %5 = neap.compare ge %arg0, %arg1 : tensor<4x8xf32> -> tensor<4x8xi1>
  // CHECK: neap.is_nan %arg0 : tensor<4x8xf32> -> tensor<4x8xi1>
  %6 = neap.is_nan %arg0 : tensor<4x8xf32> -> tensor<4x8xi1>
  return
}

// CHECK-LABEL: func.func @select
func.func @select(%arg0: tensor<4x8xi1>,
    %arg1: tensor<4x8xf32>,
    %arg2: tensor<4x8xf32>) {
  // CHECK: neap.select %arg0, %arg1, %arg2 : tensor<4x8xi1>, tensor<4x8xf32>
  %0 = neap.select %arg0, %arg1, %arg2 : tensor<4x8xi1>, tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @cast
func.func @cast(%arg0: tensor<4x8xf32>,
    %arg1: tensor<4x8xi64>,
    %arg2: tensor<4x8xi1>) {
  // CHECK: neap.cast %arg0 : tensor<4x8xf32> -> tensor<4x8xi64>
  %0 = neap.cast %arg0 : tensor<4x8xf32> -> tensor<4x8xi64>
  // CHECK: neap.cast %arg1 : tensor<4x8xi64> -> tensor<4x8xf16>
  %1 = neap.cast %arg1 : tensor<4x8xi64> -> tensor<4x8xf16>
  // CHECK: neap.cast %arg2 : tensor<4x8xi1> -> tensor<4x8xui8>
  %2 = neap.cast %arg2 : tensor<4x8xi1> -> tensor<4x8xui8>
  // CHECK: neap.cast %arg0 : tensor<4x8xf32> -> tensor<4x8xbf16>
  %3 = neap.cast %arg0 : tensor<4x8xf32> -> tensor<4x8xbf16>
  return
}

// CHECK-LABEL: func.func @bit_cast
func.func @bit_cast(%arg0: tensor<4x8xf32>, %arg1: tensor<4x8xui16>) {
  // CHECK: neap.bit_cast %arg0 : tensor<4x8xf32> -> tensor<4x8xi32>
  %0 = neap.bit_cast %arg0 : tensor<4x8xf32> -> tensor<4x8xi32>
  // CHECK: neap.bit_cast %arg1 : tensor<4x8xui16> -> tensor<4x8xbf16>
  %1 = neap.bit_cast %arg1 : tensor<4x8xui16> -> tensor<4x8xbf16>
  return
}

// CHECK-LABEL: func.func @symbolic_sizes
func.func @symbolic_sizes(%arg0: tensor<?x8xf32, #neap.dims<"batch", "8">>) {
  // CHECK: neap.add %arg0, %arg0 : tensor<?x8xf32, #neap.dims<"batch", "8">>
  %0 = neap.add %arg0, %arg0 : tensor<?x8xf32, #neap.dims<"batch", "8">>
  // CHECK: neap.compare lt %arg0, %arg0 : tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?x8xi1, #neap.dims<"batch", "8">>
  %1 = neap.compare lt %arg0, %arg0 : tensor<?x8xf32, #neap.dims<"batch", "8">> -> tensor<?x8xi1, #neap.dims<"batch", "8">>
  return
}

// CHECK-LABEL: func.func @scalars
func.func @scalars(%arg0: tensor<f64>) {
  // CHECK: neap.exp %arg0 : tensor<f64>
  %0 = neap.exp %arg0 : tensor<f64>
  return
}
