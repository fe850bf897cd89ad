// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceFile.cpp - records runs and writes them for Perfetto.
//
// Source: "Trace Event Format": complete events ("ph": "X"), counters ("C") and
// metadata ("M"), times in microseconds. Of events that begin at once, the one
// that encloses the others comes first.
#include "runtime/tools/TraceFile.h"

#include "runtime/base/Clock.h"
#include "runtime/base/Format.h"
#include "runtime/tools/Json.h"
#include "runtime/tools/OutputFile.h"

#include <algorithm>
#include <map>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace neap::tools {
namespace {

/// So many runs are kept.
constexpr size_t kMostRuns = 10;

using rt::format;
using Calls = std::vector<neap_call_event_t>;

/// An event of a row, with a beginning and an end.
struct Slice {
  std::string name;
  const char *category;
  uint32_t thread;
  uint64_t beginNs;
  uint64_t endNs;
  /// Members of "args".
  std::string arguments;
};

class TraceWriter {
public:
  TraceWriter(OutputFile &file, uint64_t startNs)
      : file(file), startNs(startNs) {
    file.write("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [");
    addEvent("\"ph\": \"M\", \"name\": \"process_name\", \"args\": "
             "{\"name\": \"neap-run\"}");
  }
  void finish() { file.write("\n]}\n"); }

  void addRun(const TracedRun &run);
  void nameThread(uint32_t thread, const std::string &name, int place);

private:
  void addEvent(const std::string &members) {
    file.write(separator);
    file.write("{\"pid\": 1, " + members + "}");
    separator = ",\n";
  }
  void addSlice(const Slice &slice);
  void addLiveBytes(uint64_t timeNs, uint64_t bytes);
  void addCommand(const TracedCommand &command);
  void addCalls(const TracedCommand &command, uint32_t thread,
                const Calls &calls);

  /// Returns a time in microseconds since the start of the trace.
  std::string timeText(uint64_t ns) const {
    return format("%llu.%03llu", static_cast<unsigned long long>(ns / 1000),
                  static_cast<unsigned long long>(ns % 1000));
  }

  OutputFile &file;
  uint64_t startNs;
  std::string separator = "\n";
};

void TraceWriter::addSlice(const Slice &slice) {
  addEvent("\"ph\": \"X\", \"name\": " + jsonString(slice.name) +
           ", \"cat\": " + jsonString(slice.category) +
           format(", \"tid\": %u", slice.thread) +
           ", \"ts\": " + timeText(slice.beginNs - startNs) +
           ", \"dur\": " + timeText(slice.endNs - slice.beginNs) +
           ", \"args\": {" + slice.arguments + "}");
}

void TraceWriter::addLiveBytes(uint64_t timeNs, uint64_t bytes) {
  addEvent("\"ph\": \"C\", \"name\": \"arena\", \"ts\": " +
           timeText(timeNs - startNs) +
           format(", \"args\": {\"live bytes\": %llu}",
                  static_cast<unsigned long long>(bytes)));
}

void TraceWriter::nameThread(uint32_t thread, const std::string &name,
                             int place) {
  std::string members = format("\"ph\": \"M\", \"tid\": %u, ", thread);
  addEvent(members + "\"name\": \"thread_name\", \"args\": {\"name\": " +
           jsonString(name) + "}");
  addEvent(members + format("\"name\": \"thread_sort_index\", \"args\": "
                            "{\"sort_index\": %d}",
                            place));
}

/// What one thread has done of a command, in the order of time.
void TraceWriter::addCalls(const TracedCommand &command, uint32_t thread,
                           const Calls &calls) {
  if (thread != command.event.thread)
    addSlice({command.event.name, command.event.kind, thread,
              calls.front().begin_ns, calls.back().end_ns,
              "\"kernel\": " + jsonString(command.event.kernel)});
  for (const neap_call_event_t &call : calls)
    addSlice(
        {format("tiles %lld..%lld", static_cast<long long>(call.tile_begin),
                static_cast<long long>(call.tile_end - 1)),
         "tiles", thread, call.begin_ns, call.end_ns,
         "\"layer\": " + jsonString(command.event.name)});
}

void TraceWriter::addCommand(const TracedCommand &command) {
  const neap_command_event_t &event = command.event;
  std::string arguments = format("\"threads\": %u, \"stream\": %u",
                                 event.num_threads, event.stream);
  if (event.kernel)
    arguments += ", \"kernel\": " + jsonString(event.kernel);
  addSlice({event.name, event.kind, event.thread, event.begin_ns, event.end_ns,
            arguments});
  std::map<uint32_t, Calls> callsOfThread;
  for (const neap_call_event_t &call : command.calls)
    callsOfThread[call.thread].push_back(call);
  for (auto &[thread, calls] : callsOfThread) {
    std::sort(calls.begin(), calls.end(),
              [](const neap_call_event_t &a, const neap_call_event_t &b) {
                return a.begin_ns < b.begin_ns;
              });
    addCalls(command, thread, calls);
  }
}

void TraceWriter::addRun(const TracedRun &run) {
  addSlice({format("run %llu", static_cast<unsigned long long>(run.number)),
            "run", run.thread, run.beginNs, run.endNs, ""});
  // Loops and branches end after what is in them, but enclose it.
  std::vector<const TracedCommand *> commands;
  for (const TracedCommand &command : run.commands)
    commands.push_back(&command);
  std::sort(commands.begin(), commands.end(),
            [](const TracedCommand *a, const TracedCommand *b) {
              if (a->event.begin_ns != b->event.begin_ns)
                return a->event.begin_ns < b->event.begin_ns;
              if (a->event.end_ns != b->event.end_ns)
                return a->event.end_ns > b->event.end_ns;
              return a > b; // both in run.commands: the later one encloses
            });
  for (const TracedCommand *command : commands) {
    addCommand(*command);
    addLiveBytes(command->event.begin_ns, command->event.live_bytes);
  }
  addLiveBytes(run.endNs, 0);
}

/// Returns the threads that took part, and of each whether it called the runs.
std::map<uint32_t, bool> findThreads(const std::deque<TracedRun> &runs) {
  std::map<uint32_t, bool> isCaller;
  for (const TracedRun &run : runs) {
    isCaller[run.thread] = true;
    for (const TracedCommand &command : run.commands)
      for (const neap_call_event_t &call : command.calls)
        isCaller.try_emplace(call.thread, false);
  }
  return isCaller;
}

} // namespace

void TraceRecorder::onCommand(void *context,
                              const neap_command_event_t *event) {
  auto &recorder = *static_cast<TraceRecorder *>(context);
  std::lock_guard<std::mutex> guard(recorder.callsLock);
  recorder.runs.back().commands.push_back(
      {*event, std::exchange(recorder.calls, {})});
}

void TraceRecorder::onCall(void *context, const neap_call_event_t *event) {
  auto &recorder = *static_cast<TraceRecorder *>(context);
  std::lock_guard<std::mutex> guard(recorder.callsLock);
  recorder.calls.push_back(*event);
}

void TraceRecorder::clear() {
  runs.clear();
  numRuns = 0;
}

void TraceRecorder::beginRun() {
  if (runs.size() == kMostRuns)
    runs.pop_front();
  runs.emplace_back();
  runs.back().number = ++numRuns;
  runs.back().thread = static_cast<uint32_t>(syscall(SYS_gettid));
  runs.back().beginNs = rt::nowNs();
}

void TraceRecorder::endRun() {
  runs.back().endNs = rt::nowNs();
  calls.clear();
}

rt::Status TraceRecorder::write(const std::string &path) const {
  OutputFile file;
  NEAP_RETURN_IF_ERROR(file.open(path));
  TraceWriter writer(file, runs.empty() ? 0 : runs.front().beginNs);
  int place = 0;
  for (auto [thread, isCaller] : findThreads(runs)) {
    if (isCaller) {
      writer.nameThread(thread, "caller", 0);
    } else {
      ++place;
      writer.nameThread(thread, format("worker %d", place), place);
    }
  }
  for (const TracedRun &run : runs)
    writer.addRun(run);
  writer.finish();
  return file.commit();
}

} // namespace neap::tools
