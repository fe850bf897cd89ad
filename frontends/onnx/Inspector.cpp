// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inspector.cpp - see Inspector.h. What the file says is read off its messages;
// what is supported is found by importing it, as compiling does, under a
// `Survey`: with open sizes and, where that leaves something to say, with a
// range and with some sizes, to tell what only needs sizes.
#include "frontends/onnx/Inspector.h"

#include "frontends/onnx/LoadedModel.h"
#include "frontends/onnx/ModelImporter.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// A range that says of a size what is true of sizes: at least 1, and below the
/// tables of positions that models have.
static constexpr llvm::StringLiteral kTrialRange = "1..64";
/// Sizes that are tried for all open dimensions at once: of batches, of
/// sequences and of images.
static constexpr llvm::StringLiteral kTrialSizes[] = {"1", "2", "32", "224",
                                                      "512"};
/// Constants up to this size are shared everywhere, and nobody minds.
static constexpr uint64_t kSmallTensorInBytes = 1024;
/// Subgraphs inside subgraphs that are looked at.
static constexpr unsigned kMaxDepth = 64;

namespace {

class Inspector {
public:
  Inspector(MLIRContext &context, const ImportOptions &given)
      : context(context), options(given) {
    options.allowUnboundDims = true;
  }
  FailureOr<ModelInspection> run();

private:
  LogicalResult load();
  void describeFile();
  void countTensor(const onnx::TensorProto &tensor, TensorTotal &total);
  void visitGraph(const onnx::GraphProto &graph,
                  const llvm::StringMap<int> &opsets, unsigned depth);
  void visitNode(const onnx::NodeProto &node,
                 const llvm::StringMap<int> &opsets, unsigned depth);
  void visitFunctions();
  void findShared();
  void surveyModel();
  std::optional<SurveyResult> surveyAt(StringRef size);
  void judge(SurveyResult best);
  void describeValues(const ModelImporter &importer);

  MLIRContext &context;
  ImportOptions options;
  std::optional<LoadedModel> model;
  llvm::StringMap<int> opsets;
  OpRegistry registry;
  llvm::StringMap<std::vector<std::string>> readers;
  std::vector<ModelProblem> unknownOps;
  ModelInspection result;
};

} // namespace

//===----------------------------------------------------------------------===//
// What the file says
//===----------------------------------------------------------------------===//

LogicalResult Inspector::load() {
  {
    Survey quiet(context);
    model.emplace(context, options);
    if (succeeded(model->read()))
      return success();
    result.weightsProblem = quiet.takeError();
  }
  // Perhaps only the weights cannot be read, which are not needed.
  options.withoutWeights = true;
  model.emplace(context, options);
  return model->read();
}

/// Returns the bits of one element; 0 if it has no fixed number.
static unsigned getElementBits(int32_t dataType) {
  switch (dataType) {
  case onnx::TensorProto::DOUBLE:
  case onnx::TensorProto::INT64:
  case onnx::TensorProto::UINT64:
  case onnx::TensorProto::COMPLEX64:
    return 64;
  case onnx::TensorProto::FLOAT:
  case onnx::TensorProto::INT32:
  case onnx::TensorProto::UINT32:
    return 32;
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
  case onnx::TensorProto::INT16:
  case onnx::TensorProto::UINT16:
    return 16;
  case onnx::TensorProto::COMPLEX128:
    return 128;
  case onnx::TensorProto::UINT4:
  case onnx::TensorProto::INT4:
  case onnx::TensorProto::FLOAT4E2M1:
    return 4;
  case onnx::TensorProto::UINT2:
  case onnx::TensorProto::INT2:
    return 2;
  case onnx::TensorProto::STRING:
  case onnx::TensorProto::UNDEFINED:
    return 0;
  default:
    return 8;
  }
}

static uint64_t getSizeInBytes(const onnx::TensorProto &tensor) {
  uint64_t bits = getElementBits(tensor.data_type());
  for (int64_t dim : tensor.dims())
    bits = llvm::SaturatingMultiply(
        bits, static_cast<uint64_t>(std::max<int64_t>(dim, 0)));
  uint64_t bytes = bits / 8 + (bits % 8 != 0);
  for (const std::string &text : tensor.string_data())
    bytes = llvm::SaturatingAdd<uint64_t>(bytes, text.size());
  return bytes;
}

void Inspector::countTensor(const onnx::TensorProto &tensor,
                            TensorTotal &total) {
  uint64_t bytes = getSizeInBytes(tensor);
  const ModelSkeleton &skeleton = model->getSkeleton();
  std::string place;
  if (const TensorHandle *handle = findHandle(tensor, skeleton))
    place = handle->file == TensorHandle::kNoFile
                ? "no file"
                : "'" + skeleton.files[handle->file] + "'";
  for (TensorTotal *sum : {&total, &result.places[place]}) {
    ++sum->count;
    sum->sizeInBytes = llvm::SaturatingAdd(sum->sizeInBytes, bytes);
  }
}

/// Returns the name that the user knows `node` by.
static std::string getNodeName(const onnx::NodeProto &node) {
  std::string name = node.name();
  for (const std::string &output : node.output())
    if (name.empty())
      name = output;
  return name;
}

void Inspector::visitNode(const onnx::NodeProto &node,
                          const llvm::StringMap<int> &opsets, unsigned depth) {
  StringRef domain = node.domain();
  if (isDefaultDomain(domain))
    domain = "";
  int opset = opsets.lookup(domain);
  int version = opset;
  if (domain.empty())
    version = neap_onnx_since_version("", node.op_type().c_str(), opset);
  ++result.ops[{domain.str(), node.op_type(), version}];
  if (!GraphImporter::isKnown(model->getProto(), registry, node, opset))
    unknownOps.push_back(
        {(domain.empty() ? "" : domain.str() + ".") + node.op_type(), opset,
         getNodeName(node), "the op is not supported"});
  for (const std::string &input : node.input())
    readers[input].push_back(getNodeName(node));
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_t())
      countTensor(attribute.t(), result.constants);
    if (attribute.has_g())
      visitGraph(attribute.g(), opsets, depth + 1);
    for (const onnx::GraphProto &graph : attribute.graphs())
      visitGraph(graph, opsets, depth + 1);
  }
}

void Inspector::visitGraph(const onnx::GraphProto &graph,
                           const llvm::StringMap<int> &opsets, unsigned depth) {
  if (depth == kMaxDepth)
    return;
  for (const onnx::TensorProto &tensor : graph.initializer())
    countTensor(tensor, result.initializers);
  for (const onnx::NodeProto &node : graph.node())
    visitNode(node, opsets, depth);
}

void Inspector::visitFunctions() {
  // Names inside of functions are others than those of the graph.
  auto graphReaders = std::move(readers);
  for (const onnx::FunctionProto &function : model->getProto().functions()) {
    llvm::StringMap<int> own;
    for (const onnx::OperatorSetIdProto &import : function.opset_import())
      own[isDefaultDomain(import.domain()) ? "" : import.domain()] =
          static_cast<int>(import.version());
    for (const onnx::NodeProto &node : function.node())
      visitNode(node, own, 0);
  }
  readers = std::move(graphReaders);
}

void Inspector::findShared() {
  for (const onnx::TensorProto &tensor :
       model->getProto().graph().initializer())
    if (auto found = readers.find(tensor.name());
        found != readers.end() && found->second.size() > 1 &&
        getSizeInBytes(tensor) > kSmallTensorInBytes)
      result.shared.push_back(
          {tensor.name(), getSizeInBytes(tensor), found->second});
}

void Inspector::describeFile() {
  const onnx::ModelProto &proto = model->getProto();
  result.producer = proto.producer_name();
  if (!proto.producer_version().empty())
    result.producer += " " + proto.producer_version();
  result.irVersion = proto.ir_version();
  for (const onnx::OperatorSetIdProto &import : proto.opset_import())
    result.opsets[isDefaultDomain(import.domain()) ? "ai.onnx"
                                                   : import.domain()] =
        import.version();
  result.numFunctions = proto.functions_size();
  opsets = model->getOpsets();
  visitGraph(proto.graph(), opsets, 0);
  visitFunctions();
  findShared();
}

//===----------------------------------------------------------------------===//
// What is supported
//===----------------------------------------------------------------------===//

/// Returns the declared shape, such as "[batch, ?, 3]".
static std::string printDeclared(const onnx::TypeProto::Tensor &tensor) {
  if (!tensor.has_shape())
    return "of unknown rank";
  std::string text;
  for (const auto &dim : tensor.shape().dim()) {
    text += text.empty() ? "" : ", ";
    text += dim.has_dim_value()       ? std::to_string(dim.dim_value())
            : dim.dim_param().empty() ? "?"
                                      : dim.dim_param();
  }
  return "[" + text + "]";
}

static ModelInspection::Value describe(const onnx::ValueInfoProto &value,
                                       const ModelImporter &importer) {
  if (RankedTensorType type = importer.findType(value.name()))
    return {value.name(), getDataTypeName(getDataType(type.getElementType())) +
                              " " + printDims(getDims(type))};
  if (!value.type().has_tensor_type())
    return {value.name(), "no tensor"};
  const auto &tensor = value.type().tensor_type();
  return {value.name(),
          getDataTypeName(tensor.elem_type()) + " " + printDeclared(tensor)};
}

void Inspector::describeValues(const ModelImporter &importer) {
  const onnx::GraphProto &graph = model->getProto().graph();
  llvm::StringSet<> initializers;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers.insert(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    if (!initializers.contains(input.name()))
      result.inputs.push_back(describe(input, importer));
  for (const onnx::ValueInfoProto &output : graph.output())
    result.outputs.push_back(describe(output, importer));
}

/// Surveys the model with `size`, or a range, for all open dimensions.
std::optional<SurveyResult> Inspector::surveyAt(StringRef size) {
  ImportOptions trial = options;
  for (const std::string &name : result.unboundDims)
    trial.dims.push_back(name + "=" + size.str());
  Survey survey(context);
  if (failed(ModelImporter(context, trial, *model).run(survey)))
    return std::nullopt;
  return survey.takeResult();
}

/// Sorts problems into those of the model and those that sizes solve. `best` is
/// the survey with open sizes.
void Inspector::judge(SurveyResult best) {
  std::vector<SurveyResult> trials;
  if (!result.unboundDims.empty() && best.getNumOpen() != 0) {
    std::optional<SurveyResult> ranged = surveyAt(kTrialRange);
    if (ranged && ranged->getNumOpen() < best.getNumOpen())
      best = std::move(*ranged);
    for (StringRef size : kTrialSizes)
      if (best.getNumOpen() != 0)
        if (std::optional<SurveyResult> trial = surveyAt(size))
          trials.push_back(std::move(*trial));
  }
  auto canImport = [&](const ModelProblem &problem) {
    return llvm::any_of(trials, [&](const SurveyResult &trial) {
      return !problem.op.empty() && trial.wasImported(problem.name);
    });
  };
  result.numUnjudged = best.numUnjudged;
  for (const ModelProblem &problem : best.problems) {
    bool canHelp = !result.unboundDims.empty() &&
                   (problem.isAboutSizes || canImport(problem));
    (canHelp ? result.needSizes : result.unsupported).push_back(problem);
  }
  if (trials.empty())
    return;
  // What is behind a node that needs sizes is seen where it has some.
  SurveyResult &most = *llvm::min_element(
      trials, [](const SurveyResult &lhs, const SurveyResult &rhs) {
        return lhs.getNumOpen() < rhs.getNumOpen();
      });
  result.numUnjudged = std::min(result.numUnjudged, most.numUnjudged);
  llvm::StringSet<> known;
  for (const ModelProblem &problem : best.problems)
    known.insert(problem.name);
  for (const ModelProblem &problem : most.problems)
    if (!canImport(problem) && !best.wasImported(problem.name) &&
        !known.contains(problem.name))
      result.unsupported.push_back(problem);
}

void Inspector::surveyModel() {
  ModelImporter importer(context, options, *model);
  Survey survey(context);
  if (failed(model->check())) {
    result.refusal = survey.takeError();
    bool hasOpset =
        neap_onnx_since_version("", "Identity", opsets.lookup("")) != 0;
    if (hasOpset)
      result.unsupported = std::move(unknownOps);
    describeValues(importer);
    return;
  }
  if (failed(importer.run(survey)))
    result.refusal = survey.takeError();
  result.dims = importer.getBindings().getNames();
  result.unboundDims = importer.getBindings().getUnbound();
  describeValues(importer);
  judge(survey.takeResult());
}

FailureOr<ModelInspection> Inspector::run() {
  if (failed(load()))
    return failure();
  describeFile();
  surveyModel();
  return std::move(result);
}

FailureOr<ModelInspection>
neap::inspectOnnxModel(MLIRContext &context, const ImportOptions &options) {
  return Inspector(context, options).run();
}
