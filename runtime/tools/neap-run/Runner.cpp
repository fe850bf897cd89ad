// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runner.cpp - what neap-run does with a model: tensors, runs, comparison.
// RunReport.cpp prints the results.
#include "runtime/tools/neap-run/Runner.h"

#include "runtime/base/Clock.h"
#include "runtime/base/Format.h"
#include "runtime/tools/CompareTensors.h"
#include "runtime/tools/FileName.h"
#include "runtime/tools/MappedTensor.h"
#include "runtime/tools/ProcessMemory.h"
#include "runtime/tools/TensorFile.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <set>
#include <sys/stat.h>

namespace neap::tools {

using rt::format;
using rt::quoted;
using rt::StatusCode;

rt::Status toStatus(const neap::Status &status) {
  if (status.ok())
    return rt::Status();
  return rt::Status::error(static_cast<StatusCode>(status.code()), "%s",
                           status.message());
}

namespace {

/// Runs of --memory-check.
constexpr uint32_t kMemoryCheckRuns = 10;

/// Returns the value below which `share` of the sorted values are.
double quantile(const std::vector<double> &sorted, double share) {
  double last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<size_t>(std::lround(share * last))];
}

rt::Status makeFolder(const std::string &path) {
  struct stat status = {};
  if (mkdir(path.c_str(), 0777) == 0 ||
      (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)))
    return rt::Status();
  return rt::Status::error(StatusCode::NotFound, "cannot make folder %s: %s",
                           quoted(path).c_str(), std::strerror(errno));
}

/// Writes one tensor of the signature, which is at the start of `tensor`, to a
/// file.
rt::Status writeTensor(const std::string &path, const neap_tensor_info_t &info,
                       const Tensor &tensor) {
  return writeNpy(path, fromDataType(info.dtype),
                  {info.dims, info.dims + info.ndim}, tensor.data<uint8_t>());
}

/// Makes a tensor as the signature has it.
rt::Status mapLike(const neap_tensor_info_t &info, Tensor &outTensor) {
  return mapTensor(info.dtype, {info.dims, info.dims + info.ndim},
                   info.size_in_bytes, outTensor);
}

/// Returns the bytes of the pages that mapTensor takes for these tensors.
uint64_t mappedBytes(const std::vector<Tensor> &tensors) {
  uint64_t total = 0;
  for (const Tensor &tensor : tensors)
    total += inPages(tensor.sizeInBytes());
  return total;
}

} // namespace

rt::Status Runner::load() {
  uint64_t begin = rt::nowNs();
  ModelOptions modelOptions;
  modelOptions.verifyWeights = options.verify;
  modelOptions.isa = options.isa;
  Result<Model> loaded = Model::loadFile(options.model, modelOptions);
  if (!loaded.ok())
    return toStatus(loaded.status());
  model = std::move(*loaded);
  loadMilliseconds = static_cast<double>(rt::nowNs() - begin) / 1e6;
  anonymousAtLoad = readAnonymousWritable(residentAtLoad);
  return rt::Status();
}

rt::Status Runner::ofModel(const neap::Status &status) const {
  if (status.ok())
    return rt::Status();
  return rt::Status::error(static_cast<StatusCode>(status.code()), "%s: %s",
                           quoted(options.model).c_str(), status.message());
}

rt::Status Runner::prepare() {
  for (const std::string &folder : {options.outputDir, options.writeInputsDir})
    if (!folder.empty())
      NEAP_RETURN_IF_ERROR(makeFolder(folder));
  SessionOptions sessionOptions;
  sessionOptions.numThreads = options.threads;
  if (!options.traceFile.empty()) {
    TraceRecorder &recorder = trace.emplace();
    sessionOptions.onCommand = TraceRecorder::onCommand;
    sessionOptions.onCommandContext = &recorder;
    sessionOptions.onCall = TraceRecorder::onCall;
    sessionOptions.onCallContext = &recorder;
  }
  Result<Session> created =
      Session::create(*model, options.entry, sessionOptions);
  if (!created.ok())
    return ofModel(created.status());
  session = std::move(*created);
  for (const auto &[name, value] : options.dims)
    NEAP_RETURN_IF_ERROR(ofModel(session->bindDim(name, value)));
  std::vector<std::optional<HostTensor>> given(session->numInputs());
  NEAP_RETURN_IF_ERROR(readInputs(given));
  for (size_t i = 0; i < given.size(); ++i)
    NEAP_RETURN_IF_ERROR(makeInput(i, given[i]));
  inputViews = views(inputs);
  NEAP_RETURN_IF_ERROR(ofModel(session->bindInputs(inputViews)));
  NEAP_RETURN_IF_ERROR(makeOutputs());
  return rt::Status();
}

/// Reads the files that are named on the command line or are in the test data.
rt::Status Runner::readInputs(std::vector<std::optional<HostTensor>> &given) {
  if (!options.testData.empty())
    for (size_t i = 0; i < given.size(); ++i)
      NEAP_RETURN_IF_ERROR(
          readTensorFile(format("%s/input_%zu.pb", options.testData.c_str(), i),
                         given[i].emplace()));
  std::vector<bool> isNamed(given.size());
  for (const std::string &binding : options.inputs) {
    size_t index = 0;
    NEAP_RETURN_IF_ERROR(findInput(binding, index));
    std::string name = session->input(index).name;
    if (isNamed[index])
      return rt::Status::error(StatusCode::InvalidArgument,
                               "--input gives the input %s twice",
                               quoted(name).c_str());
    isNamed[index] = true;
    NEAP_RETURN_IF_ERROR(readTensorFile(binding.substr(name.size() + 1),
                                        given[index].emplace()));
  }
  return rt::Status();
}

/// Finds the input whose name, followed by '=', begins `binding`.
rt::Status Runner::findInput(const std::string &binding,
                             size_t &outIndex) const {
  std::string known;
  for (outIndex = 0; outIndex < session->numInputs(); ++outIndex) {
    std::string name = session->input(outIndex).name;
    if (binding.rfind(name + "=", 0) == 0)
      return rt::Status();
    known += (outIndex == 0 ? "" : ", ") + name;
  }
  return rt::Status::error(
      StatusCode::NotFound, "%s: there is no input %s; the entry has: %s",
      quoted(options.model).c_str(),
      quoted(binding.substr(0, binding.find('=', 1))).c_str(),
      known.empty() ? "none" : known.c_str());
}

rt::Status Runner::makeInput(size_t index,
                             const std::optional<HostTensor> &given) {
  neap_tensor_info_t info = session->input(index);
  plan::ElementType type = fromDataType(info.dtype);
  if (given) {
    if (given->type != type)
      return rt::Status::error(StatusCode::InvalidArgument,
                               "%s: input %s: expected elements of type %s, "
                               "got %s",
                               quoted(options.model).c_str(),
                               quoted(info.name).c_str(), typeName(type),
                               typeName(given->type));
    NEAP_RETURN_IF_ERROR(mapTensor(info.dtype, given->shape,
                                   given->bytes.size(), inputs.emplace_back()));
    std::copy(given->bytes.begin(), given->bytes.end(),
              inputs.back().data<uint8_t>());
    return rt::Status();
  }
  if (!options.randomSeed)
    return rt::Status::error(StatusCode::InvalidArgument,
                             "%s: input %s has no data; give --input %s=FILE "
                             "or --random-inputs=SEED",
                             quoted(options.model).c_str(),
                             quoted(info.name).c_str(), info.name);
  NEAP_RETURN_IF_ERROR(mapLike(info, inputs.emplace_back()));
  fillRandom(type, *options.randomSeed, static_cast<uint32_t>(index),
             options.intRange, inputs.back().numElements(),
             inputs.back().data<uint8_t>());
  return rt::Status();
}

rt::Status Runner::makeOutputs() {
  for (size_t i = 0; i < session->numOutputs(); ++i) {
    NEAP_RETURN_IF_ERROR(
        mapLike(session->outputCapacity(i), outputs.emplace_back()));
  }
  outputViews = views(outputs);
  return rt::Status();
}

std::vector<const DLTensor *>
Runner::views(const std::vector<Tensor> &tensors) const {
  std::vector<const DLTensor *> all;
  for (const Tensor &tensor : tensors)
    all.push_back(&tensor.view());
  return all;
}

rt::Status Runner::runOnce() {
  if (trace)
    trace->beginRun();
  uint64_t begin = rt::nowNs();
  rt::Status status = ofModel(session->run(inputViews, outputViews));
  times.push_back(static_cast<double>(rt::nowNs() - begin) / 1e6);
  if (trace)
    trace->endRun();
  return status;
}

rt::Status Runner::execute() {
  uint32_t runs = options.bench != 0 ? options.bench : 1;
  uint32_t warmUps =
      options.bench != 0 ? std::clamp<uint32_t>(options.bench / 10, 1, 10) : 0;
  times.reserve(std::max(runs + warmUps, kMemoryCheckRuns));
  if (options.memoryCheck)
    NEAP_RETURN_IF_ERROR(checkMemory());
  for (uint32_t i = 0; i < warmUps; ++i)
    NEAP_RETURN_IF_ERROR(runOnce());
  times.clear();
  if (trace)
    trace->clear();
  for (uint32_t i = 0; i < runs; ++i)
    NEAP_RETURN_IF_ERROR(runOnce());
  std::vector<double> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  timing = {quantile(sorted, 0.5), quantile(sorted, 0.1), quantile(sorted, 0.9),
            sorted.front()};
  return trace ? trace->write(options.traceFile) : rt::Status();
}

rt::Status Runner::checkMemory() {
  for (uint32_t i = 0; i < kMemoryCheckRuns; ++i)
    NEAP_RETURN_IF_ERROR(runOnce());
  MemoryCheck check;
  uint64_t resident = 0;
  uint64_t mapped = readAnonymousWritable(resident);
  check.gained = mapped - std::min(mapped, anonymousAtLoad);
  check.residentGained = resident - std::min(resident, residentAtLoad);
  neap_memory_info_t memory = session->memory();
  auto segment = [](uint64_t size) { return size == 0 ? 0 : inPages(size); };
  check.declared = segment(memory.arena_bytes) + segment(memory.state_bytes) +
                   mappedBytes(inputs) + mappedBytes(outputs) +
                   segment(memory.table_bytes) +
                   memory.bytes_per_thread * memory.num_own_threads;
  memoryCheck = check;
  return rt::Status();
}

rt::Status Runner::compare(bool &outEqual) {
  outEqual = true;
  for (size_t i = 0; i < outputs.size() && !isKept(i); ++i) {
    HostTensor expected;
    std::string path = format("%s/output_%zu.pb", options.testData.c_str(), i);
    NEAP_RETURN_IF_ERROR(readTensorFile(path, expected));
    neap_tensor_info_t info = session->output(i);
    const char *name = info.name;
    plan::ElementType type = fromDataType(info.dtype);
    std::vector<int64_t> shape(info.dims, info.dims + info.ndim);
    if (type != expected.type || shape != expected.shape) {
      outEqual = false;
      std::fprintf(
          options.json ? stderr : stdout,
          "output %s: expected %s %s, got %s %s\n", quoted(name).c_str(),
          typeName(expected.type),
          shapeText(expected.shape.data(), expected.shape.size()).c_str(),
          typeName(type), shapeText(shape.data(), shape.size()).c_str());
      continue;
    }
    Comparison result =
        compareTensors(type, outputs[i].data<uint8_t>(), expected.bytes.data(),
                       info.size_in_bytes / plan::elementSizeInBytes(type));
    outEqual &= result.numMismatches == 0;
    std::fprintf(options.json ? stderr : stdout,
                 "output %s: %llu of %llu elements differ; worst at %llu: "
                 "expected %.9g, got %.9g\n",
                 quoted(name).c_str(),
                 static_cast<unsigned long long>(result.numMismatches),
                 static_cast<unsigned long long>(result.numElements),
                 static_cast<unsigned long long>(result.worstIndex),
                 result.expected, result.got);
  }
  return rt::Status();
}

rt::Status Runner::writeFiles() {
  std::set<std::string> taken;
  for (size_t i = 0; i < outputs.size() && !options.outputDir.empty(); ++i)
    NEAP_RETURN_IF_ERROR(
        writeTensor(options.outputDir + "/" +
                        getFileName(session->output(i).name, i, taken),
                    session->output(i), outputs[i]));
  taken.clear();
  for (size_t i = 0; i < inputs.size() && !options.writeInputsDir.empty(); ++i)
    NEAP_RETURN_IF_ERROR(
        writeTensor(options.writeInputsDir + "/" +
                        getFileName(session->input(i).name, i, taken),
                    session->input(i), inputs[i]));
  return rt::Status();
}

} // namespace neap::tools
