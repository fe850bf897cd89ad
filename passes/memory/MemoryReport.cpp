// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MemoryReport.cpp - the figures of a plan as JSON and as text.
#include "passes/memory/MemoryReport.h"

#include "llvm/Support/Format.h"

namespace neap {

llvm::json::Object MemoryReport::toJson() const {
  llvm::json::Array tensors;
  for (const PeakTensor &tensor : peakTensors)
    tensors.push_back(llvm::json::Object{{"name", tensor.name},
                                         {"bytes", tensor.bytes},
                                         {"shape", tensor.shape}});
  llvm::json::Object object{{"peak_bytes", getPeakBytes()},
                            {"weights_bytes", weightsBytes},
                            {"state_bytes", stateBytes},
                            {"arena_bytes", arenaBytes},
                            {"max_live_bytes", maxLiveBytes},
                            {"lower_bound_bytes", lowerBoundBytes},
                            {"arena_lower_bound_bytes", arenaLowerBoundBytes},
                            {"arena_proved", isArenaProved()},
                            {"order_proved", isOrderProved()},
                            {"greedy_arena_bytes", greedyArenaBytes},
                            {"scratch_bytes_per_thread", scratchBytesPerThread},
                            {"flops", flops},
                            {"input_bytes", inputBytes},
                            {"output_bytes", outputBytes},
                            {"kept_bytes", keptBytes},
                            {"peak_tensors", std::move(tensors)}};
  if (bounds.empty())
    return object;
  llvm::json::Object sizes;
  for (const auto &[symbol, bound] : bounds)
    sizes[symbol] = bound;
  object["bounds"] = std::move(sizes);
  return object;
}

/// Prints `bytes` in digits and, if large, in a unit.
static void printBytes(llvm::raw_ostream &os, int64_t bytes) {
  os << llvm::format("%16lld", static_cast<long long>(bytes));
  static constexpr const char *kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = bytes;
  int unit = -1;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    ++unit;
  }
  if (unit >= 0)
    os << llvm::format("  (%.1f ", value) << kUnits[unit] << ')';
}

static void printRow(llvm::raw_ostream &os, const char *name, int64_t bytes) {
  os << llvm::format("  %-24s", name);
  printBytes(os, bytes);
  os << '\n';
}

/// Returns `part / whole`, 1 if both are 0.
static double getRatio(int64_t part, int64_t whole) {
  return whole ? double(part) / double(whole) : 1.0;
}

/// Prints a ratio and, of what it is about, whether `bytes` are the least there
/// can be, or else how far above the proved bound they are.
static void printRatio(llvm::raw_ostream &os, const char *name, double ratio,
                       int64_t bytes, int64_t lowerBound) {
  os << llvm::format("  %-24s%16.4f  ", name, ratio);
  if (bytes == lowerBound)
    os << "proved optimal\n";
  else
    os << llvm::format("at most %.2f %% above the optimum\n",
                       100 * (getRatio(bytes, lowerBound) - 1));
}

void MemoryReport::print(llvm::raw_ostream &os) const {
  const std::pair<const char *, int64_t> rows[] = {
      {"peak bytes", getPeakBytes()},  {"weights", weightsBytes},
      {"state", stateBytes},           {"arena", arenaBytes},
      {"max live", maxLiveBytes},      {"lower bound", lowerBoundBytes},
      {"inputs (caller)", inputBytes}, {"outputs (caller)", outputBytes}};
  for (auto [name, bytes] : rows)
    printRow(os, name, bytes);
  if (keptBytes)
    printRow(os, "kept values (caller)", keptBytes);
  if (!bounds.empty()) {
    os << "  at the bounds";
    for (const auto &[symbol, bound] : bounds)
      os << ' ' << symbol << '=' << bound;
    os << '\n';
  }
  printRatio(os, "arena / max live", getRatio(arenaBytes, maxLiveBytes),
             arenaBytes, arenaLowerBoundBytes);
  printRatio(os, "max live / lower bound",
             getRatio(maxLiveBytes, lowerBoundBytes), maxLiveBytes,
             lowerBoundBytes);
  if (peakTensors.empty())
    return;
  os << "  largest tensors at the peak\n";
  for (const PeakTensor &tensor : peakTensors) {
    os << llvm::format("%16lld", static_cast<long long>(tensor.bytes)) << "  "
       << tensor.name << "  " << tensor.shape << '\n';
  }
}

} // namespace neap
