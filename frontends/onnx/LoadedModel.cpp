// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LoadedModel.cpp - see LoadedModel.h.
#include "frontends/onnx/LoadedModel.h"

#include "llvm/Support/MemoryBuffer.h"

#include "onnx/onnx_pb.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Oldest opset that is read.
static constexpr int64_t kOldestOpset = 9;

bool neap::frontend::isDefaultDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

InFlightDiagnostic LoadedModel::emitError() const {
  return mlir::emitError(FileLineColLoc::get(&context, options.path, 0, 0));
}

LogicalResult LoadedModel::checkResult(neap_onnx_status status) const {
  if (status == NEAP_ONNX_OK)
    return success();
  return emitError() << StringRef(message).rtrim();
}

/// Serializes a textual model, so that it takes the road of all others.
LogicalResult LoadedModel::parseText(StringRef text) {
  neap_onnx_model *parsed = nullptr;
  if (failed(checkResult(neap_onnx_parse_text(text.str().c_str(), &parsed,
                                              message, sizeof(message)))))
    return failure();
  model.reset(parsed);
  std::string bytes = getProto().SerializeAsString();
  ReadOptions readOptions;
  readOptions.inlineLimitInBytes = UINT64_MAX;
  llvm::Expected<ModelSkeleton> read = readModelBytes(bytes, ".", readOptions);
  if (!read)
    return emitError() << llvm::toString(read.takeError());
  skeleton = std::move(*read);
  return success();
}

LogicalResult LoadedModel::readSkeleton() {
  if (StringRef(options.path).ends_with(".onnxtxt")) {
    auto text = llvm::MemoryBuffer::getFile(options.path);
    if (!text)
      return emitError() << "cannot be read: " << text.getError().message();
    return parseText((*text)->getBuffer());
  }
  ReadOptions readOptions;
  readOptions.externalDataRoot = options.externalDataRoot;
  readOptions.withoutWeights =
      options.withoutWeights || options.randomWeightsSeed;
  llvm::Expected<ModelSkeleton> read =
      frontend::readModel(options.path, readOptions);
  if (!read)
    return emitError() << llvm::toString(read.takeError());
  skeleton = std::move(*read);
  return success();
}

LogicalResult LoadedModel::read() {
  if (failed(readSkeleton()))
    return failure();
  neap_onnx_model *parsed = nullptr;
  if (failed(checkResult(neap_onnx_parse(skeleton.bytes.data(),
                                         skeleton.bytes.size(), &parsed,
                                         message, sizeof(message)))))
    return failure();
  model.reset(parsed);
  skeleton.bytes = std::string();
  return bindConstants();
}

LogicalResult LoadedModel::bindConstants() {
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

LogicalResult LoadedModel::checkOpset(StringRef whose, StringRef domain,
                                      int64_t version) const {
  int64_t newest = neap_onnx_newest_opset();
  if (!isDefaultDomain(domain) ||
      (version >= kOldestOpset && version <= newest))
    return success();
  return emitError() << whose << " has opset " << version << "; expected "
                     << kOldestOpset << " to " << newest;
}

LogicalResult LoadedModel::checkOpsets() {
  for (const onnx::OperatorSetIdProto &import : getProto().opset_import())
    if (failed(checkOpset("the model", import.domain(), import.version())))
      return failure();
  // A function's nodes are read by the opsets that the function imports.
  for (const onnx::FunctionProto &function : getProto().functions())
    for (const onnx::OperatorSetIdProto &import : function.opset_import())
      if (failed(checkOpset("the function '" + function.name() + "'",
                            import.domain(), import.version())))
        return failure();
  if (!getOpsets().contains(""))
    return emitError() << "the model imports no opset of ONNX; expected "
                       << kOldestOpset << " to " << neap_onnx_newest_opset();
  return success();
}

llvm::StringMap<int> LoadedModel::getOpsets() const {
  llvm::StringMap<int> opsets;
  for (const onnx::OperatorSetIdProto &import : getProto().opset_import())
    opsets[isDefaultDomain(import.domain()) ? "" : import.domain()] =
        static_cast<int>(import.version());
  return opsets;
}

LogicalResult LoadedModel::check() {
  if (!getProto().has_graph())
    return emitError() << "the file has no graph; expected an ONNX model";
  if (failed(checkOpsets()))
    return failure();
  return checkResult(neap_onnx_check(model.get(), message, sizeof(message)));
}
