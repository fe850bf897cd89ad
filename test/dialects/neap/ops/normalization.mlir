// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @rows
func.func @rows(%arg0: tensor<4x8xf32>,
    %arg1: tensor<?x8xf32, #neap.dims<"batch", "8">>) {
  // CHECK: neap.softmax %arg0 : tensor<4x8xf32>
  %0 = neap.softmax %arg0 : tensor<4x8xf32>
  // CHECK: neap.log_softmax %arg0 : tensor<4x8xf32>
  %1 = neap.log_softmax %arg0 : tensor<4x8xf32>
  // CHECK: neap.standardize %arg0 {epsilon = 1.000000e-05 : f64} : tensor<4x8xf32>
  %2 = neap.standardize %arg0 {epsilon = 1.000000e-05 : f64} : tensor<4x8xf32>
  // CHECK: neap.rms_standardize %arg0 {epsilon = 0.000000e+00 : f64} : tensor<4x8xf32>
  %3 = neap.rms_standardize %arg0 {epsilon = 0.000000e+00 : f64} : tensor<4x8xf32>
  // CHECK: neap.softmax %arg1 : tensor<?x8xf32, #neap.dims<"batch", "8">>
  %4 = neap.softmax %arg1 : tensor<?x8xf32, #neap.dims<"batch", "8">>
  return
}
