// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeBounds.cpp - see SizeBounds.h.
#include "passes/memory/SizeBounds.h"

#include "dialects/neap/Interfaces/Interfaces.h"
#include "dialects/plan/IR/ExprText.h"

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

using Bounds = std::pair<int64_t, int64_t>;

/// Returns the bounds of a sum or product; nothing if they leave 64 bits.
static std::optional<Bounds> combine(planir::ExprNode::Op op, Bounds lhs,
                                     Bounds rhs) {
  int64_t corners[4];
  bool isSum = op == planir::ExprNode::Op::Add;
  for (auto [index, corner] : llvm::enumerate(corners)) {
    int64_t left = index / 2 ? lhs.second : lhs.first;
    int64_t right = index % 2 ? rhs.second : rhs.first;
    if (isSum ? llvm::AddOverflow(left, right, corner)
              : llvm::MulOverflow(left, right, corner))
      return std::nullopt;
  }
  return Bounds(*std::min_element(corners, corners + 4),
                *std::max_element(corners, corners + 4));
}

/// Returns the bounds of a rounded quotient; nothing if the divisor may be 0.
static std::optional<Bounds> divide(planir::ExprNode::Op op, Bounds lhs,
                                    Bounds rhs) {
  if (rhs.first < 1)
    return std::nullopt;
  auto by = [&](int64_t value, int64_t divisor) {
    return op == planir::ExprNode::Op::FloorDiv
               ? llvm::divideFloorSigned(value, divisor)
               : llvm::divideCeilSigned(value, divisor);
  };
  return Bounds(
      std::min(by(lhs.first, rhs.first), by(lhs.first, rhs.second)),
      std::max(by(lhs.second, rhs.first), by(lhs.second, rhs.second)));
}

std::optional<Bounds> SizeBounds::getTextBounds(StringRef text) const {
  using Op = planir::ExprNode::Op;
  std::optional<planir::ExprNodes> nodes = planir::parseExprText(text);
  SmallVector<Bounds> bounds;
  for (const planir::ExprNode &node : nodes.value_or(planir::ExprNodes())) {
    std::optional<Bounds> own;
    if (node.op == Op::Constant)
      own = Bounds(node.value, node.value);
    else if (node.op == Op::Name)
      own = facts.getBounds(DimExpr::symbol(node.name));
    else if (node.op == Op::Add || node.op == Op::Mul)
      own = combine(node.op, bounds[node.lhs], bounds[node.rhs]);
    else if (node.op == Op::Min || node.op == Op::Max) {
      auto [a, b] = std::pair(bounds[node.lhs], bounds[node.rhs]);
      own = node.op == Op::Min ? Bounds(std::min(a.first, b.first),
                                        std::min(a.second, b.second))
                               : Bounds(std::max(a.first, b.first),
                                        std::max(a.second, b.second));
    } else
      own = divide(node.op, bounds[node.lhs], bounds[node.rhs]);
    if (!own)
      return std::nullopt;
    bounds.push_back(*own);
  }
  return bounds.empty() ? std::optional<Bounds>() : bounds.back();
}

std::string SizeBounds::getText(const DimExpr &dim) const {
  std::string text = dim.str();
  auto bounds = facts.getBounds(dim);
  if (!bounds || getTextBounds(text) == bounds)
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
    bool isSum = factor.find_first_of("+-,") != std::string::npos;
    text += isSum ? "*(" + factor + ")" : "*" + factor;
  }
  return constant == 0 ? "0" : std::to_string(constant) + text;
}

} // namespace neap
