// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LayerName.cpp - finds the user's names in locations.
#include "passes/memory/LayerName.h"

#include "dialects/neap/IR/NeapOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace neap {

StringRef getLayerName(Location loc) {
  StringRef name;
  loc->walk([&](Location part) {
    auto named = dyn_cast<NameLoc>(part);
    if (!named)
      return WalkResult::advance();
    name = named.getName().getValue();
    return WalkResult::interrupt();
  });
  return name;
}

std::string getLayerName(Operation *op) {
  StringRef name = getLayerName(op->getLoc());
  if (!name.empty())
    return name.str();
  if (auto launch = dyn_cast<LaunchOp>(op))
    return launch.getKernel().str();
  return op->getName().stripDialect().str();
}

std::string getLayerName(Value value) {
  if (Operation *op = value.getDefiningOp())
    return getLayerName(op);
  StringRef name = getLayerName(value.getLoc());
  if (!name.empty())
    return name.str();
  return "argument" + std::to_string(cast<BlockArgument>(value).getArgNumber());
}

std::string getShapeText(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const DimExpr &dim : getDims(type)) {
    std::string size = dim.str();
    bool isWord = size.find(' ') == std::string::npos;
    os << (isWord ? size : "(" + size + ")") << 'x';
  }
  os << type.getElementType();
  return text;
}

} // namespace neap
