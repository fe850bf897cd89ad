// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NodeContext.cpp - see NodeContext.h.
#include "frontends/onnx/NodeContext.h"

#include "dialects/neap/IR/DimExprSimplify.h"
#include "frontends/onnx/GraphImporter.h"

#include <set>

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

NodeContext::NodeContext(const onnx::NodeProto &node, int opset,
                         GraphImporter &importer, Scope &scope, StringRef name,
                         Location loc)
    : node(node), opset(opset), importer(importer), scope(scope),
      name(name.str()), builder(importer.getBuilder(), loc) {}

StringRef NodeContext::getOpType() const { return node.op_type(); }

InFlightDiagnostic NodeContext::emitError() const {
  InFlightDiagnostic diagnostic = importer.emitError();
  diagnostic << "node '" << name << "' (" << getOpType() << ", opset " << opset
             << "): ";
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

size_t NodeContext::getNumInputs() const { return node.input_size(); }

bool NodeContext::hasInput(size_t index) const {
  return index < getNumInputs() && !node.input(index).empty();
}

const ImportedValue *NodeContext::findInput(size_t index) {
  if (!hasInput(index)) {
    emitError() << "expected an input at position " << index << ", got none";
    return nullptr;
  }
  return importer.find(node.input(index), scope);
}

Value NodeContext::getInput(size_t index) {
  if (!findInput(index))
    return nullptr;
  ImportedValue *value = importer.find(node.input(index), scope);
  return importer.materialize(*value, builder.getLoc());
}

const SymbolFacts &NodeContext::getFacts() const { return importer.getFacts(); }

FailureOr<SmallVector<Value>> NodeContext::getInputs() {
  SmallVector<Value> values;
  for (size_t i = 0, e = getNumInputs(); i < e; ++i) {
    values.push_back(getInput(i));
    if (!values.back())
      return failure();
  }
  if (values.empty())
    return emitError() << "expected at least one input, got none";
  return values;
}

RankedTensorType NodeContext::getInputType(size_t index) {
  const ImportedValue *value = findInput(index);
  return value ? value->type : nullptr;
}

FailureOr<Contents> NodeContext::getContents(size_t index, StringRef what) {
  const ImportedValue *value = findInput(index);
  if (!value)
    return failure();
  if (value->contents)
    return *value->contents;
  DenseElementsAttr constant = findConstant(*value);
  if (!constant || !constant.getElementType().isIntOrIndex())
    return emitError() << "expected " << what << " ('" << node.input(index)
                       << "') to be integers known at compile time; if it "
                          "depends on an input, give that by "
                          "--constant=NAME=FILE.pb";
  Contents contents;
  for (const APInt &number : constant.getValues<APInt>())
    contents.push_back(number.getSExtValue());
  return contents;
}

FailureOr<SmallVector<int64_t>> NodeContext::getInts(size_t index,
                                                     StringRef what) {
  FailureOr<Contents> contents = getContents(index, what);
  if (failed(contents))
    return failure();
  return checkStatic(*contents, what);
}

FailureOr<SmallVector<double>> NodeContext::getNumbers(size_t index,
                                                       StringRef what) {
  const ImportedValue *value = findInput(index);
  if (!value)
    return failure();
  DenseElementsAttr constant = findConstant(*value);
  if (!constant)
    return emitError() << "expected " << what << " ('" << node.input(index)
                       << "') to be known at compile time; if it depends on an "
                          "input, give that by --constant=NAME=FILE.pb";
  SmallVector<double> numbers;
  if (isa<FloatType>(constant.getElementType())) {
    for (APFloat number : constant.getValues<APFloat>())
      numbers.push_back(number.convertToDouble());
    return numbers;
  }
  for (const APInt &number : constant.getValues<APInt>())
    numbers.push_back(static_cast<double>(number.getSExtValue()));
  return numbers;
}

FailureOr<double> NodeContext::getNumber(size_t index, StringRef what) {
  FailureOr<SmallVector<double>> numbers = getNumbers(index, what);
  if (failed(numbers))
    return failure();
  if (numbers->size() != 1)
    return emitError() << "expected " << what << " ('" << node.input(index)
                       << "') to be one number, got " << numbers->size();
  return numbers->front();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const onnx::AttributeProto *NodeContext::findAttribute(StringRef name) const {
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.ref_attr_name().empty())
      return &attribute;
    return scope.attributes.lookup(attribute.ref_attr_name());
  }
  return nullptr;
}

int64_t NodeContext::getInt(StringRef name, int64_t otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->i() : otherwise;
}

double NodeContext::getFloat(StringRef name, double otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->f() : otherwise;
}

StringRef NodeContext::getString(StringRef name, StringRef otherwise) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? StringRef(attribute->s()) : otherwise;
}

SmallVector<int64_t> NodeContext::getInts(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return {};
  return SmallVector<int64_t>(attribute->ints().begin(),
                              attribute->ints().end());
}

FailureOr<std::optional<Contents>>
NodeContext::getSizesOfAttributeOrInput(StringRef name, size_t index) {
  std::optional<Contents> result;
  if (hasAttribute(name)) {
    result = llvm::to_vector_of<DimExpr, 4>(getInts(name));
  } else if (hasInput(index)) {
    FailureOr<Contents> contents = getContents(index, name);
    if (failed(contents))
      return failure();
    result = *contents;
  }
  return result;
}

FailureOr<std::optional<SmallVector<int64_t>>>
NodeContext::getIntsOfAttributeOrInput(StringRef name, size_t index) {
  auto sizes = getSizesOfAttributeOrInput(name, index);
  if (failed(sizes))
    return failure();
  std::optional<SmallVector<int64_t>> result;
  if (!*sizes)
    return result;
  FailureOr<SmallVector<int64_t>> ints = checkStatic(**sizes, name);
  if (failed(ints))
    return failure();
  result = *ints;
  return result;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

FailureOr<int64_t> NodeContext::checkAxis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    return emitError() << "expected an axis in [" << -rank << ", " << rank
                       << "), got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>> NodeContext::checkAxes(ArrayRef<int64_t> axes,
                                                       int64_t rank) const {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    FailureOr<int64_t> checked = checkAxis(axis, rank);
    if (failed(checked))
      return failure();
    result.push_back(*checked);
  }
  llvm::sort(result);
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    return emitError() << "expected each axis once, got one twice";
  return result;
}

FailureOr<int64_t> NodeContext::checkStatic(const DimExpr &dim,
                                            StringRef what) const {
  if (std::optional<int64_t> size = dim.getConstant())
    return *size;
  importer.noteOpenSizes();
  InFlightDiagnostic diagnostic = emitError();
  if (!dim.isKnown())
    return diagnostic << what << " is beyond 64 bits";
  return diagnostic << what << " is the symbolic '" << dim.str()
                    << "'; bind it with --dim";
}

FailureOr<SmallVector<int64_t>> NodeContext::checkStatic(ArrayRef<DimExpr> dims,
                                                         StringRef what) const {
  SmallVector<int64_t> sizes;
  for (const DimExpr &dim : dims) {
    FailureOr<int64_t> size = checkStatic(dim, what);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
  }
  return sizes;
}

LogicalResult NodeContext::checkSize(ArrayRef<DimExpr> dims) const {
  for (const DimExpr &dim : dims) {
    if (!dim.isKnown())
      return emitError() << "a size of the result is beyond 64 bits";
    auto bounds = getFacts().getBounds(dim);
    if (bounds && bounds->first < 0)
      return emitError() << "the result would have the negative size "
                         << printWithLeast(dim, bounds->first);
  }
  if (isTooLarge(dims, getFacts()))
    return emitError() << "the result would have the shape " << printDims(dims)
                       << ", more than 2^40 elements";
  return success();
}

LogicalResult NodeContext::checkRank(size_t index, int64_t rank) {
  RankedTensorType type = getInputType(index);
  if (!type)
    return failure();
  if (type.getRank() != rank)
    return emitError() << "expected input " << index << " of rank " << rank
                       << ", got rank " << type.getRank();
  return success();
}

LogicalResult NodeContext::emitNoBroadcast(ArrayRef<DimExpr> lhs,
                                           ArrayRef<DimExpr> rhs) const {
  InFlightDiagnostic diagnostic = emitError();
  diagnostic << "the shapes " << printDims(lhs) << " and " << printDims(rhs)
             << " do not broadcast";
  noteSymbols(diagnostic, {lhs, rhs});
  return diagnostic;
}

void NodeContext::noteSymbols(InFlightDiagnostic &diagnostic,
                              ArrayRef<ArrayRef<DimExpr>> shapes) const {
  std::set<std::string> symbols;
  for (ArrayRef<DimExpr> dims : shapes)
    for (const DimExpr &dim : dims)
      for (const std::string &symbol : dim.getSymbols())
        symbols.insert(symbol);
  if (!symbols.empty())
    importer.noteOpenSizes();
  for (const std::string &symbol : symbols)
    diagnostic.attachNote()
        << "'" << symbol << "' is symbolic; --dim=" << symbol
        << "=N or =EXPR says more of it";
}

FailureOr<SmallVector<Value>>
NodeContext::broadcastTogether(ArrayRef<Value> values) {
  Dims dims = getDimsOf(values.front());
  for (Value value : values.drop_front()) {
    if (getElementTypeOf(value) != getElementTypeOf(values.front()))
      return emitError() << "expected inputs of one element type, got "
                         << getElementTypeOf(values.front()) << " and "
                         << getElementTypeOf(value);
    std::optional<Dims> both = getBroadcastDims(dims, getDimsOf(value));
    if (!both)
      return emitNoBroadcast(dims, getDimsOf(value));
    dims = *both;
  }
  if (failed(checkSize(dims)))
    return failure();
  SmallVector<Value> result;
  for (Value value : values)
    result.push_back(builder.broadcast(value, dims));
  return result;
}

FailureOr<Value> NodeContext::broadcastTo(Value value, ArrayRef<DimExpr> dims) {
  std::optional<Dims> both = getBroadcastDims(dims, getDimsOf(value));
  if (!both || !llvm::equal(*both, dims))
    return emitNoBroadcast(getDimsOf(value), dims);
  return builder.broadcast(value, dims);
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

size_t NodeContext::getNumOutputs() const { return node.output_size(); }

bool NodeContext::hasOutput(size_t index) const {
  return index < getNumOutputs() && !node.output(index).empty();
}

LogicalResult NodeContext::setOutput(size_t index, const ImportedValue &value) {
  if (!hasOutput(index))
    return success();
  if (!value.type) {
    scope.values[node.output(index)] = value;
    return success();
  }
  if (failed(checkSize(getDims(value.type))))
    return failure();
  scope.values[node.output(index)] = simplifySizes(value);
  return success();
}

/// Returns whether the type of `value` may still be written differently: its
/// op computes it from others, which the verifier compares by the facts.
static bool canChangeType(Value value) {
  Operation *op = value.getDefiningOp();
  return op && value.use_empty() && !op->hasTrait<OpTrait::Elementwise>() &&
         !op->hasTrait<SameTypes>();
}

ImportedValue NodeContext::simplifySizes(ImportedValue value) {
  if (value.contents)
    for (DimExpr &entry : *value.contents)
      entry = simplify(entry, getFacts());
  if (value.type.hasStaticShape())
    return value;
  RankedTensorType type = getTensorType(
      simplify(getDims(value.type), getFacts()), value.type.getElementType());
  if (type == value.type)
    return value;
  value.type = type;
  if (value.value && canChangeType(value.value))
    value.value.setType(type);
  else if (value.value)
    value.value = builder.reshape(value.value, getDims(type));
  return value;
}

LogicalResult NodeContext::setOutput(size_t index, Value value) {
  ImportedValue imported;
  imported.type = cast<RankedTensorType>(value.getType());
  imported.value = value;
  return setOutput(index, imported);
}

LogicalResult NodeContext::setOutput(size_t index, RankedTensorType type,
                                     Contents contents) {
  ImportedValue imported;
  imported.type = type;
  imported.contents = std::move(contents);
  return setOutput(index, imported);
}

LogicalResult NodeContext::checkNoOutputs(size_t first) const {
  for (size_t i = first, e = getNumOutputs(); i < e; ++i)
    if (hasOutput(i))
      return emitError() << "output '" << node.output(i)
                         << "' is not supported";
  return success();
}
