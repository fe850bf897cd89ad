// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelEmitter.cpp - finds the emitter of a kernel's kind.
#include "passes/lowering/KernelEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToLinalg/NeapToLinalg.h"
#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"
#include "passes/lowering/NeapToVector/GemmEmitter.h"

using namespace mlir;

namespace neap {

FailureOr<KernelTraits> computeKernelTraits(KernelKind kind, Block &body) {
  switch (kind) {
  case KernelKind::Matmul:
    return computeGemmTraits(body);
  case KernelKind::Convolution:
    return computeConvolutionTraits(body);
  case KernelKind::Loops:
    return computeLoopsTraits(body);
  default:
    return failure();
  }
}

LogicalResult emitKernel(KernelOp kernel, const CpuFeatures &features,
                         ModuleOp code) {
  switch (kernel.getKind()) {
  case KernelKind::Matmul:
    return emitGemm(kernel, features, code);
  case KernelKind::Convolution:
    return emitConvolution(kernel, features, code);
  case KernelKind::Loops:
    return emitLoopsKernel(kernel, features, code);
  default:
    return kernel.emitOpError("has a kind without an emitter");
  }
}

} // namespace neap
