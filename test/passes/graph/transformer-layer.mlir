// RUN: neap-opt %s --canonicalize --cse --neap-simplify-graph --neap-assign-layouts --neap-simplify-graph --neap-pack-weights --cse --neap-fuse-kernels --neap-outline-kernels | FileCheck %s
//
// One layer of BERT as the dynamo exporter writes it: eleven launches.

// CHECK-LABEL: func.func @main
// CHECK-COUNT-3: neap.launch @packed_matmul_matmul_128x768
// CHECK:       neap.launch @matmul_matmul_1x12x128x128
// CHECK-NEXT:  neap.launch @softmax_region_1x12x128x128
// CHECK-NEXT:  neap.launch @matmul_matmul_1x128x12x64
// CHECK:       neap.launch @packed_matmul_matmul_128x768
// CHECK:       neap.launch @standardize_region_1x128x768_f32_0
// CHECK:       neap.launch @packed_matmul_matmul_128x3072
// CHECK-NEXT:  neap.launch @packed_matmul_matmul_128x768
// CHECK:       neap.launch @standardize_region_1x128x768_f32_0
// CHECK-NEXT:  return
func.func @main(%x: tensor<1x128x768xf32>, %mask: tensor<1x1x128x128xf32>) -> tensor<1x128x768xf32> {
  %wq = neap.weight <file = 0, offset = 30000000, length = 2359296> : tensor<768x768xf32>
  %wk = neap.weight <file = 0, offset = 0, length = 2359296> : tensor<768x768xf32>
  %wv = neap.weight <file = 0, offset = 2359296, length = 2359296> : tensor<768x768xf32>
  %wo = neap.weight <file = 0, offset = 4718592, length = 2359296> : tensor<768x768xf32>
  %w1 = neap.weight <file = 0, offset = 7077888, length = 9437184> : tensor<768x3072xf32>
  %w2 = neap.weight <file = 0, offset = 16515072, length = 9437184> : tensor<3072x768xf32>
  %b = neap.weight <file = 0, offset = 25952256, length = 3072> : tensor<768xf32>
  %b1 = neap.weight <file = 0, offset = 25955328, length = 12288> : tensor<3072xf32>
  %bb = neap.broadcast %b : tensor<768xf32> -> tensor<1x128x768xf32>
  %bb1 = neap.broadcast %b1 : tensor<3072xf32> -> tensor<1x128x3072xf32>
  %c = neap.constant dense<0.35> : tensor<f32>
  %cb = neap.broadcast %c : tensor<f32> -> tensor<1x12x128x64xf32>
  %cbt = neap.broadcast %c : tensor<f32> -> tensor<1x12x64x128xf32>
  %q0 = neap.matmul %x, %wk : tensor<1x128x768xf32>, tensor<768x768xf32> -> tensor<1x128x768xf32>
  %q1 = neap.add %q0, %bb : tensor<1x128x768xf32>
  %q2 = neap.reshape %q1 : tensor<1x128x768xf32> -> tensor<1x128x12x64xf32>
  %q3 = neap.transpose %q2, [0, 2, 1, 3] : tensor<1x128x12x64xf32> -> tensor<1x12x128x64xf32>
  %k0 = neap.matmul %x, %wv : tensor<1x128x768xf32>, tensor<768x768xf32> -> tensor<1x128x768xf32>
  %k1 = neap.add %k0, %bb : tensor<1x128x768xf32>
  %k2 = neap.reshape %k1 : tensor<1x128x768xf32> -> tensor<1x128x12x64xf32>
  %k3 = neap.transpose %k2, [0, 2, 1, 3] : tensor<1x128x12x64xf32> -> tensor<1x12x128x64xf32>
  %k4 = neap.reshape %k3 : tensor<1x12x128x64xf32> -> tensor<12x128x64xf32>
  %k5 = neap.transpose %k4, [0, 2, 1] : tensor<12x128x64xf32> -> tensor<12x64x128xf32>
  %k6 = neap.reshape %k5 : tensor<12x64x128xf32> -> tensor<1x12x64x128xf32>
  %v0 = neap.matmul %x, %wo : tensor<1x128x768xf32>, tensor<768x768xf32> -> tensor<1x128x768xf32>
  %v1 = neap.add %v0, %bb : tensor<1x128x768xf32>
  %v2 = neap.reshape %v1 : tensor<1x128x768xf32> -> tensor<1x128x12x64xf32>
  %v3 = neap.transpose %v2, [0, 2, 1, 3] : tensor<1x128x12x64xf32> -> tensor<1x12x128x64xf32>
  %q4 = neap.mul %q3, %cb : tensor<1x12x128x64xf32>
  %k7 = neap.mul %k6, %cbt : tensor<1x12x64x128xf32>
  %s0 = neap.matmul %q4, %k7 : tensor<1x12x128x64xf32>, tensor<1x12x64x128xf32> -> tensor<1x12x128x128xf32>
  %mb = neap.broadcast %mask : tensor<1x1x128x128xf32> -> tensor<1x12x128x128xf32>
  %s1 = neap.add %s0, %mb : tensor<1x12x128x128xf32>
  %p0 = neap.softmax %s1 : tensor<1x12x128x128xf32>
  %p1 = neap.is_nan %p0 : tensor<1x12x128x128xf32> -> tensor<1x12x128x128xi1>
  %z = neap.constant dense<0.0> : tensor<1x12x128x128xf32>
  %p2 = neap.select %p1, %z, %p0 : tensor<1x12x128x128xi1>, tensor<1x12x128x128xf32>
  %a0 = neap.matmul %p2, %v3 : tensor<1x12x128x128xf32>, tensor<1x12x128x64xf32> -> tensor<1x12x128x64xf32>
  %a1 = neap.transpose %a0, [0, 2, 1, 3] : tensor<1x12x128x64xf32> -> tensor<1x128x12x64xf32>
  %a2 = neap.reshape %a1 : tensor<1x128x12x64xf32> -> tensor<1x128x768xf32>
  %o0 = neap.matmul %a2, %wq : tensor<1x128x768xf32>, tensor<768x768xf32> -> tensor<1x128x768xf32>
  %o1 = neap.add %o0, %bb : tensor<1x128x768xf32>
  %o2 = neap.add %o1, %x : tensor<1x128x768xf32>
  %l0 = neap.standardize %o2 {epsilon = 1.0e-12} : tensor<1x128x768xf32>
  %l1 = neap.mul %l0, %bb : tensor<1x128x768xf32>
  %l2 = neap.add %l1, %bb : tensor<1x128x768xf32>
  %f0 = neap.matmul %l2, %w1 : tensor<1x128x768xf32>, tensor<768x3072xf32> -> tensor<1x128x3072xf32>
  %f1 = neap.add %f0, %bb1 : tensor<1x128x3072xf32>
  %k1c = neap.constant dense<1.4142135> : tensor<1x128x3072xf32>
  %k2c = neap.constant dense<1.0> : tensor<1x128x3072xf32>
  %k3c = neap.constant dense<0.5> : tensor<1x128x3072xf32>
  %g0 = neap.div %f1, %k1c : tensor<1x128x3072xf32>
  %g1 = neap.erf %g0 : tensor<1x128x3072xf32>
  %g2 = neap.add %g1, %k2c : tensor<1x128x3072xf32>
  %g3 = neap.mul %g2, %k3c : tensor<1x128x3072xf32>
  %g4 = neap.mul %f1, %g3 : tensor<1x128x3072xf32>
  %h0 = neap.matmul %g4, %w2 : tensor<1x128x3072xf32>, tensor<3072x768xf32> -> tensor<1x128x768xf32>
  %h1 = neap.add %h0, %bb : tensor<1x128x768xf32>
  %h2 = neap.add %h1, %l2 : tensor<1x128x768xf32>
  %n0 = neap.standardize %h2 {epsilon = 1.0e-12} : tensor<1x128x768xf32>
  %n1 = neap.mul %n0, %bb : tensor<1x128x768xf32>
  %n2 = neap.add %n1, %bb : tensor<1x128x768xf32>
  return %n2 : tensor<1x128x768xf32>
}
