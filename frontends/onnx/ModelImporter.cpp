// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelImporter.cpp - see ModelImporter.h. Makes the function with
// its arguments, has the nodes imported, and returns the outputs.
#include "frontends/onnx/ModelImporter.h"

#include "frontends/onnx/Survey.h"

#include "dialects/neap/IR/DimExprSimplify.h"
#include "dialects/neap/IR/NeapDialect.h"
#include "dialects/neap/IR/ResultAttrs.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Regex.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

const onnx::GraphProto &ModelImporter::getGraph() const {
  return model.getProto().graph();
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
    return model.emitError()
           << "the input '" << value.name()
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
      return model.emitError()
             << "axis " << dims.size() - 1 << " of the input '" << value.name()
             << "', '" << name << "', is beyond 64 bits or defined by itself";
    auto bounds = bindings.getFacts().getBounds(dims.back());
    if (bounds && bounds->first < 0)
      return model.emitError()
             << "the input '" << value.name() << "' has the negative dimension "
             << printWithLeast(dims.back(), bounds->first)
             << (dims.back().getConstant() && !isDynamic(dim)
                     ? "; export it with a size, or with a name "
                       "that --dim binds"
                     : "; expected --dim to bind sizes of at "
                       "least 0 only");
  }
  if (isTooLarge(dims, bindings.getFacts()))
    return model.emitError()
           << "the input '" << value.name() << "' has more than 2^40 elements";
  return dims;
}

FailureOr<RankedTensorType>
ModelImporter::getType(const onnx::ValueInfoProto &value) {
  if (!value.type().has_tensor_type())
    return model.emitError() << "the input '" << value.name() << "' is "
                             << getTypeKind(value.type())
                             << ", which is not supported; expected a tensor";
  int32_t dataType = value.type().tensor_type().elem_type();
  Type element = getElementType(&context, dataType);
  if (!element)
    return model.emitError()
           << "the input '" << value.name() << "' has the element type "
           << getDataTypeName(dataType) << ", which is not supported";
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
    return model.emitError() << "--dim names " << quote(unused)
                             << ", but the model's symbolic dimensions are "
                             << quote(bindings.getNames());
  const std::vector<std::string> &unbound = bindings.getUnbound();
  if (unbound.empty() || options.allowUnboundDims)
    return success();
  return model.emitError() << "unbound symbolic dimensions: " << quote(unbound)
                           << "; bind each, as in --dim=" << unbound.front()
                           << "=1";
}

LogicalResult ModelImporter::addArguments(Survey *survey) {
  SmallVector<Type> types;
  SmallVector<Attribute> names;
  for (const onnx::ValueInfoProto &input : getGraph().input()) {
    // Old models list their initializers as inputs too.
    if (scope.initializers.contains(input.name()))
      continue;
    FailureOr<RankedTensorType> type = getType(input);
    if (failed(type) && !survey)
      return failure();
    if (failed(type)) {
      survey->addInput(input.name());
      scope.values[input.name()] = ImportedValue();
      continue;
    }
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
  for (const onnx::NodeProto &node : getGraph().node())
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
    return model.emitError()
           << "the output '" << declared.name()
           << "' is declared with the element type "
           << getDataTypeName(tensor.elem_type()) << ", but is computed as "
           << type.getElementType();
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
    return llvm::any_of(getGraph().output(), [&](const auto &output) {
      return StringRef(output.name()) == other;
    });
  };
  std::string unique;
  for (unsigned i = 1;
       unique.empty() || isOutput(unique) || !taken.insert(unique).second; ++i)
    unique = name.str() + "." + std::to_string(i);
  mlir::emitWarning(FileLineColLoc::get(&context, options.path, 0, 0))
      << "the graph '" << getGraph().name() << "' lists the output '" << name
      << "' twice; the second is named '" << unique << "'";
  return unique;
}

LogicalResult ModelImporter::addOutputs(std::vector<ModelResult> &results) {
  llvm::StringSet<> taken;
  for (const onnx::ValueInfoProto &output : getGraph().output()) {
    ImportedValue *value = importer->find(output.name(), scope);
    if (!value)
      return failure();
    StringAttr name = builder.getStringAttr(nameOutput(output.name(), taken));
    Value tensor = importer->materialize(*value, NameLoc::get(name));
    if (failed(checkOutput(output, value->type)))
      return failure();
    results.push_back({tensor, name, output.name()});
  }
  return success();
}

LogicalResult ModelImporter::addKeptValues(std::vector<ModelResult> &results) {
  llvm::Regex wanted(options.keepValues);
  llvm::StringSet<> taken;
  for (const ModelResult &output : results)
    taken.insert(output.name.getValue());
  size_t numOutputs = results.size();
  bool isFound = false;
  for (const onnx::NodeProto &node : getGraph().node())
    for (const std::string &name : node.output()) {
      if (name.empty() || !wanted.match(name))
        continue;
      isFound = true;
      if (!taken.insert(name).second)
        continue;
      ImportedValue *value = importer->find(name, scope);
      if (!value)
        return failure();
      StringAttr attr = builder.getStringAttr(name);
      results.push_back({importer->materialize(*value, NameLoc::get(attr)),
                         attr, name, /*isKept=*/true});
    }
  if (!isFound)
    return model.emitError()
           << "--keep-values: no value of the model has a name that '"
           << options.keepValues << "' finds; a name such as '"
           << (numOutputs ? results.front().name.getValue() : StringRef())
           << "' is that of what a node makes";
  return success();
}

/// Says of each result which layer makes it.
void ModelImporter::nameLayers(ArrayRef<ModelResult> results) {
  llvm::StringMap<std::pair<StringRef, int64_t>> layers;
  int64_t position = 0;
  for (const onnx::NodeProto &node : getGraph().node()) {
    ++position;
    for (const std::string &output : node.output())
      layers.try_emplace(output, node.name().empty() ? output : node.name(),
                         position);
  }
  for (auto [i, result] : llvm::enumerate(results)) {
    auto layer = layers.find(result.source);
    if (layer == layers.end())
      continue;
    auto [name, position] = layer->second;
    function.setResultAttr(i, kLayerAttr, builder.getStringAttr(name));
    function.setResultAttr(i, kPositionAttr,
                           builder.getI64IntegerAttr(position));
  }
}

LogicalResult ModelImporter::addResults() {
  std::vector<ModelResult> results;
  if (failed(addOutputs(results)) ||
      (!options.keepValues.empty() && failed(addKeptValues(results))))
    return failure();
  SmallVector<Value> values;
  for (const ModelResult &result : results)
    values.push_back(result.value);
  func::ReturnOp::create(builder, function.getLoc(), values);
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(values).getTypes()));
  for (auto [i, result] : llvm::enumerate(results)) {
    function.setResultAttr(i, NeapDialect::kNameAttr, result.name);
    if (result.isKept)
      function.setResultAttr(i, kKeptAttr, builder.getUnitAttr());
  }
  if (!options.keepValues.empty())
    nameLayers(results);
  return success();
}

void ModelImporter::addModuleAttributes() {
  const std::vector<std::string> &paths = model.getSkeleton().files;
  SmallVector<StringRef> files(paths.begin(), paths.end());
  (*module)->setAttr(NeapDialect::kFilesAttr, builder.getStrArrayAttr(files));
  SmallVector<NamedAttribute> symbols;
  for (const auto &entry : bindings.getFacts().ranges) {
    const SymbolRange &range = entry.second;
    symbols.push_back(builder.getNamedAttr(
        entry.first(),
        RangeAttr::get(&context, range.lo, range.hi, range.step)));
  }
  if (!symbols.empty())
    (*module)->setAttr(NeapDialect::kSymbolsAttr,
                       builder.getDictionaryAttr(symbols));
}

LogicalResult ModelImporter::begin() {
  context.loadDialect<NeapDialect, func::FuncDialect>();
  llvm::Expected<DimBindings> parsed = DimBindings::parse(options.dims);
  if (!parsed)
    return model.emitError() << llvm::toString(parsed.takeError());
  bindings = std::move(*parsed);
  scope.opsets = model.getOpsets();
  module = ModuleOp::create(
      FileLineColLoc::get(&context, options.path, /*line=*/0, /*column=*/0));
  builder.setInsertionPointToEnd(module->getBody());
  initializers.emplace(model.getSkeleton(), options.randomWeightsSeed);
  return success();
}

LogicalResult ModelImporter::importGraph(Survey *survey) {
  importer.emplace(model.getProto(), registry, *initializers, options.path,
                   bindings.getFacts(), builder, survey);
  return failure(failed(importer->addInitializers(getGraph(), scope)) ||
                 failed(addArguments(survey)) ||
                 failed(importer->importNodes(getGraph(), scope)));
}

FailureOr<OwningOpRef<ModuleOp>> ModelImporter::run() {
  if (failed(begin()) || failed(importGraph(/*survey=*/nullptr)) ||
      failed(addResults()))
    return failure();
  addModuleAttributes();
  if (failed(verify(*module)))
    return failure();
  return std::move(module);
}

LogicalResult ModelImporter::run(Survey &survey) {
  return failure(failed(begin()) || failed(importGraph(&survey)));
}

RankedTensorType ModelImporter::findType(StringRef name) const {
  auto value = scope.values.find(name);
  return value == scope.values.end() || value->second.isGuess
             ? nullptr
             : value->second.type;
}
