// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceFile.h - records runs and writes them in the Trace Event Format, which
// Perfetto and chrome://tracing read: a row for each thread with the runs, the
// layers and the tiles that it has worked on, and the arena's live bytes.
#ifndef NEAP_RUNTIME_TOOLS_TRACEFILE_H
#define NEAP_RUNTIME_TOOLS_TRACEFILE_H

#include "runtime/base/Status.h"

#include <neap/neap.h>

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace neap::tools {

/// A command and what threads have done of it.
struct TracedCommand {
  neap_command_event_t event;
  std::vector<neap_call_event_t> calls;
};

/// One run of a session, its commands in the order in which they ended.
struct TracedRun {
  uint64_t number = 0;
  uint32_t thread = 0;
  uint64_t beginNs = 0;
  uint64_t endNs = 0;
  std::vector<TracedCommand> commands;
};

/// Collects the events of the last runs of a session, which must outlive it.
class TraceRecorder {
public:
  /// A neap_command_callback_fn; the context is the recorder.
  static void onCommand(void *context, const neap_command_event_t *event);
  /// A neap_call_callback_fn; the context is the recorder. Thread-safe.
  static void onCall(void *context, const neap_call_event_t *event);

  /// What the session does between the two is one run.
  void beginRun();
  void endRun();

  /// Forgets what has been recorded.
  void clear();

  /// Errors: those of OutputFile.
  rt::Status write(const std::string &path) const;

private:
  std::deque<TracedRun> runs;
  uint64_t numRuns = 0;
  std::mutex callsLock;
  /// Of the launch that is running.
  std::vector<neap_call_event_t> calls;
};

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_TRACEFILE_H
