// RUN: neap-opt %s --neap-outline-kernels --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// Equal bodies share a kernel; another attribute is another kernel.
// CHECK-LABEL: func.func @main
// CHECK:       neap.launch @standardize_region_4x8_f32_0(%{{.*}}) {{.*}} loc("/layer.0/norm")
// CHECK:       neap.launch @standardize_region_4x8_f32_0(%{{.*}}) {{.*}} loc("/layer.1/norm")
// CHECK:       neap.launch @standardize_region_4x8_f32_1(%{{.*}})
// CHECK-NOT:   neap.fused
// CHECK:       neap.kernel region @standardize_region_4x8_f32_0
// CHECK-SAME:  num_tiles
// CHECK:       neap.kernel region @standardize_region_4x8_f32_1
// CHECK-NOT:   neap.kernel
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = neap.fused region ins(%x) {
  ^bb0(%a: tensor<4x8xf32>):
    %3 = neap.standardize %a {epsilon = 1.0e-5} : tensor<4x8xf32> loc("/layer.0/norm")
    neap.yield %3 : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<4x8xf32> loc("/layer.0/norm")
  %1 = neap.fused region ins(%0) {
  ^bb0(%a: tensor<4x8xf32>):
    %3 = neap.standardize %a {epsilon = 1.0e-5} : tensor<4x8xf32> loc("/layer.1/norm")
    neap.yield %3 : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<4x8xf32> loc("/layer.1/norm")
  %2 = neap.fused region ins(%1) {
  ^bb0(%a: tensor<4x8xf32>):
    %3 = neap.standardize %a {epsilon = 1.0e-6} : tensor<4x8xf32>
    neap.yield %3 : tensor<4x8xf32>
  } : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}
