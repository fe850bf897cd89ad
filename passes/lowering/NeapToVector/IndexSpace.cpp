// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IndexSpace.cpp - see the header. A reshape is treated group by group: the
// smallest runs of axes of both shapes that hold equally many elements. Sizes
// are expressions: they are compared for equality and divided where that leaves
// no rest, but never ordered.
#include "passes/lowering/NeapToVector/IndexSpace.h"

#include "dialects/neap/IR/NeapOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// LinearIndex
//===----------------------------------------------------------------------===//

LinearIndex LinearIndex::scaled(const DimExpr &scale) const {
  LinearIndex result;
  if (scale.isConstant(0))
    return result;
  result.constant = constant * scale;
  for (const Term &term : terms)
    result.terms.push_back({term.counter, term.coefficient * scale});
  return result;
}

void LinearIndex::add(const LinearIndex &other) {
  constant += other.constant;
  for (const Term &term : other.terms) {
    Term *same = llvm::find_if(
        terms, [&](const Term &t) { return t.counter == term.counter; });
    if (same == terms.end())
      terms.push_back(term);
    else
      same->coefficient += term.coefficient;
  }
}

DimExpr LinearIndex::getCoefficient(unsigned counter) const {
  for (const Term &term : terms)
    if (term.counter == counter)
      return term.coefficient;
  return 0;
}

//===----------------------------------------------------------------------===//
// IndexSpace
//===----------------------------------------------------------------------===//

unsigned IndexSpace::addCounter(const DimExpr &size) {
  counters.push_back({size});
  return counters.size() - 1;
}

TensorIndex IndexSpace::addAxes(ArrayRef<DimExpr> shape) {
  TensorIndex index;
  for (const DimExpr &size : shape) {
    LinearIndex &axis = index.emplace_back();
    unsigned counter = addCounter(size);
    if (!size.isConstant(1))
      axis.terms.push_back({counter, 1});
  }
  return index;
}

SmallVector<unsigned> IndexSpace::getParts(unsigned counter) const {
  const Counter &node = counters[counter];
  if (node.size.isConstant(1))
    return {};
  if (node.outer < 0)
    return {counter};
  SmallVector<unsigned> parts = getParts(node.outer);
  parts.append(getParts(node.inner));
  return parts;
}

void IndexSpace::resolve(LinearIndex &index) const {
  LinearIndex resolved;
  resolved.constant = index.constant;
  for (const LinearIndex::Term &term : index.terms) {
    DimExpr coefficient = term.coefficient;
    SmallVector<unsigned> parts = getParts(term.counter);
    for (unsigned part : llvm::reverse(parts)) {
      resolved.terms.push_back({part, coefficient});
      coefficient *= getSize(part);
    }
  }
  index = std::move(resolved);
}

/// Splits `counter`, whose size is a multiple of `innerSize`, and returns the
/// inner part.
unsigned IndexSpace::split(unsigned counter, const DimExpr &innerSize) {
  unsigned outer =
      addCounter(*divideExactly(getSize(counter), innerSize, facts));
  unsigned inner = addCounter(innerSize);
  counters[counter].outer = outer;
  counters[counter].inner = inner;
  return inner;
}

/// Returns the counters of `index`, outermost first, if they count 0, 1, ...,
/// total - 1 in mixed radix; else nothing.
SmallVector<unsigned> IndexSpace::getMixedRadix(const LinearIndex &index,
                                                const DimExpr &total) const {
  SmallVector<unsigned> digits;
  DimExpr expected(1);
  while (digits.size() < index.terms.size()) {
    const auto *term = llvm::find_if(index.terms, [&](const auto &term) {
      return !llvm::is_contained(digits, term.counter) &&
             facts.areEqual(term.coefficient, expected);
    });
    if (term == index.terms.end())
      return {};
    digits.push_back(term->counter);
    expected *= getSize(term->counter);
  }
  if (!index.constant.isConstant(0) || !facts.areEqual(expected, total))
    return {};
  std::reverse(digits.begin(), digits.end());
  return digits;
}

/// Removes from `digits` the innermost ones that count through `size` together
/// (splitting the last of them) and returns the index that they are.
FailureOr<LinearIndex> IndexSpace::takeDigits(SmallVectorImpl<unsigned> &digits,
                                              const DimExpr &size) {
  LinearIndex result;
  DimExpr covered(1);
  while (!facts.areEqual(covered, size)) {
    std::optional<DimExpr> missing = divideExactly(size, covered, facts);
    if (!missing || digits.empty())
      return failure();
    unsigned counter = digits.pop_back_val();
    if (!divideExactly(*missing, getSize(counter), facts)) {
      if (!divideExactly(getSize(counter), *missing, facts))
        return failure();
      unsigned inner = split(counter, *missing);
      digits.push_back(counters[counter].outer);
      counter = inner;
    }
    result.terms.push_back({counter, covered});
    covered *= getSize(counter);
  }
  return result;
}

/// Returns the index along each of the axes `sizes`, which `index` counts
/// through in row-major order.
FailureOr<TensorIndex> IndexSpace::distribute(LinearIndex index,
                                              ArrayRef<DimExpr> sizes) {
  resolve(index);
  SmallVector<unsigned> digits = getMixedRadix(index, getNumElements(sizes));
  if (digits.empty())
    return failure();
  TensorIndex result(sizes.size());
  for (int64_t axis = sizes.size() - 1; axis >= 0; --axis) {
    FailureOr<LinearIndex> part = takeDigits(digits, sizes[axis]);
    if (failed(part))
      return failure();
    result[axis] = *part;
  }
  return result;
}

/// Returns the numbers of leading axes of both shapes that hold equally many
/// elements, as few as possible; nothing if there are none.
static std::optional<std::pair<size_t, size_t>>
findGroup(ArrayRef<DimExpr> from, ArrayRef<DimExpr> to,
          const SymbolFacts &facts) {
  DimExpr fromSize(1);
  for (size_t i = 0; i < from.size(); ++i) {
    fromSize *= from[i];
    DimExpr toSize(1);
    for (size_t j = 0; j < to.size(); ++j) {
      toSize *= to[j];
      if (facts.areEqual(fromSize, toSize))
        return std::make_pair(i + 1, j + 1);
    }
  }
  return std::nullopt;
}

FailureOr<TensorIndex> IndexSpace::reshape(const TensorIndex &index,
                                           ArrayRef<DimExpr> from,
                                           ArrayRef<DimExpr> to) {
  TensorIndex result(to.size());
  size_t i = 0, j = 0;
  auto skipOnes = [](ArrayRef<DimExpr> sizes, size_t &axis) {
    while (axis < sizes.size() && sizes[axis].isConstant(1))
      ++axis;
  };
  while (skipOnes(from, i), skipOnes(to, j), j < to.size()) {
    auto group = findGroup(from.drop_front(i), to.drop_front(j), facts);
    if (!group)
      return failure();
    auto [numFrom, numTo] = *group;
    LinearIndex linear;
    for (size_t end = i + numFrom; i < end; ++i) {
      linear = linear.scaled(from[i]);
      linear.add(index[i]);
    }
    if (numTo == 1) {
      result[j++] = linear;
      continue;
    }
    FailureOr<TensorIndex> parts = distribute(linear, to.slice(j, numTo));
    if (failed(parts))
      return failure();
    llvm::copy(*parts, result.begin() + j);
    j += numTo;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

static SmallVector<DimExpr> getShape(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// Returns the row-major offset of `index` in a tensor of `shape`.
static LinearIndex linearize(const TensorIndex &index,
                             ArrayRef<DimExpr> shape) {
  LinearIndex offset;
  for (auto [axis, size] : llvm::zip_equal(index, shape)) {
    offset = offset.scaled(size);
    offset.add(axis);
  }
  return offset;
}

/// Returns the index of a transpose's input for one of its result.
static TensorIndex permuteBack(const TensorIndex &index,
                               ArrayRef<int64_t> permutation) {
  TensorIndex input(index.size());
  for (auto [axis, source] : llvm::enumerate(permutation))
    input[source] = index[axis];
  return input;
}

/// Returns the index of a broadcast's input for one of its result.
static TensorIndex dropRepeated(const TensorIndex &index,
                                ArrayRef<DimExpr> inputShape) {
  TensorIndex input(ArrayRef(index).take_back(inputShape.size()));
  for (auto [axis, size] : llvm::zip_equal(input, inputShape))
    if (size.isConstant(1))
      axis = LinearIndex();
  return input;
}

/// Returns the index of a slice's input for one of its result.
static TensorIndex shiftBySlice(const TensorIndex &index, SliceOp slice) {
  TensorIndex input;
  for (auto [axis, start, step] :
       llvm::zip_equal(index, slice.getStarts(), slice.getSteps())) {
    LinearIndex shifted = axis.scaled(step);
    shifted.constant += start;
    input.push_back(shifted);
  }
  return input;
}

FailureOr<ViewedElement> followViews(IndexSpace &space, Value value,
                                     TensorIndex index) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      FailureOr<TensorIndex> input =
          space.reshape(index, getShape(value), getShape(reshape.getInput()));
      if (failed(input))
        return failure();
      index = *input;
    } else if (auto transpose = dyn_cast<TransposeOp>(op)) {
      index = permuteBack(index, transpose.getPermutation());
    } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
      index = dropRepeated(index, getShape(broadcast.getInput()));
    } else if (auto slice = dyn_cast<SliceOp>(op)) {
      index = shiftBySlice(index, slice);
    } else {
      break;
    }
    value = op->getOperand(0);
  }
  return ViewedElement{value, linearize(index, getShape(value))};
}

FailureOr<LinearIndex> followToResult(IndexSpace &space, Value value,
                                      TensorIndex index, Value result) {
  SmallVector<Operation *> chain;
  for (Value v = result; v != value; v = chain.back()->getOperand(0)) {
    Operation *op = v.getDefiningOp();
    if (!isa_and_nonnull<ReshapeOp, TransposeOp>(op))
      return failure();
    chain.push_back(op);
  }
  for (Operation *op : llvm::reverse(chain)) {
    if (auto transpose = dyn_cast<TransposeOp>(op)) {
      TensorIndex permuted;
      for (int64_t axis : transpose.getPermutation())
        permuted.push_back(index[axis]);
      index = permuted;
      continue;
    }
    FailureOr<TensorIndex> reshaped = space.reshape(
        index, getShape(op->getOperand(0)), getShape(op->getResult(0)));
    if (failed(reshaped))
      return failure();
    index = *reshaped;
  }
  return linearize(index, getShape(result));
}

} // namespace neap
