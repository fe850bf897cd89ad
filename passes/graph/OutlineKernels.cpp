// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OutlineKernels.cpp - turns each `neap.fused` into a kernel and a launch.
//
// Bodies are compared by a text that lists ops, attributes, types and which
// value each operand is, but no locations. Kernels are numbered in the order in
// which they first occur, so names depend on the graph alone. Linear.
#include "passes/graph/KernelGroups.h"
#include "passes/graph/Passes.h"
#include "passes/graph/Patterns.h"

#include "dialects/neap/IR/Symbols.h"
#include "passes/analysis/KernelTraits.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"

#define DEBUG_TYPE "neap-outline-kernels"

namespace neap {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// Returns a text that is equal for bodies that compute the same.
std::string describeBody(FusedOp fused) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::DenseMap<Value, unsigned> numbers;
  os << stringifyKernelKind(fused.getKind());
  Block &body = fused.getBody().front();
  for (BlockArgument argument : body.getArguments()) {
    numbers[argument] = numbers.size();
    os << ' ' << argument.getType();
  }
  for (Operation &op : body) {
    os << '\n' << op.getName() << op.getAttrDictionary();
    for (Value operand : op.getOperands())
      os << " %" << numbers.lookup(operand);
    for (Value result : op.getResults()) {
      numbers[result] = numbers.size();
      os << ' ' << result.getType();
    }
  }
  return text;
}

/// Returns the op that a reader would call the kernel after: the product,
/// convolution or attention, else the first row op or reduction, else the last
/// op.
Operation *findMainOp(Block &body) {
  Operation *last = &body.front();
  for (Operation &op : body.without_terminator()) {
    if (isa<MatmulOp, PackedMatmulOp, PackedConvOp, AttentionOp, ReduceOp>(
            op) ||
        isRowOp(&op))
      return &op;
    if (isComputeOp(&op) || !isComputeOp(last))
      last = &op;
  }
  return last;
}

/// Returns e.g. `standardize_region_128x768_f32`.
std::string makeNameStem(FusedOp fused) {
  Operation *op = findMainOp(fused.getBody().front());
  auto type = cast<RankedTensorType>(fused.getOutputs().front().getType());
  std::string name;
  llvm::raw_string_ostream os(name);
  os << op->getName().stripDialect() << '_'
     << stringifyKernelKind(fused.getKind()) << '_';
  llvm::interleave(
      type.getShape(),
      [&](int64_t size) {
        ShapedType::isDynamic(size) ? os << 'n' : os << size;
      },
      [&] { os << 'x'; });
  if (type.getRank() == 0)
    os << "scalar";
  os << '_' << type.getElementType();
  return name;
}

/// Makes kernels, each body once.
class KernelOutliner {
public:
  explicit KernelOutliner(ModuleOp module)
      : module(module), facts(getSymbolFacts(module)), symbols(module),
        builder(module.getContext()) {}

  LogicalResult outline(FusedOp fused) {
    StringAttr &name = nameOfBody[describeBody(fused)];
    if (!name) {
      FailureOr<StringAttr> made = makeKernel(fused);
      if (failed(made))
        return failure();
      name = *made;
    }
    builder.setInsertionPoint(fused);
    auto launch =
        LaunchOp::create(builder, fused.getLoc(), fused.getResultTypes(),
                         name.getValue(), fused.getInputs());
    fused.replaceAllUsesWith(launch.getResults());
    fused.erase();
    return success();
  }

private:
  FailureOr<StringAttr> makeKernel(FusedOp fused) {
    FailureOr<KernelTraits> traits =
        computeKernelTraits(fused.getKind(), fused.getBody().front(), facts);
    if (failed(traits))
      return fused.emitOpError("body is no ")
             << stringifyKernelKind(fused.getKind()) << " kernel";
    SmallVector<Attribute> inPlace;
    for (ArrayRef<unsigned> inputs : traits->inPlace) {
      SmallVector<int64_t> numbers(inputs);
      inPlace.push_back(builder.getDenseI64ArrayAttr(numbers));
    }
    builder.setInsertionPointToEnd(module.getBody());
    auto kernel = KernelOp::create(builder, fused.getLoc(), makeName(fused),
                                   fused.getKind(), traits->numTiles,
                                   traits->tilesPerBlock, traits->scratchBytes,
                                   builder.getArrayAttr(inPlace));
    kernel.getBody().takeBody(fused.getBody());
    return symbols.insert(kernel);
  }

  std::string makeName(FusedOp fused) {
    std::string stem = makeNameStem(fused);
    return stem + "_" + std::to_string(numOfStem[stem]++);
  }

  ModuleOp module;
  SymbolFacts facts;
  SymbolTable symbols;
  OpBuilder builder;
  llvm::StringMap<StringAttr> nameOfBody;
  llvm::StringMap<unsigned> numOfStem;
};

} // namespace

LogicalResult outlineKernels(ModuleOp module) {
  KernelOutliner outliner(module);
  for (auto func : module.getOps<func::FuncOp>())
    for (auto fused : llvm::make_early_inc_range(func.getOps<FusedOp>()))
      if (failed(outliner.outline(fused)))
        return failure();
  return success();
}

namespace {

struct OutlineKernelsPass : impl::OutlineKernelsBase<OutlineKernelsPass> {
  void runOnOperation() override {
    if (failed(outlineKernels(getOperation())))
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
