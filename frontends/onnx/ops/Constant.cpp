// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant.cpp - values that need no input, or only sizes; and If, whose branch
// is chosen while importing.
#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/OpImporters.h"

#include "onnx/onnx_pb.h"

#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Sets the output to `constant`.
static LogicalResult setConstant(NodeContext &node,
                                 DenseElementsAttr constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  if (std::optional<Contents> contents = getContents(constant))
    return node.setOutput(0, type, *contents);
  return node.setOutput(0, node.build().constant(constant));
}

static LogicalResult importConstant(NodeContext &node) {
  Builder &builder = node.build().getBuilder();
  auto vectorType = [&](size_t size, Type element) {
    return RankedTensorType::get({static_cast<int64_t>(size)}, element);
  };
  if (const auto *tensor = node.findAttribute("value")) {
    std::optional<ImportedValue> value =
        node.getImporter().importTensor(tensor->t(), node.build().getLoc());
    if (!value)
      return failure();
    return node.setOutput(0, *value);
  }
  if (const auto *number = node.findAttribute("value_float"))
    return setConstant(
        node,
        DenseElementsAttr::get(RankedTensorType::get({}, builder.getF32Type()),
                               number->f()));
  if (const auto *numbers = node.findAttribute("value_floats"))
    return setConstant(
        node,
        DenseElementsAttr::get(
            vectorType(numbers->floats_size(), builder.getF32Type()),
            ArrayRef<float>(numbers->floats().data(), numbers->floats_size())));
  if (node.hasAttribute("value_int"))
    return setConstant(
        node,
        DenseElementsAttr::get(RankedTensorType::get({}, builder.getI64Type()),
                               node.getInt("value_int", 0)));
  if (node.hasAttribute("value_ints")) {
    SmallVector<int64_t> numbers = node.getInts("value_ints");
    return setConstant(
        node,
        DenseElementsAttr::get(vectorType(numbers.size(), builder.getI64Type()),
                               ArrayRef<int64_t>(numbers)));
  }
  return node.emitError()
         << "expected a tensor, an integer or a float; strings and sparse "
            "tensors are not supported";
}

/// Returns attribute `value` of ConstantOfShape as a scalar; 0.0f by default.
static FailureOr<DenseElementsAttr> getFill(NodeContext &node) {
  const onnx::AttributeProto *attribute = node.findAttribute("value");
  if (!attribute)
    return DenseElementsAttr(DenseElementsAttr::get(
        RankedTensorType::get({}, node.build().getBuilder().getF32Type()),
        0.0f));
  std::optional<ImportedValue> value =
      node.getImporter().importTensor(attribute->t(), node.build().getLoc());
  if (!value)
    return failure();
  DenseElementsAttr constant = findConstant(*value);
  if (!constant || constant.getNumElements() != 1)
    return node.emitError()
           << "expected 'value' to have one element, got " << value->type;
  return constant.reshape(RankedTensorType::get({}, constant.getElementType()));
}

/// The splat stays one: no memory is needed for its elements.
static LogicalResult importConstantOfShape(NodeContext &node) {
  FailureOr<Contents> dims = node.getContents(0, "the shape");
  if (failed(dims) || failed(node.checkSize(*dims)))
    return failure();
  FailureOr<DenseElementsAttr> fill = getFill(node);
  if (failed(fill))
    return failure();
  GraphBuilder &build = node.build();
  std::optional<SmallVector<int64_t>> sizes = getConstants(*dims);
  if (!sizes)
    return node.setOutput(0, build.broadcast(build.constant(*fill), *dims));
  return setConstant(node, fill->resizeSplat(RankedTensorType::get(
                               *sizes, fill->getElementType())));
}

/// Returns the value of scalar input `index`, if it is known and integral.
static std::optional<DimExpr> findIntegral(NodeContext &node, size_t index) {
  const ImportedValue *value = node.findInput(index);
  if (!value || !value->contents || value->contents->size() != 1)
    return std::nullopt;
  return value->contents->front();
}

/// Returns ceil((limit - start) / step) of numbers that are no integers.
static FailureOr<DimExpr> getFractionalRangeSize(NodeContext &node) {
  FailureOr<double> start = node.getNumber(0, "the start");
  FailureOr<double> limit = node.getNumber(1, "the limit");
  FailureOr<double> step = node.getNumber(2, "the step");
  if (failed(start) || failed(limit) || failed(step))
    return failure();
  double size = std::ceil((*limit - *start) / *step);
  if (!(std::abs(size) <= static_cast<double>(int64_t(1) << 40)))
    return node.emitError() << "expected at most 2^40 elements, got " << size;
  return DimExpr(std::max<int64_t>(0, static_cast<int64_t>(size)));
}

/// Returns the number of elements of Range: ceil((limit - start) / step).
static FailureOr<DimExpr> getRangeSize(NodeContext &node) {
  std::optional<DimExpr> start = findIntegral(node, 0),
                         limit = findIntegral(node, 1),
                         step = findIntegral(node, 2);
  bool isFloat = isa<FloatType>(node.getInputType(0).getElementType());
  if (isFloat && !(start && limit && step))
    return getFractionalRangeSize(node);
  if (!start || !limit || !step) {
    // The first that is not known says so.
    static const StringRef kNames[] = {"the start", "the limit", "the step"};
    for (auto [index, what] : llvm::enumerate(kNames))
      if (failed(node.getContents(index, what)))
        return failure();
    return node.emitError() << "expected scalars";
  }
  FailureOr<int64_t> stride = node.checkStatic(*step, "the step");
  if (failed(stride))
    return failure();
  if (*stride == 0 || *stride == INT64_MIN)
    return node.emitError() << "expected a step that is not 0";
  DimExpr length = *stride > 0 ? *limit - *start : *start - *limit;
  return simplify(DimExpr::max(0, length.ceilDiv(std::abs(*stride))),
                  node.getFacts());
}

static LogicalResult importRange(NodeContext &node) {
  Value start = node.getInput(0), step = start ? node.getInput(2) : nullptr;
  if (!step)
    return failure();
  FailureOr<DimExpr> size = getRangeSize(node);
  if (failed(size) || failed(node.checkSize({*size})))
    return failure();
  GraphBuilder &build = node.build();
  Type element = getElementTypeOf(start);
  if (getElementTypeOf(step) != element ||
      !getNumElements(getDimsOf(start)).isConstant(1) ||
      !getNumElements(getDimsOf(step)).isConstant(1))
    return node.emitError() << "expected scalars of one type, got "
                            << start.getType() << " and " << step.getType();
  return node.setOutput(0, IotaOp::create(build.getBuilder(), build.getLoc(),
                                          getTensorType({*size}, element),
                                          build.reshape(start, {}),
                                          build.reshape(step, {}))
                               .getResult());
}

/// Exporters leave Ifs over shapes, which are decided once sizes are bound.
static LogicalResult importIf(NodeContext &node) {
  const ImportedValue *condition = node.findInput(0);
  if (!condition)
    return failure();
  std::optional<int64_t> which;
  if (condition->contents && condition->contents->size() == 1)
    which = condition->contents->front().getConstant();
  if (!which && condition->contents)
    node.getImporter().noteOpenSizes();
  if (!which)
    return node.emitError() << "a condition that is known only at run time is "
                               "not supported";
  const onnx::AttributeProto *branch =
      node.findAttribute(*which ? "then_branch" : "else_branch");
  if (!branch)
    return node.emitError() << "expected two branches";
  FailureOr<SmallVector<ImportedValue>> outputs =
      node.getImporter().importSubgraph(branch->g(), node);
  if (failed(outputs))
    return failure();
  if (outputs->size() != node.getNumOutputs())
    return node.emitError() << "expected a branch with " << node.getNumOutputs()
                            << " outputs, got " << outputs->size();
  for (auto [i, output] : llvm::enumerate(*outputs))
    if (failed(node.setOutput(i, output)))
      return failure();
  return success();
}

ArrayRef<OpImporter> neap::frontend::getConstantImporters() {
  static const OpImporter kImporters[] = {
      {"Constant", 1, importConstant, "no strings, no sparse tensors"},
      {"ConstantOfShape", 9, importConstantOfShape},
      {"If", 1, importIf,
       "only a condition that is known when the model is compiled"},
      {"Range", 11, importRange},
  };
  return kImporters;
}
