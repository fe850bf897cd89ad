// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OnnxLibrary.cpp - see OnnxLibrary.h. The only file of the compiler that is
// built with exceptions; it includes nothing of LLVM.
#include "frontends/onnx/OnnxLibrary.h"

#include "onnx/checker.h"
#include "onnx/defs/function.h"
#include "onnx/defs/parser.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"
#include "onnx/proto_utils.h"
#include "onnx/shape_inference/attribute_binder.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

struct neap_onnx_model {
  onnx::ModelProto proto;
};

struct neap_onnx_body {
  onnx::FunctionProto proto;
};

/// Returns the lines of `text` as one: the library writes several.
static std::string joinLines(const char *text) {
  std::string line;
  for (; *text; ++text) {
    if (*text != '\n')
      line += *text;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  return line;
}

/// Writes `text` for the caller and returns the status of a refusal.
static neap_onnx_status reject(char *message, size_t messageSize,
                               const char *text) {
  if (messageSize)
    std::snprintf(message, messageSize, "%s", joinLines(text).c_str());
  return NEAP_ONNX_REJECTED;
}

/// Runs `work`; turns whatever it throws into a status and a message.
template <typename Work>
static neap_onnx_status guard(char *message, size_t messageSize, Work work) {
  try {
    return work();
  } catch (const std::bad_alloc &) {
    return reject(message, messageSize, "out of memory");
  } catch (const std::exception &error) {
    return reject(message, messageSize, error.what());
  } catch (...) {
    return reject(message, messageSize, "unknown exception");
  }
}

neap_onnx_status neap_onnx_parse(const char *bytes, size_t size,
                                 neap_onnx_model **outModel, char *message,
                                 size_t messageSize) {
  return guard(message, messageSize, [&] {
    auto model = std::make_unique<neap_onnx_model>();
    if (!onnx::ParseProtoFromBytes(&model->proto, bytes, size))
      return reject(message, messageSize,
                    "malformed protobuf: not an ONNX model");
    *outModel = model.release();
    return NEAP_ONNX_OK;
  });
}

neap_onnx_status neap_onnx_parse_text(const char *text,
                                      neap_onnx_model **outModel, char *message,
                                      size_t messageSize) {
  return guard(message, messageSize, [&] {
    auto model = std::make_unique<neap_onnx_model>();
    onnx::OnnxParser parser(text);
    onnx::Common::Status status = parser.Parse(model->proto);
    if (!status.IsOK())
      return reject(message, messageSize, status.ErrorMessage().c_str());
    *outModel = model.release();
    return NEAP_ONNX_OK;
  });
}

neap_onnx_status neap_onnx_bind_input(neap_onnx_model *model, const char *name,
                                      const char *tensor, size_t size,
                                      char *message, size_t messageSize) {
  return guard(message, messageSize, [&] {
    onnx::TensorProto value;
    if (!onnx::ParseProtoFromBytes(&value, tensor, size))
      return reject(message, messageSize,
                    "malformed protobuf: not an ONNX tensor");
    const auto &inputs = model->proto.graph().input();
    bool isInput = std::any_of(inputs.begin(), inputs.end(),
                               [&](const auto &i) { return i.name() == name; });
    if (!isInput)
      return reject(message, messageSize, "the model has no such input");
    value.set_name(name);
    value.clear_external_data();
    value.clear_data_location();
    *model->proto.mutable_graph()->add_initializer() = std::move(value);
    return NEAP_ONNX_OK;
  });
}

/// Gives every main output a shape, which the checker asks for and many real
/// models lack. Returns the indices of those that had none.
static std::vector<int> addOutputShapes(onnx::GraphProto &graph) {
  std::vector<int> added;
  for (int i = 0; i < graph.output_size(); ++i) {
    onnx::ValueInfoProto &output = *graph.mutable_output(i);
    if (!output.type().has_tensor_type() ||
        output.type().tensor_type().has_shape())
      continue;
    output.mutable_type()->mutable_tensor_type()->mutable_shape();
    added.push_back(i);
  }
  return added;
}

/// Undoes `addOutputShapes`, on every way out of a scope.
struct OutputShapes {
  explicit OutputShapes(onnx::GraphProto &graph)
      : graph(graph), added(addOutputShapes(graph)) {}
  ~OutputShapes() {
    for (int i : added)
      graph.mutable_output(i)
          ->mutable_type()
          ->mutable_tensor_type()
          ->clear_shape();
  }
  onnx::GraphProto &graph;
  std::vector<int> added;
};

/// Names `node` by what it makes if it has no name, and so those inside it.
static void nameNode(onnx::NodeProto &node) {
  if (node.name().empty() && node.output_size() != 0)
    node.set_name("the node that makes '" + node.output(0) + "'");
  for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_g())
      for (onnx::NodeProto &inner : *attribute.mutable_g()->mutable_node())
        nameNode(inner);
    for (onnx::GraphProto &graph : *attribute.mutable_graphs())
      for (onnx::NodeProto &inner : *graph.mutable_node())
        nameNode(inner);
  }
}

/// Gives the checker, which names nodes by their names alone, names for all.
static void nameNodes(onnx::ModelProto &model) {
  for (onnx::NodeProto &node : *model.mutable_graph()->mutable_node())
    nameNode(node);
  for (onnx::FunctionProto &function : *model.mutable_functions())
    for (onnx::NodeProto &node : *function.mutable_node())
      nameNode(node);
}

static neap_onnx_status checkModel(onnx::ModelProto &model, char *message,
                                   size_t messageSize) {
  return guard(message, messageSize, [&] {
    OutputShapes shapes(*model.mutable_graph());
    onnx::checker::check_model(model, /*full_check=*/false,
                               /*skip_opset_compatibility_check=*/true,
                               /*check_custom_domain=*/false);
    return NEAP_ONNX_OK;
  });
}

neap_onnx_status neap_onnx_check(neap_onnx_model *model, char *message,
                                 size_t messageSize) {
  onnx::ModelProto &proto = model->proto;
  if (checkModel(proto, message, messageSize) == NEAP_ONNX_OK)
    return NEAP_ONNX_OK;
  // Once more, for a message that says where: a refused model has no other use.
  return guard(message, messageSize, [&] {
    nameNodes(proto);
    return checkModel(proto, message, messageSize);
  });
}

void neap_onnx_model_destroy(neap_onnx_model *model) { delete model; }

const onnx::ModelProto *neap_onnx_model_get(const neap_onnx_model *model) {
  return &model->proto;
}

/// Returns the schema of `node` at `opset` of the default domain, or null.
static const onnx::OpSchema *getSchema(const std::string &op, int opset,
                                       const std::string &domain) {
  return onnx::OpSchemaRegistry::Schema(op, opset,
                                        domain == "ai.onnx" ? "" : domain);
}

/// Fills in the defaults of `schema` that `node` leaves out; bodies refer to
/// them, and the library's binder does not know them.
static void addDefaults(onnx::NodeProto &node, const onnx::OpSchema &schema) {
  for (const auto &[name, attribute] : schema.attributes()) {
    if (!attribute.default_value.has_name())
      continue;
    bool isGiven = false;
    for (const onnx::AttributeProto &given : node.attribute())
      isGiven |= given.name() == name;
    if (!isGiven)
      *node.add_attribute() = attribute.default_value;
  }
}

/// Writes the body of `node` to `body`; false if its schema has none.
static bool buildBody(const onnx::OpSchema &schema, const onnx::NodeProto &node,
                      int opset, const std::vector<onnx::TypeProto> &types,
                      onnx::FunctionProto &body) {
  if (schema.HasFunction()) {
    const onnx::FunctionProto *known =
        schema.GetFunction(opset, /*validate=*/false);
    if (known)
      body = *known;
    return known != nullptr;
  }
  if (!schema.HasContextDependentFunction())
    return false;
  onnx::FunctionBodyBuildContextImpl context(node, types);
  return schema.BuildContextDependentFunction(context, body, opset);
}

neap_onnx_status neap_onnx_expand(const onnx::NodeProto *node, int opset,
                                  const onnx::TypeProto *const *types,
                                  size_t numTypes, neap_onnx_body **outBody,
                                  char *message, size_t messageSize) {
  return guard(message, messageSize, [&] {
    const onnx::OpSchema *schema =
        getSchema(node->op_type(), opset, node->domain());
    if (!schema)
      return NEAP_ONNX_NONE;
    std::vector<onnx::TypeProto> inputs;
    for (size_t i = 0; i < numTypes; ++i)
      inputs.push_back(*types[i]);
    onnx::NodeProto full = *node;
    addDefaults(full, *schema);
    auto body = std::make_unique<neap_onnx_body>();
    if (!buildBody(*schema, full, opset, inputs, body->proto))
      return NEAP_ONNX_NONE;
    onnx::internal::AttributeBinder::BindAttributes(full, body->proto);
    *outBody = body.release();
    return NEAP_ONNX_OK;
  });
}

bool neap_onnx_has_body(const char *op, int opset) {
  bool hasBody = false;
  char message[1];
  guard(message, sizeof(message), [&] {
    if (const onnx::OpSchema *schema = getSchema(op, opset, ""))
      hasBody = schema->HasFunction() || schema->HasContextDependentFunction();
    return NEAP_ONNX_OK;
  });
  return hasBody;
}

/// What a schema sees of one node: types and attributes, no contents.
class NodeTypes : public onnx::InferenceContext {
public:
  NodeTypes(const onnx::NodeProto &node, const onnx::TypeProto *const *types,
            size_t numTypes, onnx::TypeProto *outputs)
      : node(node), types(types), numTypes(numTypes), outputs(outputs) {}
  const onnx::AttributeProto *
  getAttribute(const std::string &name) const override {
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.name() == name && attribute.ref_attr_name().empty())
        return &attribute;
    return nullptr;
  }
  size_t getNumInputs() const override { return numTypes; }
  const onnx::TypeProto *getInputType(size_t index) const override {
    return index < numTypes ? types[index] : nullptr;
  }
  const onnx::TensorProto *getInputData(size_t) const override {
    return nullptr;
  }
  const onnx::SparseTensorProto *getInputSparseData(size_t) const override {
    return nullptr;
  }
  const onnx::TensorShapeProto *getSymbolicInput(size_t) const override {
    return nullptr;
  }
  size_t getNumOutputs() const override { return node.output_size(); }
  onnx::TypeProto *getOutputType(size_t index) override {
    return index < getNumOutputs() ? outputs + index : nullptr;
  }
  onnx::GraphInferencer *
  getGraphAttributeInferencer(const std::string &) override {
    return nullptr;
  }

private:
  const onnx::NodeProto &node;
  const onnx::TypeProto *const *types;
  size_t numTypes;
  onnx::TypeProto *outputs;
};

neap_onnx_status neap_onnx_infer(const onnx::NodeProto *node, int opset,
                                 const onnx::TypeProto *const *types,
                                 size_t numTypes, onnx::TypeProto *outTypes) {
  char message[1];
  return guard(message, sizeof(message), [&] {
    const onnx::OpSchema *schema =
        getSchema(node->op_type(), opset, node->domain());
    if (!schema || !schema->has_type_and_shape_inference_function())
      return NEAP_ONNX_NONE;
    NodeTypes context(*node, types, numTypes, outTypes);
    schema->GetTypeAndShapeInferenceFunction()(context);
    return NEAP_ONNX_OK;
  });
}

void neap_onnx_body_destroy(neap_onnx_body *body) { delete body; }

const onnx::FunctionProto *neap_onnx_body_get(const neap_onnx_body *body) {
  return &body->proto;
}

int neap_onnx_newest_opset(void) {
  const auto &versions =
      onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  auto range = versions.find(onnx::ONNX_DOMAIN);
  return range == versions.end() ? 0 : range->second.second;
}

int neap_onnx_since_version(const char *domain, const char *op, int opset) {
  int version = 0;
  char message[1];
  guard(message, sizeof(message), [&] {
    if (const onnx::OpSchema *schema = getSchema(op, opset, domain))
      version = schema->since_version();
    return NEAP_ONNX_OK;
  });
  return version;
}
