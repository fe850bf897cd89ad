// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Survey.cpp - see Survey.h.
#include "frontends/onnx/Survey.h"

#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/LoadedModel.h"
#include "frontends/onnx/OnnxLibrary.h"

#include "mlir/IR/BuiltinOps.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Subgraphs inside subgraphs that are looked at.
static constexpr unsigned kMaxDepth = 64;

Survey::Survey(MLIRContext &context)
    : handler(&context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
            error.empty())
          error = diagnostic.str();
        return success();
      }) {}

std::string Survey::takeError() { return std::exchange(error, {}); }

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

/// Returns `error` without the node that it begins with. An op that the body
/// of `op` consists of is named.
static std::string shorten(StringRef error, StringRef node, StringRef op) {
  std::string prefix = ("node '" + node + "' (").str();
  if (!error.consume_front(prefix))
    return error.str();
  auto [where, message] = error.split("): ");
  StringRef inner = where.split(',').first;
  return inner == op ? message.str()
                     : (inner + " in its definition: " + message).str();
}

/// Returns the op of `node` as problems name it.
static std::string getOpName(const onnx::NodeProto &node) {
  StringRef domain = node.domain();
  if (domain.empty() || domain == "ai.onnx")
    return node.op_type();
  return (domain + "." + node.op_type()).str();
}

void Survey::addProblem(const NodeContext &node) {
  std::string message =
      shorten(takeError(), node.getName(), node.getNode().op_type());
  result.problems.push_back({getOpName(node.getNode()), node.getOpset(),
                             node.getName().str(), std::move(message),
                             isAboutSizes});
  isAboutSizes = false;
}

void Survey::addInput(StringRef name) {
  result.problems.push_back({"", 0, name.str(), takeError()});
}

/// The nodes of subgraphs that are not imported: only their ops are known.
void Survey::surveySubgraphs(const onnx::NodeProto &node, NodeContext &context,
                             unsigned depth) {
  if (depth == kMaxDepth)
    return;
  GraphImporter &importer = context.getImporter();
  auto survey = [&](const onnx::GraphProto &graph) {
    for (const onnx::NodeProto &inner : graph.node()) {
      int opset = GraphImporter::getOpset(inner, context.getScope());
      surveySubgraphs(inner, context, depth + 1);
      if (importer.knows(inner, opset)) {
        ++result.numUnjudged;
        continue;
      }
      std::string name = inner.name();
      if (name.empty() && inner.output_size() != 0)
        name = inner.output(0);
      name = context.getName().str() + "/" + name;
      result.notImported.insert(name);
      result.problems.push_back(
          {getOpName(inner), opset, name, "the op is not supported"});
    }
  };
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      survey(attribute.g());
    for (const onnx::GraphProto &graph : attribute.graphs())
      survey(graph);
  }
}

//===----------------------------------------------------------------------===//
// Guesses
//===----------------------------------------------------------------------===//

void Survey::guessOutput(NodeContext &node, size_t index,
                         const onnx::TypeProto &type) {
  ImportedValue &value =
      node.getScope().values[node.getNode().output(static_cast<int>(index))];
  value = ImportedValue();
  value.isGuess = true;
  const onnx::TypeProto::Tensor &tensor = type.tensor_type();
  GraphBuilder &build = node.build();
  Type element =
      getElementType(build.getLoc().getContext(), tensor.elem_type());
  if (!element || !tensor.has_shape())
    return;
  Dims dims;
  for (const auto &dim : tensor.shape().dim())
    dims.push_back(
        dim.has_dim_value() && dim.dim_value() >= 0
            ? DimExpr(dim.dim_value())
            : DimExpr::symbol("unknown." + std::to_string(++numGuessedSizes)));
  if (isTooLarge(dims, node.getFacts()))
    return;
  value.type = getTensorType(dims, element);
  value.value =
      UnrealizedConversionCastOp::create(build.getBuilder(), build.getLoc(),
                                         TypeRange(value.type), ValueRange())
          .getResult(0);
}

void Survey::guessOutputs(NodeContext &node) {
  std::vector<onnx::TypeProto> types(node.getNumInputs());
  std::vector<const onnx::TypeProto *> inputs(types.size(), nullptr);
  for (size_t i = 0; i < types.size(); ++i) {
    const ImportedValue *input = node.hasInput(i) ? node.findInput(i) : nullptr;
    if (!input || !input->type)
      continue;
    types[i] = getTypeProto(*input);
    inputs[i] = &types[i];
  }
  std::vector<onnx::TypeProto> outputs(node.getNumOutputs());
  // Inference of other domains' schemas reads attributes that need not be
  // there. What was inferred before the schema refused the node is used too.
  if (isDefaultDomain(node.getNode().domain()))
    neap_onnx_infer(&node.getNode(), node.getOpset(), inputs.data(),
                    inputs.size(), outputs.data());
  for (size_t i = 0; i < outputs.size(); ++i)
    if (node.hasOutput(i))
      guessOutput(node, i, outputs[i]);
  error.clear();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

Survey::Inputs Survey::lookAt(NodeContext &node) {
  Inputs inputs;
  for (size_t i = 0, e = node.getNumInputs(); i < e; ++i) {
    if (!node.hasInput(i))
      continue;
    const ImportedValue *value = node.findInput(i);
    inputs.areDefined &= value != nullptr;
    if (!value)
      continue;
    inputs.areKnown &= bool(value->type);
    inputs.areGuesses |= value->isGuess;
  }
  return inputs;
}

LogicalResult Survey::importNode(NodeContext &node,
                                 llvm::function_ref<LogicalResult()> import) {
  isAboutSizes = false;
  error.clear();
  Inputs inputs = lookAt(node);
  if (inputs.areDefined && inputs.areKnown && succeeded(import())) {
    error.clear();
    for (size_t i = 0, e = node.getNumOutputs(); i < e; ++i)
      if (inputs.areGuesses && node.hasOutput(i))
        node.getScope().values[node.getNode().output(i)].isGuess = true;
    return success();
  }
  result.notImported.insert(node.getName());
  bool isKnown = node.getImporter().knows(node.getNode(), node.getOpset());
  if (isKnown && (!inputs.areKnown || inputs.areGuesses)) {
    ++result.numUnjudged;
  } else {
    if (error.empty())
      error = "the op is not supported";
    addProblem(node);
  }
  surveySubgraphs(node.getNode(), node, 0);
  guessOutputs(node);
  return success();
}
