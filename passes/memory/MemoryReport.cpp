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
                            {"scratch_bytes_per_thread", scratchBytesPerThread},
                            {"flops", flops},
                            {"input_bytes", inputBytes},
                            {"output_bytes", outputBytes},
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

/// Prints `part / whole`, 1 if both are 0.
static void printRatio(llvm::raw_ostream &os, llvm::StringRef name,
                       int64_t part, int64_t whole) {
  double ratio = whole ? double(part) / double(whole) : 1.0;
  os << llvm::format("  %-24s%16.4f\n", name.str().c_str(), ratio);
}

void MemoryReport::print(llvm::raw_ostream &os) const {
  const std::pair<const char *, int64_t> rows[] = {
      {"peak bytes", getPeakBytes()},  {"weights", weightsBytes},
      {"state", stateBytes},           {"arena", arenaBytes},
      {"max live", maxLiveBytes},      {"lower bound", lowerBoundBytes},
      {"inputs (caller)", inputBytes}, {"outputs (caller)", outputBytes}};
  for (auto [name, bytes] : rows) {
    os << llvm::format("  %-24s", name);
    printBytes(os, bytes);
    os << '\n';
  }
  if (!bounds.empty()) {
    os << "  at the bounds";
    for (const auto &[symbol, bound] : bounds)
      os << ' ' << symbol << '=' << bound;
    os << '\n';
  }
  printRatio(os, "arena / max live", arenaBytes, maxLiveBytes);
  printRatio(os, "max live / lower bound", maxLiveBytes, lowerBoundBytes);
  if (peakTensors.empty())
    return;
  os << "  largest tensors at the peak\n";
  for (const PeakTensor &tensor : peakTensors) {
    os << llvm::format("%16lld", static_cast<long long>(tensor.bytes)) << "  "
       << tensor.name << "  " << tensor.shape << '\n';
  }
}

} // namespace neap
