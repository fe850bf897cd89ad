// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: neap-opt %s | neap-opt | FileCheck %s
// RUN: neap-opt %s --mlir-print-op-generic | neap-opt | FileCheck %s

plan.module attributes {const_bytes = 128 : i64, kernel_abi = 1 : i64, max_threads = 4 : i64, producer = "test", state_bytes = 128 : i64} {
  plan.kernel @add operands 3 sizes 1
  // CHECK-LABEL: plan.entry @main
  plan.entry @main attributes {arena_bytes = 512 : i64, flops = 0 : i64, lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64, peak_tensors = []} {
    // CHECK: %[[S:.*]] = plan.stream "compute"
    %s = plan.stream "compute" device 0
    %n = plan.scalar "count" 0 to 8
    %i = plan.scalar "iteration" 0 to 8
    // CHECK: %[[A:.*]] = plan.buffer "a"
    %a = plan.buffer "a" arena offset 0 size 64 as "64" bits 32
    // CHECK: %[[B:.*]] = plan.buffer "b"
    %b = plan.buffer "b" arena offset 64 size 64 as "64" bits 32
    // CHECK: %[[C:.*]] = plan.buffer "c"
    %c = plan.buffer "c" arena offset 0 size 64 as "64" bits 32
    // CHECK: %[[D:.*]] = plan.buffer "d"
    %d = plan.buffer "d" arena offset 128 size 256 as "256" bits 8
    // CHECK: %[[T0:.*]] = plan.launch "layer/add" @add(read %[[A]][0, 64], read %[[B]][0, 64], write %[[C]][0, 64] in_place_of 0) sizes ["count"] tiles "4*count" per_block 2 scratch 64 per_thread in %[[D]] <scratch, 0, 256> on %[[S]]
    %0 = plan.launch "layer/add" @add(read %a[0, 64], read %b[0, 64], write %c[0, 64] in_place_of 0) sizes ["count"] tiles "4*count" per_block 2 scratch 64 per_thread in %d <scratch, 0, 256> on %s
    // CHECK: %[[T1:.*]] = plan.copy "keep"(read %[[C]][0, 32], write %[[B]][32, 32]) on %[[S]] wait %[[T0]]
    %1 = plan.copy "keep"(read %c[0, 32], write %b[32, 32]) on %s wait %0
    // CHECK: plan.read_scalar "length"(read %[[A]][8, 8]) into %{{.*}} on %[[S]] wait %[[T0]], %[[T1]]
    %2 = plan.read_scalar "length"(read %a[8, 8]) into %n on %s wait %0, %1
    // CHECK: plan.loop "repeat"() trips "count" iteration %{{.*}} on %[[S]] {
    %3 = plan.loop "repeat"() trips "count" iteration %i on %s {
      // CHECK-NEXT: %[[T4:.*]] = plan.copy "body"
      %4 = plan.copy "body"(read %c[0, 32], write %b[0, 32]) on %s
      // CHECK-NEXT: plan.copy "then"{{.*}} wait %[[T4]]
      %5 = plan.copy "then"(read %c[0, 32], write %b[0, 32]) on %s wait %4
    // CHECK-NEXT: }
    }
    // CHECK: plan.if "choose"(read %[[A]][0, 1]) on %[[S]] {
    %6 = plan.if "choose"(read %a[0, 1]) on %s {
      // CHECK-NEXT: plan.copy "yes"
      %7 = plan.copy "yes"(read %c[0, 32], write %b[0, 32]) on %s
    // CHECK-NEXT: } else {
    } else {
    // CHECK-NEXT: }
    }
  }
}
