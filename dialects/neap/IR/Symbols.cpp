// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Symbols.cpp - see Symbols.h.
#include "dialects/neap/IR/Symbols.h"

#include "dialects/neap/IR/NeapAttrs.h"
#include "dialects/neap/IR/NeapDialect.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinOps.h"

#include <set>

using namespace mlir;
using namespace neap;

namespace {
/// Gathers the symbols of types and attributes.
class SymbolCollector {
public:
  SymbolCollector() {
    walker.addWalk([&](DimsAttr dims) {
      for (const DimExpr &expr : getDimExprArray(dims))
        add(expr);
    });
    walker.addWalk([&](DimAttr dim) { add(getDimExpr(dim)); });
  }

  void visit(Type type) { walker.walk(type); }
  void visit(Operation *root) {
    root->walk([&](Operation *op) {
      walker.walk(op->getAttrDictionary());
      for (Type type : op->getResultTypes())
        walker.walk(type);
    });
  }
  llvm::SmallVector<std::string> getNames() const {
    return llvm::SmallVector<std::string>(names.begin(), names.end());
  }

private:
  void add(const DimExpr &expr) {
    for (std::string &name : expr.getSymbols())
      names.insert(std::move(name));
  }

  AttrTypeWalker walker;
  std::set<std::string> names;
};
} // namespace

llvm::SmallVector<std::string> neap::collectSymbols(Block &body) {
  SymbolCollector collector;
  for (Type type : body.getArgumentTypes())
    collector.visit(type);
  for (Operation &op : body)
    collector.visit(&op);
  return collector.getNames();
}

llvm::SmallVector<std::string> neap::collectSymbols(Operation *op) {
  SymbolCollector collector;
  collector.visit(op);
  return collector.getNames();
}

SymbolFacts neap::getSymbolFacts(Operation *op) {
  SymbolFacts facts;
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  auto symbols =
      module ? module->getAttrOfType<DictionaryAttr>(NeapDialect::kSymbolsAttr)
             : nullptr;
  if (!symbols)
    return facts;
  for (NamedAttribute entry : symbols)
    if (auto range = dyn_cast<RangeAttr>(entry.getValue()))
      facts.ranges[entry.getName().getValue()] = {range.getLo(), range.getHi(),
                                                  range.getStep()};
  return facts;
}
