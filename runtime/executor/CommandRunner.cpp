// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CommandRunner.cpp - executes the steps of a program.
#include "runtime/executor/CommandRunner.h"

#include "runtime/base/Clock.h"
#include "runtime/base/Format.h"
#include "runtime/device/cpu/FloatEnvironment.h"
#include "runtime/plan/ExprEvaluator.h"

#include <algorithm>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace neap::rt {
namespace {

/// A launch is cut into this many calls per thread. Threads take the next call
/// when they have done one, so that one that the system holds up does not hold
/// up the launch, and look for cancellation in between.
constexpr int64_t kCallsPerThread = 4;
/// Of kernels with scratch, which may prepare it anew in each call.
constexpr int64_t kCallsPerThreadWithScratch = 2;

/// A launch that threads work on.
struct LaunchJob {
  neap_kernel_fn kernel;
  neap_kernel_args args; // what all calls share
  uint32_t numTasks;
  int64_t numTiles;
  int64_t tilesPerCall;
  uint64_t scratchBytes;
  const RunOptions *options;
  /// The first tile that no thread has taken.
  std::atomic<int64_t> nextTile{0};
  std::atomic<int32_t> code{NEAP_KERNEL_OK};
};

/// Returns the system's number of this thread.
uint32_t threadNumber() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

void reportCall(const RunOptions &options, const neap_kernel_args &args,
                uint64_t beginNs) {
  neap_call_event_t event = {};
  event.size = sizeof(event);
  event.thread = threadNumber();
  event.tile_begin = args.tile_begin;
  event.tile_end = args.tile_end;
  event.begin_ns = beginNs;
  event.end_ns = nowNs();
  options.onCall(options.onCallContext, &event);
}

/// What the `index`-th thread does of a launch: takes tiles until none is left.
/// The result does not depend on who takes which.
void runShare(void *context, uint32_t index) {
  ScopedFloatEnvironment environment;
  LaunchJob &job = *static_cast<LaunchJob *>(context);
  neap_kernel_args args = job.args;
  if (args.scratch)
    args.scratch =
        static_cast<uint8_t *>(args.scratch) + index * job.scratchBytes;
  while (true) {
    args.tile_begin =
        job.nextTile.fetch_add(job.tilesPerCall, std::memory_order_relaxed);
    if (args.tile_begin >= job.numTiles)
      return;
    args.tile_end = std::min(job.numTiles, args.tile_begin + job.tilesPerCall);
    uint64_t beginNs = job.options->onCall ? nowNs() : 0;
    int32_t code = job.kernel(&args);
    if (job.options->onCall)
      reportCall(*job.options, args, beginNs);
    if (code != NEAP_KERNEL_OK) {
      job.code.store(code, std::memory_order_relaxed);
      return;
    }
    if (job.options->cancelled->load(std::memory_order_relaxed))
      return;
  }
}

/// Returns how many tiles one call of a kernel gets.
int64_t chooseTilesPerCall(const Step &step, int64_t tilesPerThread) {
  int64_t calls = step.scratchBytesPerThread != 0 ? kCallsPerThreadWithScratch
                                                  : kCallsPerThread;
  return std::max<int64_t>(
      {1, step.tilesPerBlock, plan::ceilDiv(tilesPerThread, calls)});
}

/// Returns the error of a kernel that returned `code`.
Status kernelError(const Step &step, int32_t code) {
  std::string name = "layer " + quoted(step.command->name);
  switch (code) {
  case NEAP_KERNEL_INDEX_OUT_OF_RANGE:
    return Status::error(StatusCode::OutOfRange,
                         "%s: an index in the data is outside its axis",
                         name.c_str());
  case NEAP_KERNEL_DIVISION_BY_ZERO:
    return Status::error(StatusCode::InvalidArgument,
                         "%s: an integer is divided by zero", name.c_str());
  default:
    return Status::error(StatusCode::Internal,
                         "%s: kernel '%s' returned the unknown code %d",
                         name.c_str(), step.kernelName, code);
  }
}

Status cancelledError() {
  return Status::error(StatusCode::Cancelled, "the run was cancelled");
}

const char *kindName(StepKind kind) {
  switch (kind) {
  case StepKind::Launch:
    return "launch";
  case StepKind::Copy:
    return "copy";
  case StepKind::If:
    return "if";
  case StepKind::Loop:
    return "loop";
  case StepKind::ReadScalar:
    return "read_scalar";
  }
  return "unknown";
}

} // namespace

Status CommandRunner::runSteps(uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; i = program.steps[i].end) {
    if (isCancelled())
      return cancelledError();
    const Step &step = program.steps[i];
    uint64_t beginNs = options.onCommand ? nowNs() : 0;
    NEAP_RETURN_IF_ERROR(runStep(step, i));
    if (options.onCommand)
      report(step, i, beginNs);
  }
  return Status();
}

Status CommandRunner::runStep(const Step &step, uint32_t index) {
  if (step.numScalarExprs != 0)
    evaluateScalarExprs(step);
  switch (step.kind) {
  case StepKind::Launch:
    return runLaunch(step);
  case StepKind::Copy:
    return runCopy(step);
  case StepKind::If:
    return runIf(step, index);
  case StepKind::Loop:
    return runLoop(step, index);
  case StepKind::ReadScalar:
    return readScalar(step);
  }
  return Status();
}

void CommandRunner::report(const Step &step, uint32_t index,
                           uint64_t beginNs) const {
  neap_command_event_t event = {};
  event.size = sizeof(event);
  event.name = step.command->name.c_str();
  event.kind = kindName(step.kind);
  event.kernel = step.kernelName;
  event.stream = step.command->stream;
  event.num_threads = step.kind == StepKind::Launch ? threadsOfLastLaunch : 1;
  event.begin_ns = beginNs;
  event.end_ns = nowNs();
  event.live_bytes = options.liveBytes[index];
  event.thread = threadNumber();
  options.onCommand(options.onCommandContext, &event);
}

void CommandRunner::evaluateScalarExprs(const Step &step) {
  const uint32_t *ids = program.scalarExprs.data() + step.firstScalarExpr;
  for (uint32_t i = 0; i < step.numScalarExprs; ++i)
    tables.values[ids[i]] = plan::evaluateExpr(
        plan.exprs[ids[i]], tables.values, tables.symbols, tables.scalars);
  const uint32_t *sizeExprs = program.sizeExprs.data() + step.firstSize;
  for (uint32_t i = 0; i < step.numSizes; ++i)
    tables.sizes[step.firstSize + i] = tables.values[sizeExprs[i]];
}

Status CommandRunner::runLaunch(const Step &step) {
  LaunchJob job;
  job.numTiles = tables.values[step.countExpr];
  if (job.numTiles <= 0)
    return Status();
  int64_t blocks = std::max<int64_t>(1, job.numTiles / step.tilesPerBlock);
  job.numTasks =
      static_cast<uint32_t>(std::min<int64_t>(blocks, options.numThreads));
  job.kernel = step.kernel;
  job.args.buffers = tables.pointers + step.firstOperand;
  job.args.sizes = tables.sizes + step.firstSize;
  job.args.tile_begin = 0;
  job.args.tile_end = 0;
  job.args.scratch = nullptr;
  if (step.hasScratch)
    job.args.scratch =
        tables.pointers[step.firstOperand + step.command->operands.size()];
  job.tilesPerCall =
      chooseTilesPerCall(step, plan::ceilDiv(job.numTiles, job.numTasks));
  job.scratchBytes = step.scratchBytesPerThread;
  job.options = &options;
  threadsOfLastLaunch = job.numTasks;
  if (job.numTasks == 1)
    runShare(&job, 0);
  else
    options.parallelFor(options.parallelForContext, job.numTasks, runShare,
                        &job);
  int32_t code = job.code.load(std::memory_order_relaxed);
  if (code != NEAP_KERNEL_OK)
    return kernelError(step, code);
  return isCancelled() ? cancelledError() : Status();
}

/// Returns the operand's bytes that exist at the sizes of this run.
uint64_t CommandRunner::bytesLeft(const OperandPlace &place) const {
  const plan::Buffer &buffer = program.entry->buffers[place.buffer];
  uint64_t size = static_cast<uint64_t>(tables.values[buffer.sizeExpr]);
  uint64_t left = size > place.offset ? size - place.offset : 0;
  return std::min(left, place.length);
}

Status CommandRunner::runCopy(const Step &step) {
  const OperandPlace *places = program.operands.data() + step.firstOperand;
  void *const *pointers = tables.pointers + step.firstOperand;
  if (uint64_t bytes = std::min(bytesLeft(places[0]), bytesLeft(places[1])))
    std::memcpy(pointers[1], pointers[0], bytes);
  return Status();
}

Status CommandRunner::runIf(const Step &step, uint32_t index) {
  bool condition =
      *static_cast<const uint8_t *>(tables.pointers[step.firstOperand]) != 0;
  return condition ? runSteps(index + 1, step.middle)
                   : runSteps(step.middle, step.end);
}

Status CommandRunner::runLoop(const Step &step, uint32_t index) {
  int64_t trips = tables.values[step.countExpr];
  for (int64_t i = 0; i < trips; ++i) {
    if (step.scalar != 0)
      tables.scalars[step.scalar - 1] = i;
    NEAP_RETURN_IF_ERROR(runSteps(index + 1, step.end));
  }
  return Status();
}

Status CommandRunner::readScalar(const Step &step) {
  const void *source = tables.pointers[step.firstOperand];
  int64_t value = 0;
  if (program.operands[step.firstOperand].length == sizeof(int32_t)) {
    int32_t narrow;
    std::memcpy(&narrow, source, sizeof(narrow));
    value = narrow;
  } else {
    std::memcpy(&value, source, sizeof(value));
  }
  const plan::Scalar &scalar = program.entry->scalars[step.scalar];
  if (value < scalar.lo || value > scalar.hi)
    return Status::error(
        StatusCode::OutOfRange, "layer %s: %s is %lld, expected %lld..%lld",
        quoted(step.command->name).c_str(), quoted(scalar.name).c_str(),
        static_cast<long long>(value), static_cast<long long>(scalar.lo),
        static_cast<long long>(scalar.hi));
  tables.scalars[step.scalar] = value;
  return Status();
}

} // namespace neap::rt
