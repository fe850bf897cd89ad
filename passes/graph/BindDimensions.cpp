// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BindDimensions.cpp - replaces the symbols of dynamic axes by numbers.
//
// Every tensor type and every number of the module is rewritten, function
// signatures included; an axis whose expression becomes constant becomes
// static. First the whole module is checked: it is changed only if no symbol is
// left with neither a value nor a range.
#include "dialects/neap/IR/Symbols.h"
#include "passes/graph/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/StringSet.h"

#include <set>

#define DEBUG_TYPE "neap-bind-dimensions"

namespace neap {
#define GEN_PASS_DEF_BINDDIMENSIONS
#include "passes/graph/Passes.h.inc"
} // namespace neap

using namespace mlir;

namespace neap {
namespace {

/// Returns the dynamic tensor types that occur in `module`, each once.
llvm::SetVector<RankedTensorType> collectDynamicTypes(ModuleOp module) {
  llvm::SetVector<RankedTensorType> types;
  AttrTypeWalker walker;
  walker.addWalk([&](RankedTensorType type) {
    if (!type.hasStaticShape())
      types.insert(type);
  });
  module.walk([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Type type : block.getArgumentTypes())
          walker.walk(type);
  });
  return types;
}

/// Emits an error that lists `symbols`.
LogicalResult emitUnbound(ModuleOp module,
                          const std::set<std::string> &symbols) {
  InFlightDiagnostic diag = module.emitError("dimensions without a size: ");
  llvm::interleaveComma(symbols, diag,
                        [&](StringRef name) { diag << "'" << name << "'"; });
  for (StringRef name : symbols)
    diag.attachNote() << "bind it with --dim=" << name << "=N";
  return diag;
}

/// Checks the values against the ranges that the module states.
LogicalResult checkRanges(ModuleOp module,
                          const llvm::StringMap<int64_t> &values) {
  auto symbols =
      module->getAttrOfType<DictionaryAttr>(NeapDialect::kSymbolsAttr);
  if (!symbols)
    return success();
  for (NamedAttribute entry : symbols) {
    auto range = dyn_cast<RangeAttr>(entry.getValue());
    auto found = values.find(entry.getName().getValue());
    if (!range || found == values.end())
      continue;
    int64_t value = found->second;
    if (value < range.getLo() || value > range.getHi() ||
        (value - range.getLo()) % range.getStep() != 0)
      return module.emitError("expected dimension '")
             << entry.getName().getValue() << "' in " << range.getLo() << ".."
             << range.getHi() << " in steps of " << range.getStep() << ", got "
             << value;
  }
  return success();
}

/// Returns `type` with the values put in, or null and an error.
RankedTensorType bindType(ModuleOp module, RankedTensorType type,
                          const llvm::StringMap<DimExpr> &values) {
  SmallVector<DimExpr> dims;
  for (const DimExpr &dim : getDims(type)) {
    dims.push_back(dim.substitute(values));
    std::optional<int64_t> size = dims.back().getConstant();
    if (!dims.back().isKnown() || (size && *size < 0)) {
      module.emitError("expected a size of at least 0 for the axis '")
          << dim.str() << "' of " << type << ", got '" << dims.back().str()
          << "'";
      return {};
    }
  }
  return getTensorType(dims, type.getElementType());
}

/// Removes the bound symbols from the module's list.
void dropBoundSymbols(ModuleOp module, const llvm::StringMap<int64_t> &values) {
  auto symbols =
      module->getAttrOfType<DictionaryAttr>(NeapDialect::kSymbolsAttr);
  if (!symbols)
    return;
  SmallVector<NamedAttribute> left;
  for (NamedAttribute entry : symbols)
    if (!values.contains(entry.getName().getValue()))
      left.push_back(entry);
  if (left.empty())
    module->removeAttr(NeapDialect::kSymbolsAttr);
  else
    module->setAttr(NeapDialect::kSymbolsAttr,
                    DictionaryAttr::get(module.getContext(), left));
}

} // namespace

LogicalResult bindDimensions(ModuleOp module,
                             const llvm::StringMap<int64_t> &values) {
  if (failed(checkRanges(module, values)))
    return failure();
  llvm::StringMap<DimExpr> exprs;
  for (const auto &entry : values)
    exprs[entry.getKey()] = DimExpr(entry.getValue());

  SymbolFacts facts = getSymbolFacts(module);
  std::set<std::string> unbound;
  llvm::DenseMap<Type, Type> bound;
  for (RankedTensorType type : collectDynamicTypes(module)) {
    for (const DimExpr &dim : getDims(type))
      for (const std::string &symbol : dim.getSymbols())
        if (!values.contains(symbol) && !facts.ranges.contains(symbol))
          unbound.insert(symbol);
    RankedTensorType newType = bindType(module, type, exprs);
    if (!newType)
      return failure();
    bound[type] = newType;
  }
  if (!unbound.empty())
    return emitUnbound(module, unbound);

  AttrTypeReplacer replacer;
  replacer.addReplacement([&](RankedTensorType type) -> std::optional<Type> {
    if (Type newType = bound.lookup(type))
      return newType;
    return std::nullopt;
  });
  replacer.addReplacement([&](DimAttr dim) {
    return getDimExprAttr(module.getContext(),
                          getDimExpr(dim).substitute(exprs));
  });
  replacer.addReplacement([&](DimsAttr dims) {
    SmallVector<DimExpr> numbers = getDimExprArray(dims);
    for (DimExpr &number : numbers)
      number = number.substitute(exprs);
    return getDimExprArrayAttr(module.getContext(), numbers);
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  dropBoundSymbols(module, values);
  return success();
}

namespace {

struct BindDimensionsPass : impl::BindDimensionsBase<BindDimensionsPass> {
  using BindDimensionsBase::BindDimensionsBase;

  void runOnOperation() override {
    llvm::StringMap<int64_t> values;
    for (StringRef entry : dims) {
      auto [name, text] = entry.split('=');
      int64_t value;
      if (name.empty() || text.getAsInteger(10, value) || value < 0) {
        getOperation().emitError("expected NAME=N with N of at least 0, got '")
            << entry << "'";
        return signalPassFailure();
      }
      values[name] = value;
    }
    if (failed(bindDimensions(getOperation(), values)))
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
