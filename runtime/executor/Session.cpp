// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Session.cpp - one entry of a model with memory and threads of its own.
#include "runtime/executor/Session.h"

#include "runtime/base/Format.h"
#include "runtime/device/cpu/CpuCount.h"
#include "runtime/device/cpu/FloatEnvironment.h"
#include "runtime/executor/LiveBytes.h"
#include "runtime/executor/TensorCheck.h"

#include <algorithm>

namespace neap::rt {
namespace {

/// The session's own pool behind the signature of a host's.
void runOnOwnPool(void *context, uint32_t numTasks, neap_task_fn task,
                  void *taskContext) {
  static_cast<ThreadPool *>(context)->parallelFor(numTasks, task, taskContext);
}

Status findProgram(const Model &model, const std::string &name,
                   const Program *&outProgram) {
  std::string known;
  for (const Program &program : model.programs()) {
    if (program.entry->name == name) {
      outProgram = &program;
      return Status();
    }
    known += (known.empty() ? "" : ", ") + program.entry->name;
  }
  return Status::error(StatusCode::NotFound,
                       "there is no entry %s; the model has: %s",
                       quoted(name).c_str(), known.c_str());
}

/// Returns how many threads to use, or an error if too many are asked for.
Status chooseNumThreads(uint32_t wanted, uint32_t maxThreads,
                        uint32_t &outThreads) {
  if (wanted > maxThreads)
    return Status::error(StatusCode::InvalidArgument,
                         "num_threads is %u, but the plan has scratch for %u "
                         "threads; compile it with --max-threads=%u",
                         wanted, maxThreads, wanted);
  outThreads = wanted != 0 ? wanted : std::min(countUsableCpus(), maxThreads);
  return Status();
}

uint64_t totalBytes(const std::vector<TensorShape> &shapes) {
  uint64_t bytes = 0;
  for (const TensorShape &shape : shapes)
    bytes += shape.capacityInBytes();
  return bytes;
}

} // namespace

Status Session::create(std::shared_ptr<const Model> model,
                       const std::string &entry, const Options &wanted,
                       std::unique_ptr<Session> &outSession) {
  std::unique_ptr<Session> session(new Session());
  session->model = std::move(model);
  NEAP_RETURN_IF_ERROR(findProgram(*session->model, entry, session->program));
  RunOptions &options = session->options;
  NEAP_RETURN_IF_ERROR(chooseNumThreads(wanted.numThreads,
                                        session->model->plan().maxThreads,
                                        options.numThreads));
  NEAP_RETURN_IF_ERROR(session->allocate());
  options.onCommand = wanted.onCommand;
  options.onCommandContext = wanted.onCommandContext;
  options.onCall = wanted.onCall;
  options.onCallContext = wanted.onCallContext;
  if (options.onCommand) {
    session->liveBytes = computeLiveBytes(*session->program);
    options.liveBytes = session->liveBytes.data();
  }
  options.cancelled = &session->cancelled;
  options.parallelFor = wanted.parallelFor;
  options.parallelForContext = wanted.parallelForContext;
  if (!options.parallelFor) {
    options.parallelFor = runOnOwnPool;
    options.parallelForContext = &session->pool;
    NEAP_RETURN_IF_ERROR(session->pool.start(options.numThreads));
  }
  outSession = std::move(session);
  return Status();
}

Status Session::allocate() {
  const plan::Plan &plan = model->plan();
  NEAP_RETURN_IF_ERROR(arena.allocate(program->entry->arenaBytes, "arena"));
  NEAP_RETURN_IF_ERROR(state.allocate(plan.stateBytes, "state"));
  const size_t counts[] = {program->operands.size(), program->sizeExprs.size(),
                           plan.exprs.size(), plan.symbols.size(),
                           program->entry->scalars.size()};
  size_t words = 0;
  for (size_t count : counts)
    words += count;
  NEAP_RETURN_IF_ERROR(
      tableMemory.allocate(words * sizeof(int64_t), "session's tables"));
  static_assert(sizeof(void *) == sizeof(int64_t), "64-bit pointers");
  auto *next = reinterpret_cast<int64_t *>(tableMemory.data());
  tables.pointers = reinterpret_cast<void **>(next);
  tables.sizes = next + counts[0];
  tables.values = tables.sizes + counts[1];
  tables.symbols = tables.values + counts[2];
  tables.scalars = tables.symbols + counts[3];
  dims.initialize(plan, *program, tables.values, tables.symbols);
  setFixedPointers();
  return Status();
}

uint8_t *Session::segmentBase(const plan::Buffer &buffer,
                              const DLTensor *const *inputs,
                              const DLTensor *const *outputs) const {
  switch (buffer.segment) {
  case plan::Segment::Arena:
    return arena.data() + buffer.offset;
  case plan::Segment::Const:
    // The verifier has proved that it is only read; the kernel ABI has one
    // pointer type for all operands.
    return const_cast<uint8_t *>(model->weights()) + buffer.offset;
  case plan::Segment::State:
    return state.data() + buffer.offset;
  case plan::Segment::Input:
    return firstByte(*inputs[buffer.index]);
  case plan::Segment::Output:
    return firstByte(*outputs[buffer.index]);
  }
  return nullptr;
}

void Session::setFixedPointers() {
  for (size_t i = 0; i < program->operands.size(); ++i) {
    const OperandPlace &place = program->operands[i];
    const plan::Buffer &buffer = program->entry->buffers[place.buffer];
    if (buffer.segment != plan::Segment::Input &&
        buffer.segment != plan::Segment::Output)
      tables.pointers[i] = segmentBase(buffer, nullptr, nullptr) + place.offset;
  }
}

Status Session::bindInputs(const DLTensor *const *inputs, size_t numInputs) {
  NEAP_RETURN_IF_ERROR(
      checkPresence("input", inputs, numInputs, dims.inputs()));
  bool changed = false;
  NEAP_RETURN_IF_ERROR(dims.resolve(inputs, changed));
  if (changed)
    for (size_t i = 0; i < program->sizeExprs.size(); ++i)
      tables.sizes[i] = tables.values[program->sizeExprs[i]];
  return Status();
}

Status Session::bindAndCheck(const DLTensor *const *inputs, size_t numInputs,
                             const DLTensor *const *outputs,
                             size_t numOutputs) {
  NEAP_RETURN_IF_ERROR(
      checkPresence("output", outputs, numOutputs, dims.outputs()));
  NEAP_RETURN_IF_ERROR(bindInputs(inputs, numInputs));
  for (size_t i = 0; i < numInputs; ++i)
    NEAP_RETURN_IF_ERROR(
        checkTensor("input", *inputs[i], dims.inputs()[i], dims));
  for (size_t i = 0; i < numOutputs; ++i)
    NEAP_RETURN_IF_ERROR(
        checkTensor("output", *outputs[i], dims.outputs()[i], dims));
  NEAP_RETURN_IF_ERROR(checkOutputMemory(inputs, outputs, dims));
  for (uint32_t i : program->callerOperands) {
    const OperandPlace &place = program->operands[i];
    const plan::Buffer &buffer = program->entry->buffers[place.buffer];
    tables.pointers[i] = segmentBase(buffer, inputs, outputs) + place.offset;
  }
  return Status();
}

Status Session::run(const DLTensor *const *inputs, size_t numInputs,
                    const DLTensor *const *outputs, size_t numOutputs) {
  Status status = bindAndCheck(inputs, numInputs, outputs, numOutputs);
  if (!status.isOk())
    return status;
  ScopedFloatEnvironment environment;
  status = CommandRunner(model->plan(), *program, tables, options).run();
  if (status.code() == StatusCode::Cancelled)
    cancelled.store(false);
  if (status.isOk())
    dims.setCounted(tables.scalars);
  return status;
}

void Session::describeMemory(neap_memory_info_t &info) const {
  info.arena_bytes = program->entry->arenaBytes;
  info.const_bytes = model->plan().constBytes;
  info.state_bytes = model->plan().stateBytes;
  info.input_bytes = totalBytes(dims.inputs());
  info.output_bytes = totalBytes(dims.outputs());
  info.table_bytes = tableMemory.mappedBytes();
  info.bytes_per_thread = ThreadPool::kStackBytes;
  info.num_threads = options.numThreads;
  info.num_own_threads = pool.numOwnThreads();
}

} // namespace neap::rt
