// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise.cpp - ONNX ops that map to elementwise neap ops one to one, or
// after broadcasting: arithmetic, comparison, logic, bits, casts, Where.
// Activations, which are made of these, are in Activation.cpp.
#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Activation.h"

#include <limits>
#include <vector>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Whether the tensor's elements are floats.
static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOf(value));
}

/// An op of one input.
template <typename OpTy>
static LogicalResult importUnary(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  return node.setOutput(0, node.build().unary<OpTy>(input));
}

/// Returns both inputs, broadcast to one shape.
static FailureOr<SmallVector<Value>> getOperands(NodeContext &node) {
  Value lhs = node.getInput(0), rhs = lhs ? node.getInput(1) : nullptr;
  if (!rhs)
    return failure();
  return node.broadcastTogether({lhs, rhs});
}

/// An op of two inputs.
template <typename OpTy>
static LogicalResult importBinary(NodeContext &node) {
  FailureOr<SmallVector<Value>> operands = getOperands(node);
  if (failed(operands))
    return failure();
  return node.setOutput(
      0, node.build().binary<OpTy>((*operands)[0], (*operands)[1]));
}

/// An op of any number of inputs, applied from left to right.
template <typename OpTy>
static FailureOr<Value> combineInputs(NodeContext &node) {
  FailureOr<SmallVector<Value>> inputs = node.getInputs();
  if (failed(inputs))
    return failure();
  FailureOr<SmallVector<Value>> operands = node.broadcastTogether(*inputs);
  if (failed(operands))
    return failure();
  Value result = operands->front();
  for (Value operand : ArrayRef(*operands).drop_front())
    result = node.build().binary<OpTy>(result, operand);
  return result;
}

template <typename OpTy>
static LogicalResult importVariadic(NodeContext &node) {
  FailureOr<Value> result = combineInputs<OpTy>(node);
  return failed(result) ? failure() : node.setOutput(0, *result);
}

static LogicalResult importMean(NodeContext &node) {
  FailureOr<Value> sum = combineInputs<AddOp>(node);
  if (failed(sum))
    return failure();
  auto count = static_cast<double>(node.getNumInputs());
  return node.setOutput(0, node.build().binary<DivOp>(*sum, count));
}

/// Rounding leaves integers as they are.
template <typename OpTy>
static LogicalResult importRounding(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  return node.setOutput(0, isFloat(input) ? node.build().unary<OpTy>(input)
                                          : input);
}

static LogicalResult importMod(NodeContext &node) {
  return node.getInt("fmod", 0) ? importBinary<RemOp>(node)
                                : importBinary<ModOp>(node);
}

/// Returns the type in which a power is computed. Of an integer base and a
/// float exponent: f64. Of two integers: as wide as both, and with the
/// exponent's sign, so that the low bits are those of the power.
static Type getPowerType(Type base, Type exponent) {
  auto baseInteger = dyn_cast<IntegerType>(base);
  if (!baseInteger || base == exponent)
    return base;
  auto integer = dyn_cast<IntegerType>(exponent);
  if (!integer)
    return Float64Type::get(base.getContext());
  unsigned width = std::max(baseInteger.getWidth(), integer.getWidth());
  return IntegerType::get(base.getContext(), width, integer.getSignedness());
}

/// The exponent may have another type than the base, which is the result's.
static LogicalResult importPow(NodeContext &node) {
  Value base = node.getInput(0), exponent = base ? node.getInput(1) : nullptr;
  if (!exponent)
    return failure();
  GraphBuilder &build = node.build();
  Type type = getElementTypeOf(base);
  Type powerType = getPowerType(type, getElementTypeOf(exponent));
  FailureOr<SmallVector<Value>> operands = node.broadcastTogether(
      {build.cast(base, powerType), build.cast(exponent, powerType)});
  if (failed(operands))
    return failure();
  return node.setOutput(
      0, build.cast(build.binary<PowOp>((*operands)[0], (*operands)[1]), type));
}

static LogicalResult importReciprocal(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  return node.setOutput(0,
                        build.binary<DivOp>(build.splatLike(input, 1), input));
}

template <ComparePredicate predicate>
static LogicalResult importCompare(NodeContext &node) {
  FailureOr<SmallVector<Value>> operands = getOperands(node);
  if (failed(operands))
    return failure();
  return node.setOutput(
      0, node.build().compare(predicate, (*operands)[0], (*operands)[1]));
}

static LogicalResult importWhere(NodeContext &node) {
  Value condition = node.getInput(0);
  Value onTrue = condition ? node.getInput(1) : nullptr;
  Value onFalse = onTrue ? node.getInput(2) : nullptr;
  if (!onFalse)
    return failure();
  FailureOr<SmallVector<Value>> branches =
      node.broadcastTogether({onTrue, onFalse});
  if (failed(branches))
    return failure();
  std::optional<Dims> dims =
      getBroadcastDims(getDimsOf(condition), getDimsOf((*branches)[0]));
  if (!dims)
    return node.emitError()
           << "the shapes " << printDims(getDimsOf(condition)) << " and "
           << printDims(getDimsOf((*branches)[0])) << " do not broadcast";
  if (failed(node.checkSize(*dims)))
    return failure();
  if (!getElementTypeOf(condition).isInteger(1))
    return node.emitError() << "expected a condition of booleans, got "
                            << getElementTypeOf(condition);
  GraphBuilder &build = node.build();
  return node.setOutput(0,
                        build.select(build.broadcast(condition, *dims),
                                     build.broadcast((*branches)[0], *dims),
                                     build.broadcast((*branches)[1], *dims)));
}

static LogicalResult importBitShift(NodeContext &node) {
  StringRef direction = node.getString("direction", "");
  if (direction == "LEFT")
    return importBinary<ShiftLeftOp>(node);
  if (direction == "RIGHT")
    return importBinary<ShiftRightOp>(node);
  return node.emitError() << "expected direction LEFT or RIGHT, got '"
                          << direction << "'";
}

static LogicalResult importIsInf(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  double infinity = std::numeric_limits<double>::infinity();
  bool positive = node.getInt("detect_positive", 1) != 0;
  bool negative = node.getInt("detect_negative", 1) != 0;
  if (positive && negative)
    return node.setOutput(0,
                          build.compare(ComparePredicate::EQ,
                                        build.unary<AbsOp>(input), infinity));
  if (!positive && !negative)
    return node.setOutput(
        0, build.splat(getDimsOf(input), build.getBuilder().getI1Type(), 0));
  return node.setOutput(0, build.compare(ComparePredicate::EQ, input,
                                         positive ? infinity : -infinity));
}

static LogicalResult importIsNaN(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  GraphBuilder &build = node.build();
  Type type = getTensorType(getDimsOf(input), build.getBuilder().getI1Type());
  return node.setOutput(
      0, IsNaNOp::create(build.getBuilder(), build.getLoc(), type, input));
}

/// Casts input 0 to the ONNX element type `dataType`.
static LogicalResult castTo(NodeContext &node, int64_t dataType) {
  Type type = getElementType(node.build().getBuilder().getContext(),
                             static_cast<int32_t>(dataType));
  if (!type)
    return node.emitError() << "the element type "
                            << getDataTypeName(static_cast<int32_t>(dataType))
                            << " is not supported";
  Value input = node.getInput(0);
  if (!input)
    return failure();
  return node.setOutput(0, node.build().cast(input, type));
}

static LogicalResult importCast(NodeContext &node) {
  return castTo(node, node.getInt("to", 0));
}

static LogicalResult importCastLike(NodeContext &node) {
  RankedTensorType like = node.getInputType(1);
  return like ? castTo(node, getDataType(like.getElementType())) : failure();
}

/// Bool is a byte of value 0 or 1, integers of one width differ by how they are
/// read.
static LogicalResult importBitCast(NodeContext &node) {
  GraphBuilder &build = node.build();
  auto to = static_cast<int32_t>(node.getInt("to", 0));
  Type type = getElementType(build.getBuilder().getContext(), to);
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Type from = getElementTypeOf(input);
  auto getWidth = [](Type element) {
    return std::max(element.getIntOrFloatBitWidth(), 8u);
  };
  if (!type || getWidth(type) != getWidth(from))
    return node.emitError() << "expected a type of " << getWidth(from)
                            << " bits, got " << getDataTypeName(to);
  if (isa<IntegerType>(type) && isa<IntegerType>(from))
    return node.setOutput(0, build.cast(input, type));
  return node.setOutput(
      0, BitCastOp::create(build.getBuilder(), build.getLoc(),
                           getTensorType(getDimsOf(input), type), input)
             .getResult());
}

/// Returns bound `name` of Clip: an attribute before opset 11, then input
/// `index`; null if there is none.
static FailureOr<Value> getBound(NodeContext &node, StringRef name,
                                 size_t index, Value input) {
  if (node.hasAttribute(name))
    return node.build().splatLike(input, node.getFloat(name, 0));
  if (!node.hasInput(index))
    return Value();
  Value bound = node.getInput(index);
  if (!bound)
    return failure();
  if (getElementTypeOf(bound) != getElementTypeOf(input))
    return node.emitError()
           << "expected '" << name << "' of type " << getElementTypeOf(input)
           << ", got " << getElementTypeOf(bound);
  return node.broadcastTo(bound, getDimsOf(input));
}

static LogicalResult importClip(NodeContext &node) {
  Value result = node.getInput(0);
  if (!result)
    return failure();
  FailureOr<Value> low = getBound(node, "min", 1, result);
  FailureOr<Value> high = getBound(node, "max", 2, result);
  if (failed(low) || failed(high))
    return failure();
  if (*low)
    result = node.build().binary<MaxOp>(result, *low);
  if (*high)
    result = node.build().binary<MinOp>(result, *high);
  return node.setOutput(0, result);
}

/// Inference leaves the input as it is; the mask, if asked for, keeps all, as
/// opset 12 says and older ones leave open.
static LogicalResult importDropout(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  if (node.hasInput(2)) {
    FailureOr<double> isTraining = node.getNumber(2, "training_mode");
    if (failed(isTraining))
      return failure();
    // Of a ratio of 0 the same is right in training.
    FailureOr<double> ratio = *isTraining == 0   ? 0.0
                              : node.hasInput(1) ? node.getNumber(1, "ratio")
                                                 : 0.5;
    if (failed(ratio))
      return failure();
    if (*ratio != 0)
      return node.emitError()
             << "training_mode = 1 is supported for a ratio of 0 only, got "
             << *ratio;
  }
  // Before opset 10 the mask has the input's type.
  Type maskType = node.getOpset() < 10
                      ? getElementTypeOf(input)
                      : Type(node.build().getBuilder().getI1Type());
  if (node.hasOutput(1) &&
      failed(
          node.setOutput(1, node.build().splat(getDimsOf(input), maskType, 1))))
    return failure();
  return node.setOutput(0, input);
}

static LogicalResult importIdentity(NodeContext &node) {
  const ImportedValue *input = node.findInput(0);
  return input ? node.setOutput(0, ImportedValue(*input)) : failure();
}

ArrayRef<OpImporter> neap::frontend::getElementwiseImporters() {
  static const OpImporter kImporters[] = {
      {"Abs", 6, importUnary<AbsOp>},
      {"Acos", 7, importUnary<AcosOp>},
      {"Acosh", 9, importUnary<AcoshOp>},
      {"Add", 7, importBinary<AddOp>},
      {"And", 7, importBinary<AndOp>},
      {"Asin", 7, importUnary<AsinOp>},
      {"Asinh", 9, importUnary<AsinhOp>},
      {"Atan", 7, importUnary<AtanOp>},
      {"Atanh", 9, importUnary<AtanhOp>},
      {"BitCast", 26, importBitCast,
       "no strings, no types of fewer than 8 bits, no float8"},
      {"BitShift", 11, importBitShift},
      {"BitwiseAnd", 18, importBinary<AndOp>},
      {"BitwiseNot", 18, importUnary<NotOp>},
      {"BitwiseOr", 18, importBinary<OrOp>},
      {"BitwiseXor", 18, importBinary<XorOp>},
      {"Cast", 6, importCast,
       "no strings, no types of fewer than 8 bits, no float8"},
      {"CastLike", 15, importCastLike,
       "no strings, no types of fewer than 8 bits, no float8"},
      {"Ceil", 6, importRounding<CeilOp>},
      {"Celu", 12, importCelu},
      {"Clip", 6, importClip},
      {"Cos", 7, importUnary<CosOp>},
      {"Cosh", 9, importUnary<CoshOp>},
      {"Div", 7, importBinary<DivOp>},
      {"Dropout", 7, importDropout, "in training_mode only a ratio of 0"},
      {"Elu", 6, importElu},
      {"Equal", 7, importCompare<ComparePredicate::EQ>},
      {"Erf", 9, importUnary<ErfOp>},
      {"Exp", 6, importUnary<ExpOp>},
      {"Floor", 6, importRounding<FloorOp>},
      {"Gelu", 20, importGelu},
      {"Greater", 7, importCompare<ComparePredicate::GT>},
      {"GreaterOrEqual", 12, importCompare<ComparePredicate::GE>},
      {"HardSigmoid", 6, importHardSigmoid},
      {"HardSwish", 14, importHardSwish},
      {"Identity", 1, importIdentity},
      {"IsInf", 10, importIsInf},
      {"IsNaN", 9, importIsNaN},
      {"LeakyRelu", 6, importLeakyRelu},
      {"Less", 7, importCompare<ComparePredicate::LT>},
      {"LessOrEqual", 12, importCompare<ComparePredicate::LE>},
      {"Log", 6, importUnary<LogOp>},
      {"Max", 8, importVariadic<MaxOp>},
      {"Mean", 8, importMean},
      {"Min", 8, importVariadic<MinOp>},
      {"Mish", 18, importMish},
      {"Mod", 10, importMod},
      {"Mul", 7, importBinary<MulOp>},
      {"Neg", 6, importUnary<NegOp>},
      {"Not", 1, importUnary<NotOp>},
      {"Or", 7, importBinary<OrOp>},
      {"PRelu", 7, importPRelu},
      {"Pow", 7, importPow},
      {"Reciprocal", 6, importReciprocal},
      {"Relu", 6, importRelu},
      {"Round", 11, importRounding<RoundOp>},
      {"Selu", 6, importSelu},
      {"Shrink", 9, importShrink},
      {"Sigmoid", 6, importSigmoid},
      {"Sign", 9, importUnary<SignOp>},
      {"Sin", 7, importUnary<SinOp>},
      {"Sinh", 9, importUnary<SinhOp>},
      {"Softplus", 1, importSoftplus},
      {"Softsign", 1, importSoftsign},
      {"Sqrt", 6, importUnary<SqrtOp>},
      {"Sub", 7, importBinary<SubOp>},
      {"Sum", 8, importVariadic<AddOp>},
      {"Swish", 24, importSwish},
      {"Tan", 7, importUnary<TanOp>},
      {"Tanh", 6, importUnary<TanhOp>},
      {"ThresholdedRelu", 10, importThresholdedRelu},
      {"Where", 9, importWhere},
      {"Xor", 7, importBinary<XorOp>},
  };
  return kImporters;
}
