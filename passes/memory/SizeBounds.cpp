// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeBounds.cpp - see SizeBounds.h.
#include "passes/memory/SizeBounds.h"

#include "dialects/neap/Interfaces/Interfaces.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

/// Returns the bytes of an element as it is stored: a bool takes one.
static int64_t getElementBytes(RankedTensorType type) {
  return getStoredBytes(RankedTensorType::get({1}, type.getElementType()));
}

std::optional<int64_t> SizeBounds::findBytes(Type type) const {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return std::nullopt;
  int64_t bytes = getElementBytes(tensor);
  SmallVector<DimExpr> dims = getDims(tensor);
  if (llvm::is_contained(dims, DimExpr(0)))
    return 0;
  for (const DimExpr &dim : dims) {
    std::optional<int64_t> size = facts.getUpperBound(dim);
    if (!size || llvm::MulOverflow(bytes, *size, bytes))
      return std::nullopt;
  }
  return bytes;
}

std::string SizeBounds::getText(const DimExpr &dim) const {
  auto bounds = facts.getBounds(dim);
  if (dim.getConstant() || !bounds)
    return dim.str();
  // The normal form of sums of products of symbols is as tight as it can be;
  // differences and divisions are not.
  std::string text = dim.str();
  if (text.find_first_of("-/(") == std::string::npos)
    return text;
  return DimExpr::max(bounds->first, DimExpr::min(dim, bounds->second)).str();
}

std::string SizeBounds::getBytesText(Type type) const {
  auto tensor = cast<RankedTensorType>(type);
  int64_t constant = getElementBytes(tensor);
  std::string text;
  for (const DimExpr &dim : getDims(tensor)) {
    if (std::optional<int64_t> size = dim.getConstant()) {
      constant *= *size;
      continue;
    }
    std::string factor = getText(dim);
    bool isWord = llvm::all_of(factor, [](char c) {
      return llvm::isAlnum(c) || c == '_' || c == '.' || c == '*';
    });
    text += isWord ? "*" + factor : "*(" + factor + ")";
  }
  return constant == 0 ? "0" : std::to_string(constant) + text;
}

} // namespace neap
