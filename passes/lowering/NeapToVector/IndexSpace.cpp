// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IndexSpace.cpp - see the header. A reshape is treated group by group: the
// smallest runs of axes of both shapes that hold equally many elements.
#include "passes/lowering/NeapToVector/IndexSpace.h"

#include "dialects/neap/IR/NeapOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

//===----------------------------------------------------------------------===//
// LinearIndex
//===----------------------------------------------------------------------===//

LinearIndex LinearIndex::scaled(int64_t scale) const {
  LinearIndex result;
  if (scale == 0)
    return result;
  result.constant = constant * scale;
  for (Term term : terms)
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

int64_t LinearIndex::getCoefficient(unsigned counter) const {
  for (const Term &term : terms)
    if (term.counter == counter)
      return term.coefficient;
  return 0;
}

//===----------------------------------------------------------------------===//
// IndexSpace
//===----------------------------------------------------------------------===//

unsigned IndexSpace::addCounter(int64_t size) {
  counters.push_back({size});
  return counters.size() - 1;
}

TensorIndex IndexSpace::addAxes(ArrayRef<int64_t> shape) {
  TensorIndex index;
  for (int64_t size : shape) {
    LinearIndex &axis = index.emplace_back();
    unsigned counter = addCounter(size);
    if (size > 1)
      axis.terms.push_back({counter, 1});
  }
  return index;
}

SmallVector<unsigned> IndexSpace::getParts(unsigned counter) const {
  const Counter &node = counters[counter];
  if (node.size == 1)
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
    int64_t coefficient = term.coefficient;
    for (unsigned part : llvm::reverse(getParts(term.counter))) {
      resolved.terms.push_back({part, coefficient});
      coefficient *= getSize(part);
    }
  }
  index = std::move(resolved);
}

void IndexSpace::split(unsigned counter, int64_t innerSize) {
  unsigned outer = addCounter(counters[counter].size / innerSize);
  unsigned inner = addCounter(innerSize);
  counters[counter].outer = outer;
  counters[counter].inner = inner;
}

/// Returns the terms of `index` innermost first if they count 0, 1, ...,
/// total - 1 in mixed radix; else nothing.
static SmallVector<LinearIndex::Term> getMixedRadix(const IndexSpace &space,
                                                    const LinearIndex &index,
                                                    int64_t total) {
  SmallVector<LinearIndex::Term> terms(index.terms);
  llvm::sort(terms, [](const LinearIndex::Term &a, const LinearIndex::Term &b) {
    return a.coefficient < b.coefficient;
  });
  int64_t expected = 1;
  for (const LinearIndex::Term &term : terms) {
    if (term.coefficient != expected)
      return {};
    expected *= space.getSize(term.counter);
  }
  if (index.constant != 0 || expected != total)
    return {};
  return terms;
}

/// Returns the index along each of the axes `sizes`, which `index` counts
/// through in row-major order.
FailureOr<TensorIndex> IndexSpace::distribute(LinearIndex index,
                                              ArrayRef<int64_t> sizes) {
  resolve(index);
  SmallVector<LinearIndex::Term> digits =
      getMixedRadix(*this, index, llvm::product_of(sizes));
  if (digits.empty())
    return failure();
  std::reverse(digits.begin(), digits.end());
  TensorIndex result(sizes.size());
  for (int64_t axis = sizes.size() - 1; axis >= 0; --axis) {
    int64_t covered = 1;
    while (covered < sizes[axis]) {
      unsigned counter = digits.pop_back_val().counter;
      int64_t missing = sizes[axis] / covered;
      if (getSize(counter) > missing) {
        if (sizes[axis] % covered != 0 || getSize(counter) % missing != 0)
          return failure();
        split(counter, missing);
        digits.push_back({unsigned(counters[counter].outer), 0});
        counter = counters[counter].inner;
      }
      result[axis].terms.push_back({counter, covered});
      covered *= getSize(counter);
    }
    if (covered != sizes[axis])
      return failure();
  }
  return result;
}

FailureOr<TensorIndex> IndexSpace::reshape(const TensorIndex &index,
                                           ArrayRef<int64_t> from,
                                           ArrayRef<int64_t> to) {
  TensorIndex result(to.size());
  size_t i = 0, j = 0;
  auto skipOnes = [](ArrayRef<int64_t> sizes, size_t &axis) {
    while (axis < sizes.size() && sizes[axis] == 1)
      ++axis;
  };
  while (skipOnes(from, i), skipOnes(to, j), j < to.size()) {
    LinearIndex linear = index[i];
    size_t firstTo = j;
    int64_t fromSize = from[i++], toSize = to[j++];
    while (fromSize != toSize) {
      if (fromSize < toSize) {
        linear = linear.scaled(from[i]);
        linear.add(index[i]);
        fromSize *= from[i++];
      } else {
        toSize *= to[j++];
      }
    }
    if (j - firstTo == 1) {
      result[firstTo] = linear;
      continue;
    }
    FailureOr<TensorIndex> parts =
        distribute(linear, to.slice(firstTo, j - firstTo));
    if (failed(parts))
      return failure();
    llvm::copy(*parts, result.begin() + firstTo);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Returns the row-major offset of `index` in a tensor of `shape`.
static LinearIndex linearize(const TensorIndex &index,
                             ArrayRef<int64_t> shape) {
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
                                ArrayRef<int64_t> inputShape) {
  TensorIndex input(ArrayRef(index).take_back(inputShape.size()));
  for (auto [axis, size] : llvm::zip_equal(input, inputShape))
    if (size == 1)
      axis = LinearIndex();
  return input;
}

/// Returns the index of a slice's input for one of its result.
static FailureOr<TensorIndex> shiftBySlice(const TensorIndex &index,
                                           SliceOp slice) {
  std::optional<SmallVector<int64_t>> starts = getConstants(slice.getStarts());
  if (!starts)
    return failure();
  TensorIndex input;
  for (auto [axis, start, step] :
       llvm::zip_equal(index, *starts, slice.getSteps())) {
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
      FailureOr<TensorIndex> input = shiftBySlice(index, slice);
      if (failed(input))
        return failure();
      index = *input;
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
