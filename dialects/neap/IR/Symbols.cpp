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

llvm::SmallVector<std::string> neap::collectSymbols(Block &body) {
  std::set<std::string> names;
  auto add = [&](const DimExpr &expr) {
    for (std::string &name : expr.getSymbols())
      names.insert(std::move(name));
  };
  AttrTypeWalker walker;
  walker.addWalk([&](DimsAttr dims) {
    for (const DimExpr &expr : getDimExprArray(dims))
      add(expr);
  });
  walker.addWalk([&](DimAttr dim) { add(getDimExpr(dim)); });
  for (Type type : body.getArgumentTypes())
    walker.walk(type);
  body.walk([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
  });
  return llvm::SmallVector<std::string>(names.begin(), names.end());
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
