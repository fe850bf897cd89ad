// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Session.h - one entry of a model with memory and threads of its own.
#ifndef NEAP_RUNTIME_EXECUTOR_SESSION_H
#define NEAP_RUNTIME_EXECUTOR_SESSION_H

#include "runtime/base/Status.h"
#include "runtime/device/cpu/ThreadPool.h"
#include "runtime/executor/CommandRunner.h"
#include "runtime/executor/Dimensions.h"
#include "runtime/executor/Model.h"
#include "runtime/memory/GuardedMemory.h"

#include <neap/neap.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace neap::rt {

/// Thread-compatible: one thread at a time, except for cancel.
class Session {
public:
  struct Options {
    uint32_t numThreads = 0;
    neap_parallel_for_fn parallelFor = nullptr;
    void *parallelForContext = nullptr;
    neap_command_callback_fn onCommand = nullptr;
    void *onCommandContext = nullptr;
    neap_call_callback_fn onCall = nullptr;
    void *onCallContext = nullptr;
  };

  /// Allocates all memory and starts the threads. Errors: see
  /// neap_session_create.
  static Status create(std::shared_ptr<const Model> model,
                       const std::string &entry, const Options &options,
                       std::unique_ptr<Session> &outSession);

  /// Errors: see neap_session_bind_inputs.
  Status bindInputs(const DLTensor *const *inputs, size_t numInputs);

  /// Errors: see neap_session_run.
  Status run(const DLTensor *const *inputs, size_t numInputs,
             const DLTensor *const *outputs, size_t numOutputs);

  /// Thread-safe.
  void cancel() { cancelled.store(true); }
  /// Thread-safe.
  void clearCancel() { cancelled.store(false); }

  Dimensions &dimensions() { return dims; }
  const Dimensions &dimensions() const { return dims; }
  const plan::Entry &entry() const { return *program->entry; }

  /// Writes the figures; `size` of `info` is left alone.
  void describeMemory(neap_memory_info_t &info) const;

private:
  Session() = default;

  Status allocate();
  void setFixedPointers();
  Status bindAndCheck(const DLTensor *const *inputs, size_t numInputs,
                      const DLTensor *const *outputs, size_t numOutputs);
  uint8_t *segmentBase(const plan::Buffer &buffer,
                       const DLTensor *const *inputs,
                       const DLTensor *const *outputs) const;

  std::shared_ptr<const Model> model;
  const Program *program = nullptr;
  RunOptions options;
  RunTables tables;
  Dimensions dims;
  GuardedMemory arena;
  GuardedMemory state;
  GuardedMemory tableMemory;
  ThreadPool pool;
  /// Per step, if commands are reported.
  std::vector<uint64_t> liveBytes;
  std::atomic<bool> cancelled{false};
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_SESSION_H
