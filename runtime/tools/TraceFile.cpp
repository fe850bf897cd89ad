// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceFile.cpp - records commands and writes them for Perfetto.
//
// Source: "Trace Event Format", complete events ("ph": "X"), times in
// microseconds.
#include "runtime/tools/TraceFile.h"

#include "runtime/base/Format.h"
#include "runtime/tools/Json.h"
#include "runtime/tools/OutputFile.h"

#include <sstream>

namespace neap::tools {

void TraceRecorder::onCommand(void *context,
                              const neap_command_event_t *event) {
  static_cast<TraceRecorder *>(context)->events.push_back(*event);
}

rt::Status TraceRecorder::write(const std::string &path) const {
  OutputFile file;
  NEAP_RETURN_IF_ERROR(file.open(path));
  std::ostringstream text;
  text << "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  const char *separator = "\n";
  uint64_t start = UINT64_MAX;
  for (const neap_command_event_t &event : events)
    start = std::min(start, event.begin_ns);
  for (const neap_command_event_t &event : events) {
    text << separator << "{\"name\": " << jsonString(event.name)
         << ", \"cat\": \"" << event.kind << "\", \"ph\": \"X\", \"pid\": 1"
         << ", \"tid\": " << event.stream
         << rt::format(", \"ts\": %.3f, \"dur\": %.3f",
                       static_cast<double>(event.begin_ns - start) / 1e3,
                       static_cast<double>(event.end_ns - event.begin_ns) / 1e3)
         << ", \"args\": {\"threads\": " << event.num_threads;
    if (event.kernel)
      text << ", \"kernel\": " << jsonString(event.kernel);
    text << "}}";
    separator = ",\n";
  }
  text << "\n]}\n";
  file.write(text.str());
  return file.commit();
}

} // namespace neap::tools
