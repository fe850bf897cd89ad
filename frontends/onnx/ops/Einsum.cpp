// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Einsum.cpp - the operands are combined from left to right: what two share and
// nothing else needs is summed by a matrix product, after axes that only one
// has were summed alone. A label that one operand has twice is its diagonal.
#include "frontends/onnx/ops/Einsum.h"

#include "frontends/onnx/NodeContext.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

namespace {

/// What an axis is called: a letter, or kEllipsis and how many axes of the
/// ellipsis are to its right.
using Label = int64_t;
using Labels = SmallVector<Label>;
constexpr Label kEllipsis = -1000;

/// A tensor and the label of each of its axes.
struct Term {
  Value value;
  Labels labels;
};

/// A parsed equation.
struct Equation {
  SmallVector<Labels> inputs;
  Labels output;
};

} // namespace

static bool has(ArrayRef<Label> labels, Label label) {
  return llvm::is_contained(labels, label);
}

//===----------------------------------------------------------------------===//
// The equation
//===----------------------------------------------------------------------===//

/// Appends the labels of `text`, whose ellipsis stands for `extra` axes.
/// Returns whether it is well-formed.
static bool parseLabels(StringRef text, int64_t extra, Labels &labels) {
  bool hasEllipsis = false;
  for (; !text.empty(); text = text.drop_front()) {
    if (llvm::isAlpha(text.front())) {
      labels.push_back(text.front());
      continue;
    }
    if (hasEllipsis || !text.starts_with("..."))
      return false;
    hasEllipsis = true;
    for (int64_t i = extra; i > 0; --i)
      labels.push_back(kEllipsis - i);
    text = text.drop_front(2);
  }
  return true;
}

/// The output that an equation without an arrow means: the ellipsis, then the
/// labels that occur once, in the order of the alphabet.
static Labels getImplicitOutput(ArrayRef<Labels> inputs) {
  std::map<Label, unsigned> counts;
  for (const Labels &labels : inputs)
    for (Label label : labels)
      ++counts[label];
  Labels output;
  for (auto [label, count] : counts)
    if (label < 0 || count == 1)
      output.push_back(label);
  return output;
}

static bool isValidOutput(ArrayRef<Label> output, ArrayRef<Labels> inputs) {
  for (size_t position = 0; position < output.size(); ++position) {
    Label label = output[position];
    bool isKnown = llvm::any_of(
        inputs, [&](const Labels &labels) { return has(labels, label); });
    if (!isKnown || has(output.take_front(position), label))
      return false;
  }
  return true;
}

/// Reads the attribute for operands of these ranks.
static FailureOr<Equation> parseEquation(NodeContext &node,
                                         ArrayRef<Value> operands) {
  std::string text = node.getString("equation", "").str();
  llvm::erase(text, ' ');
  auto [left, right] = StringRef(text).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  auto refuse = [&] {
    return node.emitError() << "the equation '" << text << "' does not fit the "
                            << operands.size() << " inputs and their ranks";
  };
  if (terms.size() != operands.size())
    return refuse();
  Equation equation;
  int64_t widest = 0;
  for (auto [term, operand] : llvm::zip_equal(terms, operands)) {
    bool hasEllipsis = term.contains("...");
    auto named = static_cast<int64_t>(llvm::count_if(term, llvm::isAlpha));
    int64_t extra = getRankOf(operand) - named;
    Labels &labels = equation.inputs.emplace_back();
    if (extra < 0 || (extra > 0 && !hasEllipsis) ||
        !parseLabels(term, extra, labels))
      return refuse();
    widest = std::max(widest, extra);
  }
  if (!StringRef(text).contains("->"))
    equation.output = getImplicitOutput(equation.inputs);
  else if (!parseLabels(right, right.contains("...") ? widest : 0,
                        equation.output) ||
           !isValidOutput(equation.output, equation.inputs))
    return refuse();
  return equation;
}

//===----------------------------------------------------------------------===//
// Terms
//===----------------------------------------------------------------------===//

/// Sums the axis at `position` away.
static void sumAxis(GraphBuilder &build, Term &term, int64_t position) {
  term.value = build.reduce(ReduceKind::Sum, term.value, {position});
  Dims dims = getDimsOf(term.value);
  dims.erase(dims.begin() + position);
  term.value = build.reshape(term.value, dims);
  term.labels.erase(term.labels.begin() + position);
}

/// Makes one axis of two that have the same label: their diagonal.
static LogicalResult takeDiagonals(NodeContext &node, Term &term) {
  GraphBuilder &build = node.build();
  for (size_t second = 1; second < term.labels.size(); ++second) {
    size_t first =
        llvm::find(term.labels, term.labels[second]) - term.labels.begin();
    if (first == second)
      continue;
    Dims dims = getDimsOf(term.value);
    if (dims[first] != dims[second])
      return node.emitError() << "expected axes of one label to be equal, got "
                              << printDims(dims);
    auto positions = [&](size_t axis) {
      return build.broadcast(
          build.alongAxis(build.iota(dims[axis]), axis, dims.size()), dims);
    };
    Value isDiagonal = build.compare(ComparePredicate::EQ, positions(first),
                                     positions(second));
    term.value =
        build.select(isDiagonal, term.value, build.splatLike(term.value, 0));
    sumAxis(build, term, second--);
  }
  return success();
}

/// Sums what neither `kept` nor `other` has.
static void sumUnused(GraphBuilder &build, Term &term, ArrayRef<Label> kept,
                      ArrayRef<Label> other) {
  for (int64_t i = term.labels.size() - 1; i >= 0; --i)
    if (!has(kept, term.labels[i]) && !has(other, term.labels[i]))
      sumAxis(build, term, i);
}

/// Returns the value with its axes in the order of `labels`; those that it does
/// not have are 1.
static Value arrange(GraphBuilder &build, const Term &term,
                     ArrayRef<Label> labels) {
  SmallVector<int64_t> permutation;
  Dims dims, from = getDimsOf(term.value);
  for (Label label : labels) {
    auto found = llvm::find(term.labels, label);
    dims.push_back(DimExpr(1));
    if (found == term.labels.end())
      continue;
    permutation.push_back(found - term.labels.begin());
    dims.back() = from[permutation.back()];
  }
  return build.reshape(build.transpose(term.value, permutation), dims);
}

/// The product of `sizes[i]` of each label.
static DimExpr multiply(const std::map<Label, DimExpr> &sizes,
                        ArrayRef<Label> labels) {
  DimExpr product(1);
  for (Label label : labels)
    product *= sizes.at(label);
  return product;
}

static Labels concatenate(ArrayRef<ArrayRef<Label>> parts) {
  Labels labels;
  for (ArrayRef<Label> part : parts)
    llvm::append_range(labels, part);
  return labels;
}

static Dims getSizes(const std::map<Label, DimExpr> &sizes,
                     ArrayRef<Label> labels) {
  return llvm::map_to_vector<4>(labels,
                                [&](Label label) { return sizes.at(label); });
}

/// Enters the sizes of `term`; an axis of 1 fits any.
static LogicalResult addSizes(NodeContext &node, const Term &term,
                              std::map<Label, DimExpr> &sizes) {
  for (auto [label, dim] :
       llvm::zip_equal(term.labels, getDimsOf(term.value))) {
    DimExpr &size = sizes.try_emplace(label, dim).first->second;
    if (size.isConstant(1))
      size = dim;
    else if (size != dim && !dim.isConstant(1))
      return node.emitError() << "one label stands for the sizes " << size.str()
                              << " and " << dim.str();
  }
  return success();
}

/// Combines two terms; `kept` are the labels that are needed after them.
static FailureOr<Term> multiply(NodeContext &node, Term lhs, Term rhs,
                                ArrayRef<Label> kept) {
  GraphBuilder &build = node.build();
  sumUnused(build, lhs, kept, rhs.labels);
  sumUnused(build, rhs, kept, lhs.labels);
  std::map<Label, DimExpr> sizes;
  if (failed(addSizes(node, lhs, sizes)) || failed(addSizes(node, rhs, sizes)))
    return failure();
  Labels batch, left, right, inner;
  for (Label label : lhs.labels)
    (!has(rhs.labels, label) ? left
     : has(kept, label)      ? batch
                             : inner)
        .push_back(label);
  for (Label label : rhs.labels)
    if (!has(lhs.labels, label))
      right.push_back(label);
  Term result{nullptr, concatenate({batch, left, right})};
  Dims dims = getSizes(sizes, result.labels);
  if (failed(node.checkSize(dims)))
    return failure();
  if (inner.empty()) {
    auto widen = [&](const Term &term) {
      return build.broadcast(arrange(build, term, result.labels), dims);
    };
    result.value = build.binary<MulOp>(widen(lhs), widen(rhs));
    return result;
  }
  Labels lhsOrder = concatenate({batch, left, inner});
  Labels rhsOrder = concatenate({batch, inner, right});
  Value lhsWide =
      build.broadcast(arrange(build, lhs, lhsOrder), getSizes(sizes, lhsOrder));
  Value rhsWide =
      build.broadcast(arrange(build, rhs, rhsOrder), getSizes(sizes, rhsOrder));
  DimExpr numBatches = multiply(sizes, batch), depth = multiply(sizes, inner);
  Value product = build.matmul(
      build.reshape(lhsWide, {numBatches, multiply(sizes, left), depth}),
      build.reshape(rhsWide, {numBatches, depth, multiply(sizes, right)}));
  result.value = build.reshape(product, dims);
  return result;
}

LogicalResult neap::frontend::importEinsum(NodeContext &node) {
  FailureOr<SmallVector<Value>> operands = node.getInputs();
  if (failed(operands))
    return failure();
  for (Value operand : *operands)
    if (getElementTypeOf(operand) != getElementTypeOf(operands->front()))
      return node.emitError()
             << "expected inputs of one element type, got "
             << operands->front().getType() << " and " << operand.getType();
  FailureOr<Equation> equation = parseEquation(node, *operands);
  if (failed(equation))
    return failure();
  SmallVector<Term> terms;
  for (auto [operand, labels] : llvm::zip_equal(*operands, equation->inputs))
    if (failed(takeDiagonals(node, terms.emplace_back(Term{operand, labels}))))
      return failure();
  Term result = terms.front();
  for (size_t i = 1; i < terms.size(); ++i) {
    Labels kept = equation->output;
    for (const Term &later : ArrayRef(terms).drop_front(i + 1))
      llvm::append_range(kept, later.labels);
    FailureOr<Term> product = multiply(node, result, terms[i], kept);
    if (failed(product))
      return failure();
    result = *product;
  }
  sumUnused(node.build(), result, equation->output, {});
  return node.setOutput(0, arrange(node.build(), result, equation->output));
}
