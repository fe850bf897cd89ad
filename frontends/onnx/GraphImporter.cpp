// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GraphImporter.cpp - see GraphImporter.h. A node is, in this order: computed
// at once if it is shape arithmetic; a call of a model-local function, whose
// body is imported in its place; an op of the registry; an op whose schema
// defines a body. Calls are bounded in depth and in the number of nodes they
// lead to.
#include "frontends/onnx/GraphImporter.h"

#include "frontends/onnx/ContentEvaluation.h"
#include "frontends/onnx/OnnxLibrary.h"
#include "frontends/onnx/Survey.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

#include "onnx/onnx_pb.h"

#include <memory>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// More nodes than this after expanding calls is no model but an attack.
static constexpr uint64_t kMaxNodes = 1'000'000;
/// Calls inside calls, and subgraphs inside subgraphs.
static constexpr unsigned kMaxDepth = 64;

GraphImporter::GraphImporter(const onnx::ModelProto &model,
                             const OpRegistry &registry,
                             const Initializers &initializers, StringRef path,
                             const SymbolFacts &facts, OpBuilder &builder,
                             Survey *survey)
    : model(model), registry(registry), initializers(initializers),
      path(path.str()), facts(facts), builder(builder), survey(survey) {}

InFlightDiagnostic GraphImporter::emitError() const {
  return mlir::emitError(FileLineColLoc::get(builder.getContext(), path,
                                             /*line=*/0,
                                             /*column=*/0));
}

Scope Scope::createInner() {
  Scope inner;
  inner.parent = this;
  inner.opsets = opsets;
  inner.attributes = attributes;
  inner.prefix = prefix;
  inner.isSchemaBody = isSchemaBody;
  inner.depth = depth;
  return inner;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

ImportedValue *GraphImporter::find(StringRef name, Scope &scope) {
  for (Scope *current = &scope; current; current = current->parent) {
    auto known = current->values.find(name);
    if (known != current->values.end())
      return &known->second;
    const onnx::TensorProto *tensor = current->initializers.lookup(name);
    if (!tensor)
      continue;
    Location loc = NameLoc::get(builder.getStringAttr(name));
    std::optional<ImportedValue> value = importTensor(*tensor, loc);
    if (!value)
      return nullptr;
    return &current->values.try_emplace(name, std::move(*value)).first->second;
  }
  emitError() << "nothing before its use defines the value '" << name << "'";
  return nullptr;
}

Value GraphImporter::materialize(ImportedValue &value, Location loc) {
  if (!value.value)
    value.value =
        GraphBuilder(builder, loc).elements(value.type, *value.contents);
  return value.value;
}

std::optional<ImportedValue>
GraphImporter::importTensor(const onnx::TensorProto &tensor, Location loc) {
  GraphBuilder graphBuilder(builder, loc);
  llvm::Expected<ImportedValue> value =
      initializers.import(tensor, graphBuilder);
  if (value)
    return *value;
  emitError() << llvm::toString(value.takeError());
  return std::nullopt;
}

LogicalResult GraphImporter::addInitializers(const onnx::GraphProto &graph,
                                             Scope &scope) {
  for (const onnx::TensorProto &tensor : graph.initializer())
    if (!scope.initializers.try_emplace(tensor.name(), &tensor).second)
      return emitError() << "two initializers have the name '" << tensor.name()
                         << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Returns the name that the user knows `node` by.
static std::string getNodeName(const onnx::NodeProto &node,
                               const Scope &scope) {
  if (scope.isSchemaBody)
    return scope.prefix;
  std::string name = node.name();
  for (const std::string &output : node.output())
    if (name.empty())
      name = output;
  return scope.prefix.empty() ? name : scope.prefix + "/" + name;
}

/// Returns the domain's name as schemas have it.
static StringRef getDomain(StringRef domain) {
  return domain == "ai.onnx" ? StringRef() : domain;
}

/// Returns the function of `model` that `node` calls, or null.
static const onnx::FunctionProto *findFunction(const onnx::ModelProto &model,
                                               const onnx::NodeProto &node) {
  for (const onnx::FunctionProto &function : model.functions())
    if (function.name() == node.op_type() &&
        getDomain(function.domain()) == getDomain(node.domain()) &&
        function.overload() == node.overload())
      return &function;
  return nullptr;
}

LogicalResult GraphImporter::importNodes(const onnx::GraphProto &graph,
                                         Scope &scope) {
  for (const onnx::NodeProto &node : graph.node())
    if (failed(importNode(node, scope)))
      return failure();
  return success();
}

LogicalResult GraphImporter::importNode(const onnx::NodeProto &node,
                                        Scope &scope) {
  if (++numNodes > kMaxNodes)
    return emitError() << "the model has more than " << kMaxNodes
                       << " nodes when its functions are expanded";
  std::string name = getNodeName(node, scope);
  Location loc = NameLoc::get(builder.getStringAttr(name));
  NodeContext context(node, getOpset(node, scope), *this, scope, name, loc);
  // A node of a body that a schema defines stands for the op that has it.
  if (survey && !scope.isSchemaBody)
    return survey->importNode(context, [&] { return importCallOrOp(context); });
  return importCallOrOp(context);
}

int GraphImporter::getOpset(const onnx::NodeProto &node, const Scope &scope) {
  return scope.opsets.lookup(getDomain(node.domain()));
}

LogicalResult GraphImporter::importCallOrOp(NodeContext &node) {
  const onnx::NodeProto &proto = node.getNode();
  if (const onnx::FunctionProto *function = findFunction(model, proto))
    return importCall(*function, node);
  if (!getDomain(proto.domain()).empty())
    return refuse(node);
  return importOp(node);
}

bool GraphImporter::isKnown(const onnx::ModelProto &model,
                            const OpRegistry &registry,
                            const onnx::NodeProto &node, int opset) {
  if (findFunction(model, node))
    return true;
  const char *op = node.op_type().c_str();
  if (!getDomain(node.domain()).empty())
    return false;
  int version = neap_onnx_since_version("", op, opset);
  return version != 0 &&
         (registry.find(op, version) || neap_onnx_has_body(op, opset));
}

void GraphImporter::noteOpenSizes() {
  if (survey)
    survey->noteOpenSizes();
}

/// Whether `op` only moves elements, so that any type will do.
static bool isMovement(Operation &op) {
  if (auto scatter = dyn_cast<ScatterElementsOp>(op))
    return !scatter.getReduction();
  if (auto scatter = dyn_cast<ScatterNdOp>(op))
    return !scatter.getReduction();
  return isa<WeightOp, ConstantOp, ReshapeOp, TransposeOp, BroadcastOp, SliceOp,
             ConcatOp, PadOp, GatherOp, GatherElementsOp, GatherNdOp>(op);
}

/// Whether all that `op` reads is written in the model, so that it is folded.
static bool isFolded(Operation &op) {
  return op.getNumOperands() != 0 && !isa<IotaOp>(op) &&
         llvm::all_of(op.getOperands(), [](Value operand) {
           return operand.getDefiningOp<ConstantOp>();
         });
}

/// Whether `op` computes in 16 bits, for which no code is made but casts.
static bool computesInHalf(Operation &op) {
  if (isMovement(op) || isFolded(op))
    return false;
  auto isHalfTensor = [](Type type) {
    return isHalf(getElementTypeOrSelf(type));
  };
  bool readsOrMakes = llvm::any_of(op.getOperandTypes(), isHalfTensor) ||
                      llvm::any_of(op.getResultTypes(), isHalfTensor);
  if (!readsOrMakes || !isa<CastOp>(op))
    return readsOrMakes;
  return !getElementTypeOrSelf(op.getOperand(0)).isF32() &&
         !getElementTypeOrSelf(op.getResult(0)).isF32();
}

/// Returns the type of 16 bits of one of the inputs, or null.
static Type findHalfInput(NodeContext &node) {
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i) {
    const ImportedValue *input = node.hasInput(i) ? node.findInput(i) : nullptr;
    if (input && isHalf(input->type.getElementType()))
      return input->type.getElementType();
  }
  return nullptr;
}

/// Returns `value` in f32; a constant stays one.
static Value widen(GraphBuilder &build, Value value) {
  DenseFPElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return build.cast(value, build.getBuilder().getF32Type());
  return build.constant(
      constant.mapValues(build.getBuilder().getF32Type(), [](APFloat number) {
        bool losesInfo = false;
        number.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                       &losesInfo);
        return number.bitcastToAPInt();
      }));
}

/// As the importer does in f32: float16 and bfloat16 are storage. An output
/// has the type of 16 bits if `wasHalf` says so of it.
LogicalResult GraphImporter::importWidened(const OpImporter &importer,
                                           NodeContext &node,
                                           ArrayRef<bool> wasHalf) {
  Scope wide = node.getScope().createInner();
  Type half = findHalfInput(node);
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i) {
    const ImportedValue *input = node.hasInput(i) ? node.findInput(i) : nullptr;
    if (!input || !isHalf(input->type.getElementType()))
      continue;
    Value value = node.getInput(i);
    if (!value)
      return failure();
    ImportedValue widened;
    widened.value = widen(node.build(), value);
    widened.type = cast<RankedTensorType>(widened.value.getType());
    wide.values[node.getNode().input(i)] = widened;
  }
  NodeContext inner(node.getNode(), node.getOpset(), *this, wide,
                    node.getName(), node.build().getLoc());
  if (failed(importer.import(inner)))
    return failure();
  for (size_t i = 0, e = node.getNumOutputs(); i < e; ++i) {
    auto output = node.hasOutput(i) ? wide.values.find(node.getNode().output(i))
                                    : wide.values.end();
    if (output == wide.values.end())
      continue;
    ImportedValue value = output->second;
    if (value.type.getElementType().isF32() && value.value && wasHalf[i]) {
      value.value = node.build().cast(value.value, half);
      value.type = cast<RankedTensorType>(value.value.getType());
    }
    if (failed(node.setOutput(i, value)))
      return failure();
  }
  return success();
}

LogicalResult GraphImporter::importHalf(const OpImporter &importer,
                                        NodeContext &node) {
  // What the inputs are made of stays, whatever becomes of the node's ops.
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i)
    if (node.hasInput(i) && !node.getInput(i))
      return failure();
  mlir::Block &block = *builder.getInsertionBlock();
  Operation *last = block.empty() ? nullptr : &block.back();
  // First as it is, which is right where elements are only moved.
  LogicalResult result = failure();
  {
    ScopedDiagnosticHandler silence(builder.getContext(),
                                    [](Diagnostic &) { return success(); });
    result = importer.import(node);
  }
  mlir::Block::iterator first =
      last ? std::next(last->getIterator()) : block.begin();
  if (succeeded(result) &&
      llvm::none_of(llvm::make_range(first, block.end()), computesInHalf))
    return success();
  SmallVector<bool> wasHalf;
  for (size_t i = 0, e = node.getNumOutputs(); i < e; ++i) {
    auto output = node.hasOutput(i)
                      ? node.getScope().values.find(node.getNode().output(i))
                      : node.getScope().values.end();
    wasHalf.push_back(output == node.getScope().values.end() ||
                      isHalf(output->second.type.getElementType()));
    if (output != node.getScope().values.end())
      node.getScope().values.erase(output);
  }
  while (!block.empty() && &block.back() != last)
    block.back().erase();
  return importWidened(importer, node, wasHalf);
}

/// Emits an error if one of `ops` computes in 16 bits.
static LogicalResult
checkElementTypes(const NodeContext &node,
                  llvm::iterator_range<mlir::Block::iterator> ops) {
  if (llvm::any_of(ops, computesInHalf))
    return node.emitError() << "computing in float16 or bfloat16 is not "
                               "supported here; export the model in float32";
  return success();
}

LogicalResult GraphImporter::importOp(NodeContext &node) {
  if (tryEvaluateContents(node))
    return success();
  int version = neap_onnx_since_version("", node.getNode().op_type().c_str(),
                                        node.getOpset());
  if (version == 0)
    return refuse(node);
  const OpImporter *importer = registry.find(node.getOpType(), version);
  if (!importer)
    return importSchemaBody(node);
  mlir::Block &block = *builder.getInsertionBlock();
  Operation *last = block.empty() ? nullptr : &block.back();
  if (failed(findHalfInput(node) ? importHalf(*importer, node)
                                 : importer->import(node)))
    return failure();
  mlir::Block::iterator first =
      last ? std::next(last->getIterator()) : block.begin();
  return checkElementTypes(node, llvm::make_range(first, block.end()));
}

LogicalResult GraphImporter::refuse(NodeContext &node) const {
  StringRef domain = node.getNode().domain();
  InFlightDiagnostic diagnostic = emitError();
  diagnostic << "ONNX op '" << (domain.empty() ? "" : domain + ".")
             << node.getOpType() << "' (opset " << node.getOpset()
             << ") is not supported";
  diagnostic.attachNote() << "node '" << node.getName() << "'";
  diagnostic.attachNote() << "supported ops: neapc --list-onnx-ops";
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Functions and subgraphs
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::importBody(const onnx::FunctionProto &body,
                                        NodeContext &node, Scope &callee) {
  callee.depth = node.getScope().depth + 1;
  if (callee.depth > kMaxDepth)
    return node.emitError()
           << "functions call one another more than " << kMaxDepth << " deep";
  callee.prefix = node.getName().str();
  for (const onnx::OperatorSetIdProto &import : body.opset_import())
    callee.opsets[getDomain(import.domain())] =
        static_cast<int>(import.version());
  for (int i = 0; i < body.input_size(); ++i) {
    if (!node.hasInput(i))
      continue;
    const ImportedValue *input = node.findInput(i);
    if (!input)
      return failure();
    callee.values[body.input(i)] = *input;
  }
  for (const onnx::NodeProto &inner : body.node())
    if (failed(importNode(inner, callee)))
      return failure();
  for (int i = 0; i < body.output_size(); ++i) {
    if (!node.hasOutput(i))
      continue;
    const ImportedValue *output = find(body.output(i), callee);
    if (!output || failed(node.setOutput(i, *output)))
      return failure();
  }
  return success();
}

LogicalResult GraphImporter::importCall(const onnx::FunctionProto &function,
                                        NodeContext &node) {
  Scope callee;
  for (const onnx::AttributeProto &attribute : function.attribute_proto())
    callee.attributes[attribute.name()] = &attribute;
  for (const onnx::AttributeProto &attribute : node.getNode().attribute())
    if (const onnx::AttributeProto *bound =
            node.findAttribute(attribute.name()))
      callee.attributes[attribute.name()] = bound;
  return importBody(function, node, callee);
}

onnx::TypeProto neap::frontend::getTypeProto(const ImportedValue &value) {
  onnx::TypeProto type;
  onnx::TypeProto::Tensor &tensor = *type.mutable_tensor_type();
  tensor.set_elem_type(getDataType(value.type.getElementType()));
  onnx::TensorShapeProto &shape = *tensor.mutable_shape();
  for (const DimExpr &dim : getDims(value.type)) {
    onnx::TensorShapeProto::Dimension &added = *shape.add_dim();
    if (std::optional<int64_t> size = dim.getConstant())
      added.set_dim_value(*size);
  }
  return type;
}

LogicalResult GraphImporter::importSchemaBody(NodeContext &node) {
  std::vector<onnx::TypeProto> types(node.getNumInputs());
  std::vector<const onnx::TypeProto *> pointers;
  for (size_t i = 0; i < types.size(); ++i) {
    if (node.hasInput(i)) {
      const ImportedValue *input = node.findInput(i);
      if (!input)
        return failure();
      types[i] = getTypeProto(*input);
    }
    pointers.push_back(&types[i]);
  }
  // References to the attributes of a function around the node are resolved.
  onnx::NodeProto call = node.getNode();
  call.clear_attribute();
  for (const onnx::AttributeProto &attribute : node.getNode().attribute())
    if (const onnx::AttributeProto *bound =
            node.findAttribute(attribute.name())) {
      *call.add_attribute() = *bound;
      call.mutable_attribute()->rbegin()->set_name(attribute.name());
    }
  char message[1024];
  neap_onnx_body *body = nullptr;
  neap_onnx_status status =
      neap_onnx_expand(&call, node.getOpset(), pointers.data(), pointers.size(),
                       &body, message, sizeof(message));
  if (status == NEAP_ONNX_NONE)
    return refuse(node);
  if (status != NEAP_ONNX_OK)
    return node.emitError() << message;
  std::unique_ptr<neap_onnx_body, decltype(&neap_onnx_body_destroy)> owner(
      body, neap_onnx_body_destroy);
  Scope callee;
  callee.isSchemaBody = true;
  callee.opsets[""] = node.getOpset();
  return importBody(*neap_onnx_body_get(body), node, callee);
}

FailureOr<SmallVector<ImportedValue>>
GraphImporter::importSubgraph(const onnx::GraphProto &graph,
                              NodeContext &node) {
  Scope inner = node.getScope().createInner();
  if (++inner.depth > kMaxDepth)
    return node.emitError()
           << "subgraphs are nested more than " << kMaxDepth << " deep";
  if (failed(addInitializers(graph, inner)) ||
      failed(importNodes(graph, inner)))
    return failure();
  SmallVector<ImportedValue> outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    const ImportedValue *value = find(output.name(), inner);
    if (!value)
      return failure();
    outputs.push_back(*value);
  }
  return outputs;
}
