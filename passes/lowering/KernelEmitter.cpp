// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelEmitter.cpp - finds the emitter of a kernel's kind.
#include "passes/lowering/KernelEmitter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/NeapToLinalg/NeapToLinalg.h"
#include "passes/lowering/NeapToVector/AttentionEmitter.h"
#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"
#include "passes/lowering/NeapToVector/GemmEmitter.h"
#include "passes/lowering/NeapToVector/RegionEmitter.h"

using namespace mlir;

namespace neap {

FailureOr<KernelTraits> computeKernelTraits(KernelKind kind, Block &body,
                                            const SymbolFacts &facts) {
  switch (kind) {
  case KernelKind::Region:
    return computeRegionTraits(body, facts);
  case KernelKind::Matmul:
    return computeGemmTraits(body, facts);
  case KernelKind::Convolution:
    return computeConvolutionTraits(body, facts);
  case KernelKind::Loops:
    return computeLoopsTraits(body, facts);
  case KernelKind::Attention:
    return computeAttentionTraits(body, facts);
  }
  llvm_unreachable("all kinds are handled");
}

LogicalResult emitKernel(KernelOp kernel, const CpuFeatures &features,
                         ModuleOp code) {
  switch (kernel.getKind()) {
  case KernelKind::Region:
    return emitRegionKernel(kernel, features, code);
  case KernelKind::Matmul:
    return emitGemm(kernel, features, code);
  case KernelKind::Convolution:
    return emitConvolution(kernel, features, code);
  case KernelKind::Loops:
    return emitLoopsKernel(kernel, features, code);
  case KernelKind::Attention:
    return emitAttention(kernel, features, code);
  }
  llvm_unreachable("all kinds are handled");
}

} // namespace neap
