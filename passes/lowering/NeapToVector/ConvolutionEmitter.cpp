#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"
#include "dialects/neap/IR/NeapOps.h"
using namespace mlir;
namespace neap {
FailureOr<KernelTraits> computeConvolutionTraits(Block &body) { return failure(); }
LogicalResult emitConvolution(KernelOp, const CpuFeatures &, ModuleOp) { return failure(); }
}
