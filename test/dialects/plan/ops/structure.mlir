// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s

// CHECK: plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64}
plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  // CHECK-NEXT: plan.symbol "seq" 8 to 512 step 8
  plan.symbol "seq" 8 to 512 step 8
  // CHECK-NEXT: plan.symbol "total" 0 to 1024 step 1 is "2*seq"
  plan.symbol "total" 0 to 1024 step 1 is "2*seq"
  // CHECK-NEXT: plan.kernel @gemm operands 3 sizes 2
  plan.kernel @gemm operands 3 sizes 2
  // CHECK-NEXT: plan.state_slice "cache" : bf16 ["2", "8"] offset 64 size 32
  plan.state_slice "cache" : bf16 ["2", "8"] offset 64 size 32
  // CHECK-NEXT: plan.entry @main attributes {arena_bytes = 512 : i64
  // CHECK-SAME: peak_tensors = [#plan.peak_tensor<"layer", 256, "64xf32">], uses_seed}
  plan.entry @main attributes {arena_bytes = 512 : i64, flops = 9 : i64, lower_bound_bytes = 256 : i64, max_live_bytes = 512 : i64, peak_tensors = [#plan.peak_tensor<"layer", 256, "64xf32">], uses_seed} {
    // CHECK-NEXT: plan.stream "compute" device 0
    %s = plan.stream "compute" device 0
    // CHECK-NEXT: plan.scalar "length" 0 to 512
    %n = plan.scalar "length" 0 to 512
    // CHECK-NEXT: %[[X:.*]] = plan.buffer "x" input offset 0 size 2048 as "4*seq" bits 32
    %x = plan.buffer "x" input offset 0 size 2048 as "4*seq" bits 32
    // CHECK-NEXT: %[[Y:.*]] = plan.buffer "y" output offset 0 size 2048 as "4*seq" bits 32
    %y = plan.buffer "y" output offset 0 size 2048 as "4*seq" bits 32
    // CHECK-NEXT: plan.buffer "w" const offset 64 size 64 as "64" bits 32 in device device 1
    %w = plan.buffer "w" const offset 64 size 64 as "64" bits 32 in device device 1
    // CHECK-NEXT: plan.buffer "k" state offset 0 size 32 as "32" bits 16 in host_pinned
    %k = plan.buffer "k" state offset 0 size 32 as "32" bits 16 in host_pinned
    // CHECK-NEXT: plan.buffer "a" arena offset 256 size 256 as "min(256, 4*length)" bits 4
    %a = plan.buffer "a" arena offset 256 size 256 as "min(256, 4*length)" bits 4
    // CHECK-NEXT: plan.input "x" %[[X]] : f32 ["seq"]
    plan.input "x" %x : f32 ["seq"]
    // CHECK-NEXT: plan.output "y" %[[Y]] : f32 ["seq"] aliases 0
    plan.output "y" %y : f32 ["seq"] aliases 0
    // CHECK-NEXT: %[[Z:.*]] = plan.buffer "z"
    %z = plan.buffer "z" output offset 0 size 64 as "64" bits 32
    // CHECK-NEXT: plan.output "z" %[[Z]] : f32 ["16"] {kept, layer = "/relu", position = 3 : i64}
    plan.output "z" %z : f32 ["16"] {kept, layer = "/relu", position = 3 : i64}
  }
}
