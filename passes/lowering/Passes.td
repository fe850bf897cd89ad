// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NEAP_PASSES_LOWERING_PASSES_TD
#define NEAP_PASSES_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitKernelsPass : Pass<"neap-emit-kernels", "mlir::ModuleOp"> {
  let summary = "Replace kernels by their code";
  let description = [{
    Shows what `compiler/` compiles: each `neap.kernel` becomes the function of the kernel
    ABI and the private body that it calls, in the vector, linalg, scf and llvm
    dialects.

    *Requires*: kernels of static shapes, outlined; no `neap.launch` of them.
    *Guarantees*: no `neap.kernel` is left.

    Before:
    ```mlir
    neap.kernel loops @copy attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64, scratch_bytes = 0 : i64, in_place = [array<i64>]} {
    ^bb0(%x: tensor<4x8xf32>):
      %0 = neap.transpose %x, [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
      neap.yield %0 : tensor<8x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @copy(%arguments: !llvm.ptr) -> i32 {
      %status = arith.constant 0 : i32
      return %status : i32
    }
    ```
    where the real function calls `@copy_body`.
  }];
  let options = [
    Option<"hasFma", "fma", "bool", /*default=*/"true",
           "Fuse multiply and add, as on x86-64-v3 (the default target)">];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::func::FuncDialect",
    "mlir::linalg::LinalgDialect", "mlir::LLVM::LLVMDialect",
    "mlir::math::MathDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"];
}

#endif // NEAP_PASSES_LOWERING_PASSES_TD
