// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.td - scheduling and memory planning.
#ifndef NEAP_PASSES_MEMORY_PASSES_TD
#define NEAP_PASSES_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def SchedulePass : Pass<"neap-schedule", "::mlir::ModuleOp"> {
  let summary = "Order the launches so that the peak of live bytes is low";
  let description = [{
    Reorders the ops of `@main`. The peak of the new order is never above
    that of the order found, of a depth-first order from the outputs, or of a
    greedy list order; on all but hard graphs it is the least possible. Views
    (reshape, slice, concatenations that need no copy) move to their first
    use; what is constant moves to the front.

    Requires: the form that neap-outline-kernels leaves, with static shapes.

    Guarantees: the attribute `neap.peak_lower_bound` of `@main` is a number of
    bytes of arena that no order can go below.

    Before: both results of `@grow` are live together.
    ```mlir
    neap.kernel region @grow attributes {num_tiles = 1 : i64,
        tiles_per_block = 1 : i64, scratch_bytes = 0 : i64,
        in_place = [array<i64>]} {
    ^bb0(%x: tensor<16xf32>):
      %0 = neap.constant dense<0.0> : tensor<1024xf32>
      neap.yield %0 : tensor<1024xf32>
    }
    neap.kernel region @shrink attributes {num_tiles = 1 : i64,
        tiles_per_block = 1 : i64, scratch_bytes = 0 : i64,
        in_place = [array<i64>]} {
    ^bb0(%x: tensor<1024xf32>):
      %0 = neap.constant dense<0.0> : tensor<16xf32>
      neap.yield %0 : tensor<16xf32>
    }
    func.func @main(%x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
      %a = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
      %b = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
      %c = neap.launch @shrink(%a) : (tensor<1024xf32>) -> tensor<16xf32>
      %d = neap.launch @shrink(%b) : (tensor<1024xf32>) -> tensor<16xf32>
      return %c, %d : tensor<16xf32>, tensor<16xf32>
    }
    ```
    After:
    ```mlir
    neap.kernel region @grow attributes {num_tiles = 1 : i64,
        tiles_per_block = 1 : i64, scratch_bytes = 0 : i64,
        in_place = [array<i64>]} {
    ^bb0(%x: tensor<16xf32>):
      %0 = neap.constant dense<0.0> : tensor<1024xf32>
      neap.yield %0 : tensor<1024xf32>
    }
    neap.kernel region @shrink attributes {num_tiles = 1 : i64,
        tiles_per_block = 1 : i64, scratch_bytes = 0 : i64,
        in_place = [array<i64>]} {
    ^bb0(%x: tensor<1024xf32>):
      %0 = neap.constant dense<0.0> : tensor<16xf32>
      neap.yield %0 : tensor<16xf32>
    }
    func.func @main(%x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
      %a = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
      %c = neap.launch @shrink(%a) : (tensor<1024xf32>) -> tensor<16xf32>
      %b = neap.launch @grow(%x) : (tensor<16xf32>) -> tensor<1024xf32>
      %d = neap.launch @shrink(%b) : (tensor<1024xf32>) -> tensor<16xf32>
      return %c, %d : tensor<16xf32>, tensor<16xf32>
    }
    ```
  }];
  let options = [
    Option<"maxThreads", "max-threads", "unsigned", "8",
           "Threads that scratch is planned for; the runtime's default">
  ];
}

def PlanMemoryPass : Pass<"neap-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Place all tensors at fixed offsets and emit the plan";
  let description = [{
    Turns `@main`, whose ops run in the order in which they stand, into a
    `plan.entry`. Results of launches get offsets in one arena; views,
    concatenations and in-place are decided by StorageAssignment. What is
    computed from weights and constants alone moves to the function
    `@constants`; its results are the const segment, each at the byte
    `plan.offset`, equal ones once. A `neap.define_size` becomes a scalar that
    is read where it stands; what it sizes is planned at its bound.

    Requires: the form that neap-outline-kernels leaves, with static shapes.

    Guarantees: a plan that runtime/plan/PlanVerifier accepts, and const
    segment + state segment + arena within the budget, else an error that says
    how many bytes are needed.

    Before:
    ```mlir
    neap.kernel region @relu attributes {num_tiles = 1 : i64,
        tiles_per_block = 1 : i64, scratch_bytes = 0 : i64,
        in_place = [array<i64: 0>]} {
    ^bb0(%x: tensor<4xf32>):
      %0 = neap.constant dense<0.0> : tensor<4xf32>
      %1 = neap.max %x, %0 : tensor<4xf32>
      neap.yield %1 : tensor<4xf32>
    }
    func.func @main(%x: tensor<4xf32> {neap.name = "x"} loc("x"))
        -> (tensor<4xf32> {neap.name = "y"}) {
      %y = neap.launch @relu(%x) : (tensor<4xf32>) -> tensor<4xf32> loc("layer")
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    plan.module attributes {const_bytes = 0 : i64, kernel_abi = 1 : i64,
        max_threads = 8 : i64, producer = "neapc", state_bytes = 0 : i64} {
      plan.kernel @relu operands 2 sizes 0
      plan.entry @main attributes {arena_bytes = 0 : i64, flops = 4 : i64,
          lower_bound_bytes = 0 : i64, max_live_bytes = 0 : i64,
          peak_tensors = []} {
        %stream = plan.stream "compute" device 0
        %x = plan.buffer "x" input offset 0 size 16 as "16" bits 32
        %y = plan.buffer "layer" output offset 0 size 16 as "16" bits 32
        plan.input "x" %x : f32 ["4"]
        plan.output "y" %y : f32 ["4"]
        %0 = plan.launch "layer" @relu(read %x[0, 16], write %y[0, 16])
          tiles "1" per_block 1 on %stream
      }
    }
    ```
  }];
  let options = [
    Option<"maxThreads", "max-threads", "unsigned", "8",
           "Threads that scratch is planned for; the runtime's default">,
    Option<"memoryBudget", "memory-budget", "int64_t", "-1",
           "Bytes that const, state and arena may take; -1: no limit">
  ];
  let dependentDialects = ["::neap::planir::PlanDialect"];
}

#endif // NEAP_PASSES_MEMORY_PASSES_TD
