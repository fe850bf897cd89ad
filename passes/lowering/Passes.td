// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.td - from outlined kernels to code.
#ifndef NEAP_PASSES_LOWERING_PASSES_TD
#define NEAP_PASSES_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitKernels : Pass<"neap-emit-kernels", "::mlir::ModuleOp"> {
  let summary = "Replace kernels by functions of the kernel ABI";
  let description = [{
    Requires: each `neap.kernel` has a body that the emitter of its kind takes.
    Guarantees: no `neap.kernel` is left; each has become the public function of its
    name and a private `..._body`, in the vector, scf, arith, math, memref,
    linalg and llvm dialects.

    Before:
    ```mlir
    neap.kernel region @negate attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes = 0, in_place = [array<i64: 0>]} {
    ^bb0(%x: tensor<16xf32>):
      %0 = neap.neg %x : tensor<16xf32>
      neap.yield %0 : tensor<16xf32>
    }
    ```
    After, without the address arithmetic:
    ```mlir
    func.func private @negate_body(%x: !llvm.ptr, %y: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) -> i32 {
      %c1 = arith.constant 1 : i64
      scf.for %row = %begin to %end step %c1 : i64 {
        %0 = llvm.load %x {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
        %1 = arith.negf %0 : vector<16xf32>
        llvm.store %1, %y {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr
      }
      %ok = arith.constant 0 : i32
      return %ok : i32
    }
    ```
  }];
  let options = [Option<"isa", "isa", "std::string", "\"x86-64-v3\"",
                        "x86-64-v2, x86-64-v3 or x86-64-v4">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // NEAP_PASSES_LOWERING_PASSES_TD
