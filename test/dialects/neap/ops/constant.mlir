// RUN: neap-opt %s | neap-opt | FileCheck %s
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CHECK-LABEL: func.func @constants
func.func @constants() {
  // CHECK: neap.constant dense<[1, -2]> : tensor<2xi64>
  %0 = neap.constant dense<[1, -2]> : tensor<2xi64>
  // CHECK: neap.constant dense<0.000000e+00> : tensor<1000x1000xf32>
  %1 = neap.constant dense<0.000000e+00> : tensor<1000x1000xf32>
  // CHECK: neap.constant dense<[true, false]> : tensor<2xi1>
  %2 = neap.constant dense<[true, false]> : tensor<2xi1>
  // CHECK: neap.weight <file = 0, offset = 4096, length = 2048> : tensor<16x32xf32>
  %3 = neap.weight <file = 0, offset = 4096, length = 2048> : tensor<16x32xf32>
  // CHECK: neap.weight <file = -1, offset = 0, length = 128, seed = 7> : tensor<32xf32>
  %4 = neap.weight <file = -1, offset = 0, length = 128, seed = 7> : tensor<32xf32>
  // CHECK: neap.weight <file = 0, offset = 10, length = 5, encoding = packed_varint> : tensor<5xi64>
  %5 = neap.weight <file = 0, offset = 10, length = 5, encoding = packed_varint> : tensor<5xi64>
  return
}
