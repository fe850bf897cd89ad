// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// IndexSums.cpp - see the header.
#include "passes/graph/IndexSums.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

/// Ops on top of one another that are looked through; masks of exporters have
/// some twenty.
static constexpr unsigned kMostSteps = 64;

bool IndexSum::isConstant() const {
  return llvm::all_of(coefficients, [](int64_t c) { return c == 0; });
}

static IndexSum makeConstant(DimExpr constant, size_t rank) {
  return {constant, SmallVector<int64_t>(rank, 0)};
}

/// Adds `factor` times `other` to `sum`.
static void add(IndexSum &sum, const IndexSum &other, int64_t factor) {
  sum.constant += other.constant * factor;
  for (auto [mine, theirs] :
       llvm::zip_equal(sum.coefficients, other.coefficients))
    mine += factor * theirs;
}

/// Returns the axes of `shape` that may have more than one element.
static SmallVector<unsigned> getLongAxes(ArrayRef<DimExpr> shape) {
  SmallVector<unsigned> axes;
  for (auto [axis, size] : llvm::enumerate(shape))
    if (!size.isConstant(1))
      axes.push_back(axis);
  return axes;
}

/// Reads `values`, elements of `shape`, as a sum; `at` returns the element at a
/// place of the row-major order.
static std::optional<IndexSum>
readElements(ArrayRef<DimExpr> shape, llvm::function_ref<int64_t(int64_t)> at) {
  SmallVector<int64_t> sizes;
  for (const DimExpr &size : shape)
    sizes.push_back(*size.getConstant());
  int64_t count = llvm::product_of(sizes);
  if (count == 0)
    return std::nullopt;
  IndexSum sum = makeConstant(at(0), sizes.size());
  int64_t stride = count;
  for (auto [size, coefficient] : llvm::zip_equal(sizes, sum.coefficients)) {
    stride /= size;
    coefficient = size > 1 ? at(stride) - at(0) : 0;
  }
  for (int64_t place = 0; place < count; ++place) {
    int64_t expected = at(0), rest = place;
    for (size_t axis = sizes.size(); axis-- > 0; rest /= sizes[axis])
      expected += sum.coefficients[axis] * (rest % sizes[axis]);
    if (at(place) != expected)
      return std::nullopt;
  }
  return sum;
}

/// Returns the element of an attribute of integers.
static int64_t toInteger(const APInt &value) {
  return value.getBitWidth() == 1 ? value.getZExtValue() : value.getSExtValue();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

std::optional<IndexSum> IndexSumReader::read(Value value) {
  auto element = dyn_cast<IntegerType>(getType(value).getElementType());
  bool isRead = element && !element.isUnsigned() &&
                (element.getWidth() == 1 || element.getWidth() >= 32);
  Operation *op = value.getDefiningOp();
  if (!isRead || !op || depth == kMostSteps)
    return std::nullopt;
  if (auto found = known.find(value); found != known.end())
    return found->second;
  ++depth;
  std::optional<IndexSum> sum = readOp(op);
  --depth;
  if (sum)
    for (auto [coefficient, size] :
         llvm::zip_equal(sum->coefficients, getShape(value)))
      if (size.isConstant(1))
        coefficient = 0;
  known[value] = sum;
  return sum;
}

std::optional<IndexSum> IndexSumReader::readOp(Operation *op) {
  using Sum = std::optional<IndexSum>;
  return llvm::TypeSwitch<Operation *, Sum>(op)
      .Case([&](ConstantOp constant) { return readConstant(constant); })
      .Case([&](SizeOp size) { return makeConstant(size.getExpr(), 0); })
      .Case([&](IotaOp iota) { return readIota(iota); })
      .Case([&](CastOp cast) -> Sum {
        bool narrows = cast.getType().getElementType().isInteger(1);
        return narrows ? std::nullopt : read(cast.getInput());
      })
      .Case([&](ReshapeOp reshape) { return readReshape(reshape); })
      .Case([&](BroadcastOp broadcast) { return readBroadcast(broadcast); })
      .Case([&](SliceOp slice) { return readSlice(slice); })
      .Case([&](ConcatOp concat) { return readConcat(concat); })
      .Case([&](GatherOp gather) { return readGather(gather); })
      .Case([&](GatherNdOp gather) { return readGatherNd(gather); })
      .Case([&](CompareOp compare) { return readCompare(compare); })
      .Case(
          [&](SubOp sub) { return readDifference(sub.getLhs(), sub.getRhs()); })
      .Case([&](AddOp sum) -> Sum {
        Sum lhs = read(sum.getLhs()), rhs = lhs ? read(sum.getRhs()) : lhs;
        if (rhs)
          add(*lhs, *rhs, 1);
        return rhs ? lhs : std::nullopt;
      })
      .Case([&](TransposeOp transpose) -> Sum {
        Sum sum = read(transpose.getInput());
        if (sum)
          sum->coefficients =
              permute(sum->coefficients, transpose.getPermutation());
        return sum;
      })
      .Case([&](NotOp negation) -> Sum {
        Sum sum = read(negation->getOperand(0));
        if (!sum || !sum->isConstant() || !sum->constant.getConstant())
          return std::nullopt;
        return makeConstant(1 - *sum->constant.getConstant(),
                            sum->coefficients.size());
      })
      .Case([&](CumulativeSumOp cumulative) -> Sum {
        Sum sum = read(cumulative.getInput());
        bool isZero = sum && sum->isConstant() && sum->constant.isConstant(0);
        return isZero ? sum : std::nullopt;
      })
      .Default(Sum());
}

std::optional<IndexSum> IndexSumReader::readDifference(Value lhs, Value rhs) {
  std::optional<IndexSum> left = read(lhs);
  std::optional<IndexSum> right = left ? read(rhs) : std::nullopt;
  if (!right)
    return std::nullopt;
  add(*left, *right, -1);
  return left;
}

std::optional<IndexSum> IndexSumReader::readConstant(ConstantOp constant) {
  auto values = dyn_cast<DenseElementsAttr>(constant.getValue());
  Shape shape = getShape(constant.getResult());
  if (!values || !values.getElementType().isInteger())
    return std::nullopt;
  if (values.isSplat())
    return makeConstant(toInteger(values.getSplatValue<APInt>()), shape.size());
  auto elements = values.getValues<APInt>();
  return readElements(
      shape, [&](int64_t place) { return toInteger(elements[place]); });
}

std::optional<IndexSum> IndexSumReader::readIota(IotaOp iota) {
  std::optional<IndexSum> start = read(iota.getStart());
  std::optional<IndexSum> step = start ? read(iota.getStep()) : std::nullopt;
  std::optional<int64_t> factor;
  if (step)
    factor = step->constant.getConstant();
  if (!factor)
    return std::nullopt;
  return IndexSum{start->constant, {*factor}};
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

/// Reads a reshape that only adds or drops axes of size 1.
std::optional<IndexSum> IndexSumReader::readReshape(ReshapeOp reshape) {
  std::optional<IndexSum> sum = read(reshape.getInput());
  Shape from = getShape(reshape.getInput()), to = getShape(reshape.getResult());
  if (!sum)
    return std::nullopt;
  IndexSum result = makeConstant(sum->constant, to.size());
  if (sum->isConstant())
    return result;
  SmallVector<unsigned> fromAxes = getLongAxes(from), toAxes = getLongAxes(to);
  if (fromAxes.size() != toAxes.size())
    return std::nullopt;
  for (auto [fromAxis, toAxis] : llvm::zip_equal(fromAxes, toAxes)) {
    if (from[fromAxis] != to[toAxis])
      return std::nullopt;
    result.coefficients[toAxis] = sum->coefficients[fromAxis];
  }
  return result;
}

std::optional<IndexSum> IndexSumReader::readBroadcast(BroadcastOp broadcast) {
  std::optional<IndexSum> sum = read(broadcast.getInput());
  if (!sum)
    return std::nullopt;
  size_t rank = getShape(broadcast.getResult()).size();
  IndexSum result =
      makeConstant(sum->constant, rank - sum->coefficients.size());
  llvm::append_range(result.coefficients, sum->coefficients);
  return result;
}

std::optional<IndexSum> IndexSumReader::readSlice(SliceOp slice) {
  std::optional<IndexSum> sum = read(slice.getInput());
  if (!sum)
    return std::nullopt;
  for (auto [coefficient, start, step] : llvm::zip_equal(
           sum->coefficients, slice.getStarts(), slice.getSteps())) {
    sum->constant += start * coefficient;
    coefficient *= step;
  }
  return sum;
}

/// Reads pieces that continue one another.
std::optional<IndexSum> IndexSumReader::readConcat(ConcatOp concat) {
  int64_t axis = concat.getAxis();
  SmallVector<IndexSum> pieces;
  SmallVector<DimExpr> begins;
  DimExpr begin = 0;
  std::optional<int64_t> slope;
  for (Value input : concat.getInputs()) {
    std::optional<IndexSum> sum = read(input);
    if (!sum)
      return std::nullopt;
    DimExpr size = getShape(input)[axis];
    if (!size.isConstant(1) && !slope)
      slope = sum->coefficients[axis];
    pieces.push_back(*sum);
    begins.push_back(begin);
    begin += size;
  }
  if (!slope && pieces.size() > 1)
    slope = (pieces[1].constant - pieces[0].constant).getConstant();
  if (!slope)
    return std::nullopt;
  IndexSum result = pieces.front();
  result.coefficients[axis] = *slope;
  for (auto [piece, input, start] :
       llvm::zip_equal(pieces, concat.getInputs(), begins)) {
    if (getShape(input)[axis].isConstant(1))
      piece.coefficients[axis] = *slope;
    if (piece.coefficients != result.coefficients ||
        piece.constant - start * *slope != result.constant)
      return std::nullopt;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

std::optional<IndexSum> IndexSumReader::readGather(GatherOp gather) {
  std::optional<IndexSum> data = read(gather.getInput());
  if (!data)
    return std::nullopt;
  Shape places = getShape(gather.getIndices());
  int64_t axis = gather.getAxis(), slope = data->coefficients[axis];
  IndexSum index = makeConstant(0, places.size());
  if (slope != 0) {
    std::optional<IndexSum> read = this->read(gather.getIndices());
    if (!read || !isNeverNegative(*read, places))
      return std::nullopt;
    index = *read;
  }
  ArrayRef<int64_t> coefficients = data->coefficients;
  IndexSum result{data->constant + index.constant * slope,
                  SmallVector<int64_t>(coefficients.take_front(axis))};
  for (int64_t coefficient : index.coefficients)
    result.coefficients.push_back(coefficient * slope);
  llvm::append_range(result.coefficients, coefficients.drop_front(axis + 1));
  return result;
}

/// Reads component `component` of tuples of indices, the last axis of
/// `indices`.
std::optional<IndexSum> IndexSumReader::readComponent(Value indices,
                                                      int64_t component) {
  if (auto concat = indices.getDefiningOp<ConcatOp>();
      concat && concat.getAxis() + 1 == getType(indices).getRank())
    for (Value input : concat.getInputs()) {
      std::optional<int64_t> size = getShape(input).back().getConstant();
      if (!size)
        return std::nullopt;
      if (component < *size)
        return readComponent(input, component);
      component -= *size;
    }
  Shape shape = getShape(indices);
  auto constant = indices.getDefiningOp<ConstantOp>();
  if (constant && !getSplat(indices)) {
    auto values = dyn_cast<DenseElementsAttr>(constant.getValue());
    int64_t width = *shape.pop_back_val().getConstant();
    if (!values)
      return std::nullopt;
    auto elements = values.getValues<APInt>();
    return readElements(shape, [&](int64_t place) {
      return toInteger(elements[place * width + component]);
    });
  }
  std::optional<IndexSum> sum = read(indices);
  if (sum)
    sum->constant += sum->coefficients.pop_back_val() * component;
  return sum;
}

std::optional<IndexSum> IndexSumReader::readGatherNd(GatherNdOp gather) {
  std::optional<IndexSum> data = read(gather.getInput());
  Shape places = getShape(gather.getIndices());
  std::optional<int64_t> width = places.pop_back_val().getConstant();
  if (!data || !width || gather.getBatchDims() != 0)
    return std::nullopt;
  IndexSum result = makeConstant(data->constant, places.size());
  for (int64_t i = 0; i < *width; ++i) {
    int64_t slope = data->coefficients[i];
    if (slope == 0)
      continue;
    std::optional<IndexSum> index = readComponent(gather.getIndices(), i);
    if (!index || !isNeverNegative(*index, places))
      return std::nullopt;
    add(result, *index, slope);
  }
  llvm::append_range(result.coefficients,
                     ArrayRef(data->coefficients).drop_front(*width));
  return result;
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

bool IndexSumReader::isNeverNegative(const IndexSum &sum,
                                     ArrayRef<DimExpr> shape) const {
  DimExpr least = sum.constant;
  for (auto [coefficient, size] : llvm::zip_equal(sum.coefficients, shape))
    if (coefficient < 0)
      least += (size - 1) * coefficient;
  return facts.isAtLeast(least, 0);
}

/// Reads a comparison that has the same outcome everywhere.
std::optional<IndexSum> IndexSumReader::readCompare(CompareOp compare) {
  std::optional<IndexSum> difference =
      readDifference(compare.getLhs(), compare.getRhs());
  if (!difference)
    return std::nullopt;
  Shape shape = getShape(compare.getResult());
  IndexSum opposite = makeConstant(0, shape.size());
  add(opposite, *difference, -1);
  auto isAtLeast = [&](IndexSum sum, int64_t bound) {
    sum.constant += -bound;
    return isNeverNegative(sum, shape);
  };
  bool isGreater = isAtLeast(*difference, 1), isLess = isAtLeast(opposite, 1);
  bool isGreaterEqual = isAtLeast(*difference, 0);
  bool isLessEqual = isAtLeast(opposite, 0);
  bool isEqual = isGreaterEqual && isLessEqual;
  auto decide = [&](bool holds, bool fails) -> std::optional<IndexSum> {
    if (!holds && !fails)
      return std::nullopt;
    return makeConstant(holds, shape.size());
  };
  switch (compare.getPredicate()) {
  case ComparePredicate::EQ:
    return decide(isEqual, isGreater || isLess);
  case ComparePredicate::NE:
    return decide(isGreater || isLess, isEqual);
  case ComparePredicate::LT:
    return decide(isLess, isGreaterEqual);
  case ComparePredicate::LE:
    return decide(isLessEqual, isGreater);
  case ComparePredicate::GT:
    return decide(isGreater, isLessEqual);
  case ComparePredicate::GE:
    return decide(isGreaterEqual, isLess);
  }
  return std::nullopt;
}

} // namespace neap
