// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runner.h - what neap-run does with a model: tensors, runs, comparison.
#ifndef NEAP_RUNTIME_TOOLS_NEAP_RUN_RUNNER_H
#define NEAP_RUNTIME_TOOLS_NEAP_RUN_RUNNER_H

#include "runtime/base/Status.h"
#include "runtime/tools/HostTensor.h"
#include "runtime/tools/TraceFile.h"
#include "runtime/tools/neap-run/Options.h"

#include <neap/neap.hpp>

#include <optional>
#include <string>
#include <vector>

namespace neap::tools {

/// Growth of anonymous writable memory, in bytes.
struct MemoryCheck {
  uint64_t gained = 0;
  uint64_t residentGained = 0;
  /// Arena and state in whole pages, inputs, outputs, tables, stacks.
  uint64_t declared = 0;
};

/// Times in milliseconds, of the runs that were timed.
struct Timing {
  double median = 0;
  double p10 = 0;
  double p90 = 0;
  double min = 0;
};

/// A loaded model with one session. Use: load, prepare, execute, then the
/// results.
class Runner {
public:
  explicit Runner(const RunOptions &options) : options(options) {}

  rt::Status load();
  rt::Status prepare();
  rt::Status execute();

  /// Compares with the test data and prints one line for each output; false if
  /// one differs.
  rt::Status compare(bool &outEqual);
  /// Compares kept values and outputs with the tensors of --compare, in the
  /// order of the layers, and prints one line for each; false if one differs.
  rt::Status compareLayers(bool &outEqual);
  rt::Status writeFiles();

  /// Prints the results, as text or JSON.
  void print() const;

  double loadMs() const { return loadMilliseconds; }
  const char *isa() const { return model->isa(); }

private:
  /// Returns the status of a call on the loaded model, naming its file.
  rt::Status ofModel(const neap::Status &status) const;
  rt::Status readInputs(std::vector<std::optional<HostTensor>> &given);
  rt::Status findInput(const std::string &binding, size_t &outIndex) const;
  rt::Status makeInput(size_t index, const std::optional<HostTensor> &given);
  rt::Status makeOutputs();
  /// Whether output `index` is a value of --keep-values.
  bool isKept(size_t index) const {
    return session->outputLayer(index).is_kept != 0;
  }
  std::vector<size_t> getLayerOrder() const;
  rt::Status runOnce();
  rt::Status checkMemory();
  void printText() const;
  void printJson() const;
  void printJsonOutputs(const char *key, size_t begin, size_t end) const;
  std::vector<const DLTensor *> views(const std::vector<Tensor> &tensors) const;

  const RunOptions &options;
  double loadMilliseconds = 0;
  std::optional<Model> model;
  std::optional<Session> session;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  std::vector<const DLTensor *> inputViews;
  std::vector<const DLTensor *> outputViews;
  std::vector<double> times;
  Timing timing;
  std::optional<MemoryCheck> memoryCheck;
  uint64_t anonymousAtLoad = 0;
  uint64_t residentAtLoad = 0;
  /// Set if the runs are to be traced.
  std::optional<TraceRecorder> trace;
};

/// Returns the status of a library call.
rt::Status toStatus(const Status &status);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_NEAP_RUN_RUNNER_H
