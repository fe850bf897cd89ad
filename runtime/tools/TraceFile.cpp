// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceFile.cpp - records commands and writes them for Perfetto.
//
// Source: "Trace Event Format", complete events ("ph": "X"), times in
// microseconds.
#include "runtime/tools/TraceFile.h"

#include "runtime/base/Format.h"
#include "runtime/tools/Json.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace neap::tools {

void TraceRecorder::onCommand(void *context,
                              const neap_command_event_t *event) {
  static_cast<TraceRecorder *>(context)->events.push_back(*event);
}

rt::Status TraceRecorder::write(const std::string &path) const {
  std::ofstream file(path);
  file << "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  const char *separator = "\n";
  uint64_t start = UINT64_MAX;
  for (const neap_command_event_t &event : events)
    start = std::min(start, event.begin_ns);
  for (const neap_command_event_t &event : events) {
    file << separator << "{\"name\": " << jsonString(event.name)
         << ", \"cat\": \"" << event.kind << "\", \"ph\": \"X\", \"pid\": 1"
         << ", \"tid\": " << event.stream
         << rt::format(", \"ts\": %.3f, \"dur\": %.3f",
                       static_cast<double>(event.begin_ns - start) / 1e3,
                       static_cast<double>(event.end_ns - event.begin_ns) / 1e3)
         << ", \"args\": {\"threads\": " << event.num_threads;
    if (event.kernel)
      file << ", \"kernel\": " << jsonString(event.kernel);
    file << "}}";
    separator = ",\n";
  }
  file << "\n]}\n";
  file.flush();
  if (file)
    return rt::Status();
  return rt::Status::error(rt::StatusCode::NotFound, "cannot write %s: %s",
                           rt::quoted(path).c_str(), std::strerror(errno));
}

} // namespace neap::tools
