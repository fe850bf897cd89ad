// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Importer.cpp - see Importer.h. Reads and checks the model, guards against
// what the ONNX library lets pass, makes the function with its arguments, has
// the nodes imported, and returns the outputs.
#include "frontends/onnx/Importer.h"

#include "frontends/onnx/DimBindings.h"
#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/ModelReader.h"
#include "frontends/onnx/OnnxLibrary.h"

#include "dialects/neap/IR/DimExprSimplify.h"
#include "dialects/neap/IR/NeapDialect.h"
#include "dialects/neap/IR/NeapOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include "onnx/onnx_pb.h"

#include <memory>

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Oldest opset that is read.
static constexpr int64_t kOldestOpset = 9;

namespace {

/// One import, from the file to the module.
class ModelImporter {
public:
  ModelImporter(MLIRContext &context, const ImportOptions &options)
      : context(context), options(options), builder(&context) {}
  FailureOr<OwningOpRef<ModuleOp>> run();

private:
  using Model =
      std::unique_ptr<neap_onnx_model, decltype(&neap_onnx_model_destroy)>;

  InFlightDiagnostic emitError() const {
    return mlir::emitError(FileLineColLoc::get(&context, options.path, 0, 0));
  }

  LogicalResult readModel();
  /// Makes inputs constants, as the options ask.
  LogicalResult bindConstants();
  LogicalResult parseText(StringRef text);
  LogicalResult checkResult(neap_onnx_status status) const;
  LogicalResult checkModel();
  LogicalResult checkOpset(StringRef whose,
                           const onnx::OperatorSetIdProto &import) const;
  LogicalResult checkOpsets();
  FailureOr<RankedTensorType> getType(const onnx::ValueInfoProto &value);
  FailureOr<Dims> getInputDims(const onnx::ValueInfoProto &value);
  LogicalResult checkBindings();
  LogicalResult addArguments();
  std::string nameOutput(StringRef name, llvm::StringSet<> &taken);
  LogicalResult addResults(GraphImporter &importer);
  const onnx::NodeProto *findProducer(StringRef name) const;
  LogicalResult checkOutput(const onnx::ValueInfoProto &declared,
                            RankedTensorType type);
  void addModuleAttributes();
  const onnx::ModelProto &proto() const {
    return *neap_onnx_model_get(model.get());
  }
  const onnx::GraphProto &graph() const { return proto().graph(); }

  MLIRContext &context;
  const ImportOptions &options;
  OpBuilder builder;
  ModelSkeleton skeleton;
  Model model{nullptr, neap_onnx_model_destroy};
  char message[4096] = "";
  DimBindings bindings;
  Scope scope;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};

} // namespace

//===----------------------------------------------------------------------===//
// Reading and checking
//===----------------------------------------------------------------------===//

LogicalResult ModelImporter::checkResult(neap_onnx_status status) const {
  if (status == NEAP_ONNX_OK)
    return success();
  return emitError() << StringRef(message).rtrim();
}

/// Serializes a textual model, so that it takes the road of all others.
LogicalResult ModelImporter::parseText(StringRef text) {
  neap_onnx_model *parsed = nullptr;
  if (failed(checkResult(neap_onnx_parse_text(text.str().c_str(), &parsed,
                                              message, sizeof(message)))))
    return failure();
  model.reset(parsed);
  std::string bytes = proto().SerializeAsString();
  ReadOptions readOptions;
  readOptions.inlineLimitInBytes = UINT64_MAX;
  llvm::Expected<ModelSkeleton> read = readModelBytes(bytes, ".", readOptions);
  if (!read)
    return emitError() << llvm::toString(read.takeError());
  skeleton = std::move(*read);
  return success();
}

LogicalResult ModelImporter::readModel() {
  if (StringRef(options.path).ends_with(".onnxtxt")) {
    auto text = llvm::MemoryBuffer::getFile(options.path);
    if (!text)
      return emitError() << "cannot be read: " << text.getError().message();
    if (failed(parseText((*text)->getBuffer())))
      return failure();
  } else {
    ReadOptions readOptions;
    readOptions.externalDataRoot = options.externalDataRoot;
    readOptions.withoutWeights =
        options.withoutWeights || options.randomWeightsSeed;
    llvm::Expected<ModelSkeleton> read =
        frontend::readModel(options.path, readOptions);
    if (!read)
      return emitError() << llvm::toString(read.takeError());
    skeleton = std::move(*read);
  }
  neap_onnx_model *parsed = nullptr;
  if (failed(checkResult(neap_onnx_parse(skeleton.bytes.data(),
                                         skeleton.bytes.size(), &parsed,
                                         message, sizeof(message)))))
    return failure();
  model.reset(parsed);
  skeleton.bytes = std::string();
  return bindConstants();
}

LogicalResult ModelImporter::bindConstants() {
  for (const std::string &binding : options.constants) {
    auto [name, path] = StringRef(binding).split('=');
    auto tensor = llvm::MemoryBuffer::getFile(path);
    if (!tensor)
      return emitError() << "the constant '" << name << "': cannot read '"
                         << path << "': " << tensor.getError().message();
    StringRef bytes = (*tensor)->getBuffer();
    if (neap_onnx_bind_input(model.get(), name.str().c_str(), bytes.data(),
                             bytes.size(), message,
                             sizeof(message)) != NEAP_ONNX_OK)
      return emitError() << "the constant '" << name
                         << "': " << StringRef(message).rtrim();
  }
  return success();
}

/// Whether `domain` is that of ONNX's own ops.
static bool isDefaultDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

LogicalResult
ModelImporter::checkOpset(StringRef whose,
                          const onnx::OperatorSetIdProto &import) const {
  int64_t newest = neap_onnx_newest_opset();
  if (!isDefaultDomain(import.domain()) ||
      (import.version() >= kOldestOpset && import.version() <= newest))
    return success();
  return emitError() << whose << " has opset " << import.version()
                     << "; expected " << kOldestOpset << " to " << newest;
}

LogicalResult ModelImporter::checkOpsets() {
  for (const onnx::OperatorSetIdProto &import : proto().opset_import()) {
    if (failed(checkOpset("the model", import)))
      return failure();
    scope.opsets[isDefaultDomain(import.domain()) ? "" : import.domain()] =
        static_cast<int>(import.version());
  }
  // A function's nodes are read by the opsets that the function imports.
  for (const onnx::FunctionProto &function : proto().functions())
    for (const onnx::OperatorSetIdProto &import : function.opset_import())
      if (failed(checkOpset("the function '" + function.name() + "'", import)))
        return failure();
  if (!scope.opsets.contains(""))
    return emitError() << "the model imports no opset of ONNX; expected "
                       << kOldestOpset << " to " << neap_onnx_newest_opset();
  return success();
}

LogicalResult ModelImporter::checkModel() {
  if (!proto().has_graph())
    return emitError() << "the file has no graph; expected an ONNX model";
  if (failed(checkOpsets()))
    return failure();
  return checkResult(neap_onnx_check(model.get(), message, sizeof(message)));
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// Returns what kind of type `type` is, if it is no tensor.
static StringRef getTypeKind(const onnx::TypeProto &type) {
  if (type.has_sequence_type())
    return "a sequence";
  if (type.has_optional_type())
    return "an optional";
  if (type.has_map_type())
    return "a map";
  if (type.has_sparse_tensor_type())
    return "a sparse tensor";
  return "a value without type";
}

/// Whether an axis has no size, though it may say so by -1.
static bool isDynamic(const onnx::TensorShapeProto::Dimension &dim) {
  return !dim.has_dim_value() || dim.dim_value() == -1;
}

/// Whether `name` tells one dynamic axis from others: exporters also write "?".
static bool isDimName(StringRef name) {
  return llvm::any_of(name,
                      [](char c) { return llvm::isAlnum(c) || (c & 0x80); });
}

FailureOr<Dims> ModelImporter::getInputDims(const onnx::ValueInfoProto &value) {
  const auto &tensor = value.type().tensor_type();
  if (!tensor.has_shape())
    return emitError() << "the input '" << value.name()
                       << "' has no shape; expected a tensor of known rank";
  Dims dims;
  for (const auto &dim : tensor.shape().dim()) {
    std::string name = dim.dim_param();
    if (!isDimName(name))
      name = value.name() + "_dim" + std::to_string(dims.size());
    dims.push_back(isDynamic(dim)
                       ? simplify(bindings.resolve(name), bindings.getFacts())
                       : DimExpr(dim.dim_value()));
    if (!dims.back().isKnown())
      return emitError() << "axis " << dims.size() - 1 << " of the input '"
                         << value.name() << "', '" << name
                         << "', is beyond 64 bits or defined by itself";
    auto bounds = bindings.getFacts().getBounds(dims.back());
    if (bounds && bounds->first < 0)
      return emitError() << "the input '" << value.name()
                         << "' has the negative dimension "
                         << printWithLeast(dims.back(), bounds->first)
                         << (dims.back().getConstant() && !isDynamic(dim)
                                 ? "; export it with a size, or with a name "
                                   "that --dim binds"
                                 : "; expected --dim to bind sizes of at "
                                   "least 0 only");
  }
  if (isTooLarge(dims, bindings.getFacts()))
    return emitError() << "the input '" << value.name()
                       << "' has more than 2^40 elements";
  return dims;
}

FailureOr<RankedTensorType>
ModelImporter::getType(const onnx::ValueInfoProto &value) {
  if (!value.type().has_tensor_type())
    return emitError() << "the input '" << value.name() << "' is "
                       << getTypeKind(value.type())
                       << ", which is not supported; expected a tensor";
  int32_t dataType = value.type().tensor_type().elem_type();
  Type element = getElementType(&context, dataType);
  if (!element)
    return emitError() << "the input '" << value.name()
                       << "' has the element type " << getDataTypeName(dataType)
                       << ", which is not supported";
  FailureOr<Dims> dims = getInputDims(value);
  if (failed(dims))
    return failure();
  return getTensorType(*dims, element);
}

/// Returns the names, quoted.
static std::string quote(ArrayRef<std::string> names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "'" : ", '") + name + "'";
  return text.empty() ? "none" : text;
}

LogicalResult ModelImporter::checkBindings() {
  if (std::vector<std::string> unused = bindings.getUnused(); !unused.empty())
    return emitError() << "--dim names " << quote(unused)
                       << ", but the model's symbolic dimensions are "
                       << quote(bindings.getNames());
  const std::vector<std::string> &unbound = bindings.getUnbound();
  if (unbound.empty() || options.allowUnboundDims)
    return success();
  return emitError() << "unbound symbolic dimensions: " << quote(unbound)
                     << "; bind each, as in --dim=" << unbound.front() << "=1";
}

LogicalResult ModelImporter::addArguments() {
  SmallVector<Type> types;
  SmallVector<Attribute> names;
  for (const onnx::ValueInfoProto &input : graph().input()) {
    // Old models list their initializers as inputs too.
    if (scope.initializers.contains(input.name()))
      continue;
    FailureOr<RankedTensorType> type = getType(input);
    if (failed(type))
      return failure();
    types.push_back(*type);
    names.push_back(builder.getStringAttr(input.name()));
  }
  if (failed(checkBindings()))
    return failure();
  // Not the graph's name: exporters write their own there, and it would be
  // taken for a node's.
  Location loc = module->getLoc();
  function = func::FuncOp::create(builder, loc, "main",
                                  builder.getFunctionType(types, {}));
  Block *entry = function.addEntryBlock();
  for (auto [i, name] : llvm::enumerate(names)) {
    function.setArgAttr(i, NeapDialect::kNameAttr, name);
    BlockArgument argument = entry->getArgument(i);
    argument.setLoc(NameLoc::get(cast<StringAttr>(name)));
    ImportedValue value;
    value.type = cast<RankedTensorType>(types[i]);
    value.value = argument;
    scope.values[cast<StringAttr>(name).getValue()] = value;
  }
  builder.setInsertionPointToStart(entry);
  return success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Whether `declared` contradicts `dims` nowhere: in the rank, or by another
/// constant.
static bool mayHaveShape(ArrayRef<DimExpr> dims,
                         const onnx::TensorShapeProto &declared) {
  return declared.dim_size() == static_cast<int>(dims.size()) &&
         llvm::all_of(llvm::zip_equal(dims, declared.dim()), [](auto pair) {
           const auto &[dim, size] = pair;
           return isDynamic(size) || dim.getConstant().value_or(
                                         size.dim_value()) == size.dim_value();
         });
}

/// Returns `shape` as the model has it, such as "[batch, ?, 3]".
static std::string printShape(const onnx::TensorShapeProto &shape) {
  std::string text;
  for (const auto &dim : shape.dim()) {
    text += text.empty() ? "" : ", ";
    text += !isDynamic(dim)           ? std::to_string(dim.dim_value())
            : dim.dim_param().empty() ? "?"
                                      : dim.dim_param();
  }
  return "[" + text + "]";
}

/// Returns the node of the graph that makes `name`, or null.
const onnx::NodeProto *ModelImporter::findProducer(StringRef name) const {
  for (const onnx::NodeProto &node : graph().node())
    if (llvm::is_contained(node.output(), name))
      return &node;
  return nullptr;
}

/// Compares an output with what the model declares. Shapes that exporters
/// declare can be wrong, so that only the element type is binding.
LogicalResult ModelImporter::checkOutput(const onnx::ValueInfoProto &declared,
                                         RankedTensorType type) {
  if (!declared.type().has_tensor_type())
    return success();
  const auto &tensor = declared.type().tensor_type();
  if (tensor.elem_type() != getDataType(type.getElementType()))
    return emitError() << "the output '" << declared.name()
                       << "' is declared with the element type "
                       << getDataTypeName(tensor.elem_type())
                       << ", but is computed as " << type.getElementType();
  if (!tensor.has_shape())
    return success();
  SmallVector<DimExpr> dims = getDims(type);
  if (mayHaveShape(dims, tensor.shape()))
    return success();
  InFlightDiagnostic warning =
      mlir::emitWarning(FileLineColLoc::get(&context, options.path, 0, 0))
      << "the output '" << declared.name() << "' is declared with the shape "
      << printShape(tensor.shape()) << ", but is computed as "
      << printDims(dims) << ", which is taken";
  if (const onnx::NodeProto *node = findProducer(declared.name()))
    warning.attachNote() << "node '"
                         << (node->name().empty() ? declared.name()
                                                  : node->name())
                         << "' (" << node->op_type() << ") makes it";
  return success();
}

/// Returns the name for the next output. A graph may list a value twice; names
/// of a .neap are unique.
std::string ModelImporter::nameOutput(StringRef name,
                                      llvm::StringSet<> &taken) {
  if (taken.insert(name).second)
    return name.str();
  auto isOutput = [&](StringRef other) {
    return llvm::any_of(graph().output(), [&](const auto &output) {
      return StringRef(output.name()) == other;
    });
  };
  std::string unique;
  for (unsigned i = 1;
       unique.empty() || isOutput(unique) || !taken.insert(unique).second; ++i)
    unique = name.str() + "." + std::to_string(i);
  mlir::emitWarning(FileLineColLoc::get(&context, options.path, 0, 0))
      << "the graph '" << graph().name() << "' lists the output '" << name
      << "' twice; the second is named '" << unique << "'";
  return unique;
}

LogicalResult ModelImporter::addResults(GraphImporter &importer) {
  SmallVector<Value> values;
  SmallVector<Attribute> names;
  llvm::StringSet<> taken;
  for (const onnx::ValueInfoProto &output : graph().output()) {
    ImportedValue *value = importer.find(output.name(), scope);
    if (!value)
      return failure();
    StringAttr name = builder.getStringAttr(nameOutput(output.name(), taken));
    Value tensor = importer.materialize(*value, NameLoc::get(name));
    if (failed(checkOutput(output, value->type)))
      return failure();
    values.push_back(tensor);
    names.push_back(name);
  }
  func::ReturnOp::create(builder, function.getLoc(), values);
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(values).getTypes()));
  for (auto [i, name] : llvm::enumerate(names))
    function.setResultAttr(i, NeapDialect::kNameAttr, name);
  return success();
}

void ModelImporter::addModuleAttributes() {
  SmallVector<StringRef> files(skeleton.files.begin(), skeleton.files.end());
  (*module)->setAttr(NeapDialect::kFilesAttr, builder.getStrArrayAttr(files));
  llvm::StringSet<> defined;
  for (auto definition : function.getOps<DefineSizeOp>())
    defined.insert(definition.getSymbol());
  SmallVector<NamedAttribute> symbols;
  for (const auto &entry : bindings.getFacts().ranges) {
    // An import that was taken back leaves symbols without a definition.
    if (bindings.isCount(entry.first()) && !defined.contains(entry.first()))
      continue;
    const SymbolRange &range = entry.second;
    symbols.push_back(builder.getNamedAttr(
        entry.first(),
        RangeAttr::get(&context, range.lo, range.hi, range.step)));
  }
  if (!symbols.empty())
    (*module)->setAttr(NeapDialect::kSymbolsAttr,
                       builder.getDictionaryAttr(symbols));
}

FailureOr<OwningOpRef<ModuleOp>> ModelImporter::run() {
  context.loadDialect<NeapDialect, func::FuncDialect>();
  llvm::Expected<DimBindings> parsed = DimBindings::parse(options.dims);
  if (!parsed)
    return emitError() << llvm::toString(parsed.takeError());
  bindings = std::move(*parsed);
  if (failed(readModel()) || failed(checkModel()))
    return failure();
  module = ModuleOp::create(
      FileLineColLoc::get(&context, options.path, /*line=*/0, /*column=*/0));
  builder.setInsertionPointToEnd(module->getBody());
  OpRegistry registry;
  Initializers initializers(skeleton, options.randomWeightsSeed);
  GraphImporter importer(proto(), registry, initializers, options.path,
                         bindings, builder);
  if (failed(importer.addInitializers(graph(), scope)) ||
      failed(addArguments()) || failed(importer.importNodes(graph(), scope)) ||
      failed(addResults(importer)))
    return failure();
  addModuleAttributes();
  if (failed(verify(*module)))
    return failure();
  return std::move(module);
}

FailureOr<OwningOpRef<ModuleOp>>
neap::importOnnxModel(MLIRContext &context, const ImportOptions &options) {
  return ModelImporter(context, options).run();
}
