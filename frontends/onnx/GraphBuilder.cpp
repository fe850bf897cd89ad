// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GraphBuilder.cpp - see GraphBuilder.h.
#include "frontends/onnx/GraphBuilder.h"

#include "frontends/onnx/ImportedValue.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// No tensor has more elements than this.
static constexpr int64_t kMaxNumElements = int64_t(1) << 40;

Dims neap::frontend::getDimsOf(Value value) {
  return Dims(getDims(cast<RankedTensorType>(value.getType())));
}

bool neap::frontend::isHalf(Type element) {
  return element.isF16() || element.isBF16();
}

Type neap::frontend::getElementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

int64_t neap::frontend::getRankOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}

std::optional<Dims> neap::frontend::getBroadcastDims(ArrayRef<DimExpr> lhs,
                                                     ArrayRef<DimExpr> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  Dims result(lhs);
  size_t offset = lhs.size() - rhs.size();
  for (auto [i, dim] : llvm::enumerate(rhs)) {
    DimExpr &other = result[offset + i];
    if (other.getConstant() == 1)
      other = dim;
    else if (dim.getConstant() != 1 && !(dim == other))
      return std::nullopt;
  }
  return result;
}

bool neap::frontend::isTooLarge(ArrayRef<DimExpr> dims,
                                const SymbolFacts &facts) {
  int64_t numElements = 1;
  for (const DimExpr &dim : dims)
    if (dim.isConstant(0))
      return false;
  for (const DimExpr &dim : dims) {
    // A symbol without a range counts as 1.
    std::optional<int64_t> product =
        llvm::checkedMul(numElements, facts.getUpperBound(dim).value_or(1));
    if (!product || *product > kMaxNumElements)
      return true;
    numElements = *product;
  }
  return false;
}

std::string neap::frontend::printWithLeast(const DimExpr &dim, int64_t least) {
  std::string text = std::to_string(least);
  return dim.getConstant() ? text
                           : text + ", which '" + dim.str() +
                                 "' may be within the bounds of --dim";
}

std::string neap::frontend::printDims(ArrayRef<DimExpr> dims) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(dims, stream,
                        [&](const DimExpr &dim) { stream << dim.str(); });
  stream << "]";
  return text;
}

/// Returns `number` as an attribute of `type`.
static Attribute getNumberAttr(Type type, double number) {
  if (isa<FloatType>(type))
    return FloatAttr::get(type, number);
  // Saturates; NaN becomes 0.
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  APSInt integer(type.getIntOrFloatBitWidth(), isUnsigned);
  bool isExact;
  APFloat(number).convertToInteger(integer, APFloat::rmTowardZero, &isExact);
  return IntegerAttr::get(type, integer);
}

Value GraphBuilder::constant(DenseElementsAttr value) {
  return ConstantOp::create(builder, loc, value.getType(), value);
}

Value GraphBuilder::splat(ArrayRef<DimExpr> dims, Type elementType,
                          double number) {
  std::optional<SmallVector<int64_t>> sizes = getConstants(dims);
  auto type = RankedTensorType::get(sizes.value_or(SmallVector<int64_t>()),
                                    elementType);
  Value value = constant(
      DenseElementsAttr::get(type, getNumberAttr(elementType, number)));
  return sizes ? value : broadcast(value, dims);
}

Value GraphBuilder::size(const DimExpr &expr, Type elementType) {
  if (DenseElementsAttr value =
          getConstant(RankedTensorType::get({}, elementType), expr))
    return constant(value);
  Type type = RankedTensorType::get({}, builder.getI64Type());
  return cast(SizeOp::create(builder, loc, type, expr), elementType);
}

Value GraphBuilder::elements(RankedTensorType type,
                             ArrayRef<DimExpr> contents) {
  if (DenseElementsAttr value = getConstant(type, contents))
    return constant(value);
  if (contents.size() == 1)
    return reshape(size(contents.front(), type.getElementType()),
                   getDims(type));
  SmallVector<Value> parts;
  while (!contents.empty()) {
    // Neighbours that are constant are one part.
    ArrayRef<DimExpr> run = contents.take_while(
        [](const DimExpr &entry) { return entry.getConstant().has_value(); });
    if (run.empty()) {
      run = contents.take_front();
      parts.push_back(reshape(size(run.front(), type.getElementType()), {1}));
    } else {
      auto part = RankedTensorType::get({static_cast<int64_t>(run.size())},
                                        type.getElementType());
      parts.push_back(constant(getConstant(part, run)));
    }
    contents = contents.drop_front(run.size());
  }
  return reshape(concat(parts, 0), getDims(type));
}

Value GraphBuilder::splatLike(Value like, double number) {
  return splat(getDimsOf(like), getElementTypeOf(like), number);
}

Value GraphBuilder::sizeLike(Value like, const DimExpr &expr) {
  if (std::optional<int64_t> value = expr.getConstant())
    return splatLike(like, static_cast<double>(*value));
  return broadcast(size(expr, getElementTypeOf(like)), getDimsOf(like));
}

Value GraphBuilder::iota(const DimExpr &size) {
  Type type = builder.getI64Type();
  return IotaOp::create(builder, loc, getTensorType({size}, type),
                        splat({}, type, 0), splat({}, type, 1));
}

Value GraphBuilder::reshape(Value input, ArrayRef<DimExpr> dims) {
  Type type = getTensorType(dims, getElementTypeOf(input));
  if (type == input.getType())
    return input;
  return ReshapeOp::create(builder, loc, type, input);
}

Value GraphBuilder::broadcast(Value input, ArrayRef<DimExpr> dims) {
  Type type = getTensorType(dims, getElementTypeOf(input));
  if (type == input.getType())
    return input;
  return BroadcastOp::create(builder, loc, type, input);
}

Value GraphBuilder::transpose(Value input, ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return input;
  Dims from = getDimsOf(input), to;
  for (int64_t axis : permutation)
    to.push_back(from[axis]);
  return TransposeOp::create(builder, loc,
                             getTensorType(to, getElementTypeOf(input)), input,
                             permutation);
}

Value GraphBuilder::slice(Value input, ArrayRef<DimExpr> starts,
                          ArrayRef<DimExpr> sizes, ArrayRef<int64_t> steps) {
  Type type = getTensorType(sizes, getElementTypeOf(input));
  if (type == input.getType() &&
      llvm::all_of(steps, [](int64_t step) { return step == 1; }))
    return input;
  return SliceOp::create(builder, loc, type, input, llvm::to_vector(starts),
                         llvm::to_vector(sizes), steps);
}

Value GraphBuilder::concat(ArrayRef<Value> inputs, int64_t axis) {
  if (inputs.size() == 1)
    return inputs.front();
  Dims dims = getDimsOf(inputs.front());
  for (Value input : inputs.drop_front())
    dims[axis] = dims[axis] + getDimsOf(input)[axis];
  return ConcatOp::create(builder, loc,
                          getTensorType(dims, getElementTypeOf(inputs.front())),
                          inputs, axis);
}

Value GraphBuilder::swapWithLast(Value input, int64_t axis) {
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, getRankOf(input)));
  if (!permutation.empty())
    std::swap(permutation[axis], permutation.back());
  return transpose(input, permutation);
}

Value GraphBuilder::alongAxis(Value vector, int64_t axis, int64_t rank) {
  Dims dims(rank, DimExpr(1));
  dims[axis] = getDimsOf(vector).front();
  return reshape(vector, dims);
}

Value GraphBuilder::compare(ComparePredicate predicate, Value lhs, Value rhs) {
  Type type = getTensorType(getDimsOf(lhs), builder.getI1Type());
  return CompareOp::create(builder, loc, type, predicate, lhs, rhs);
}

Value GraphBuilder::select(Value condition, Value onTrue, Value onFalse) {
  return SelectOp::create(builder, loc, onTrue.getType(), condition, onTrue,
                          onFalse);
}

Value GraphBuilder::cast(Value input, Type elementType) {
  Type type = getTensorType(getDimsOf(input), elementType);
  if (type == input.getType())
    return input;
  // Floats of 16 bits are storage: code converts them to f32 and back only.
  Type from = getElementTypeOf(input), single = builder.getF32Type();
  if ((isHalf(from) || isHalf(elementType)) && from != single &&
      elementType != single)
    input = cast(input, single);
  return CastOp::create(builder, loc, type, input);
}

Value GraphBuilder::reduce(ReduceKind kind, Value input,
                           ArrayRef<int64_t> axes) {
  if (axes.empty())
    return input;
  Dims dims = getDimsOf(input);
  for (int64_t axis : axes)
    dims[axis] = DimExpr(1);
  return ReduceOp::create(builder, loc,
                          getTensorType(dims, getElementTypeOf(input)), kind,
                          input, axes);
}

Value GraphBuilder::mean(Value input, ArrayRef<int64_t> axes) {
  Dims dims = getDimsOf(input);
  DimExpr count(1);
  for (int64_t axis : axes)
    count *= dims[axis];
  // The mean of narrow integers is one of them, but their sum may be none.
  Type type = getElementTypeOf(input);
  if (isa<IntegerType>(type) && type.getIntOrFloatBitWidth() < 64)
    input = cast(input, builder.getI64Type());
  Value sum = reduce(ReduceKind::Sum, input, axes);
  return cast(binary<DivOp>(sum, sizeLike(sum, count)), type);
}

Value GraphBuilder::matmul(Value lhs, Value rhs) {
  Dims dims = getDimsOf(lhs);
  dims.back() = getDimsOf(rhs).back();
  return MatmulOp::create(builder, loc,
                          getTensorType(dims, getElementTypeOf(lhs)), lhs, rhs);
}
