// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceFile.h - records commands and writes them in the Trace Event Format,
// which Perfetto and chrome://tracing read.
#ifndef NEAP_RUNTIME_TOOLS_TRACEFILE_H
#define NEAP_RUNTIME_TOOLS_TRACEFILE_H

#include "runtime/base/Status.h"

#include <neap/neap.h>

#include <string>
#include <vector>

namespace neap::tools {

/// Collects the events of one run. Thread-compatible: one thread at a time.
class TraceRecorder {
public:
  /// A neap_command_callback_fn; the context is the recorder.
  static void onCommand(void *context, const neap_command_event_t *event);

  /// Forgets what has been recorded.
  void clear() { events.clear(); }

  /// Errors: those of OutputFile.
  rt::Status write(const std::string &path) const;

private:
  std::vector<neap_command_event_t> events;
};

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_TRACEFILE_H
