// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CommandRunner.h - executes the steps of a program in the order of the list,
// which respects streams and waits. Allocates nothing, except for an error.
#ifndef NEAP_RUNTIME_EXECUTOR_COMMANDRUNNER_H
#define NEAP_RUNTIME_EXECUTOR_COMMANDRUNNER_H

#include "runtime/base/Status.h"
#include "runtime/executor/Program.h"
#include "runtime/plan/Plan.h"

#include <neap/neap.h>

#include <atomic>
#include <cstdint>

namespace neap::rt {

/// What steps work on: arrays parallel to those of the program.
struct RunTables {
  /// One per Program::operands.
  void **pointers = nullptr;
  /// One per Program::sizeExprs.
  int64_t *sizes = nullptr;
  /// One per Plan::exprs.
  int64_t *values = nullptr;
  /// One per Plan::symbols.
  int64_t *symbols = nullptr;
  /// One per Entry::scalars.
  int64_t *scalars = nullptr;
};

/// How steps are run.
struct RunOptions {
  uint32_t numThreads = 1;
  neap_parallel_for_fn parallelFor = nullptr;
  void *parallelForContext = nullptr;
  neap_command_callback_fn onCommand = nullptr;
  void *onCommandContext = nullptr;
  /// Per step; set if onCommand is.
  const uint64_t *liveBytes = nullptr;
  neap_call_callback_fn onCall = nullptr;
  void *onCallContext = nullptr;
  const std::atomic<bool> *cancelled = nullptr;
};

/// Runs a program once. Made for each run; cheap.
class CommandRunner {
public:
  CommandRunner(const plan::Plan &plan, const Program &program,
                const RunTables &tables, const RunOptions &options)
      : plan(plan), program(program), tables(tables), options(options) {}

  /// Errors: CANCELLED; OUT_OF_RANGE and INVALID_ARGUMENT for what the data
  /// must not hold; INTERNAL for an unknown code of a kernel.
  Status run() {
    return runSteps(0, static_cast<uint32_t>(program.steps.size()));
  }

private:
  Status runSteps(uint32_t begin, uint32_t end);
  Status runStep(const Step &step, uint32_t index);
  Status runLaunch(const Step &step);
  Status runCopy(const Step &step);
  Status runIf(const Step &step, uint32_t index);
  Status runLoop(const Step &step, uint32_t index);
  Status readScalar(const Step &step);
  void evaluateScalarExprs(const Step &step);
  uint64_t bytesLeft(const OperandPlace &place) const;
  void report(const Step &step, uint32_t index, uint64_t beginNs) const;
  bool isCancelled() const {
    return options.cancelled->load(std::memory_order_relaxed);
  }

  const plan::Plan &plan;
  const Program &program;
  const RunTables &tables;
  const RunOptions &options;
  uint32_t threadsOfLastLaunch = 1;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_COMMANDRUNNER_H
