// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RunReport.cpp - prints what a run has given, as text or JSON.
#include "runtime/tools/neap-run/Runner.h"

#include "runtime/tools/Json.h"
#include "runtime/tools/ProcessMemory.h"
#include "runtime/tools/Sha256.h"

#include <cstdio>

namespace neap::tools {
namespace {

using ULL = unsigned long long;

std::string hashOf(const Tensor &tensor) {
  return sha256(tensor.data<uint8_t>(), tensor.sizeInBytes());
}

std::string shapeOf(const Tensor &tensor) {
  return shapeText(tensor.view().shape,
                   static_cast<size_t>(tensor.view().ndim));
}

} // namespace

void Runner::print() const {
  if (options.json)
    printJson();
  else
    printText();
}

void Runner::printText() const {
  neap_memory_info_t memory = session->memory();
  for (size_t i = 0; i < outputs.size(); ++i) {
    neap_tensor_info_t info = session->output(i);
    std::printf("%s '%s': %s %s sha256 %s\n",
                isKept(i) ? "kept value" : "output", info.name,
                typeName(fromDataType(info.dtype)), shapeOf(outputs[i]).c_str(),
                hashOf(outputs[i]).c_str());
  }
  std::printf("threads %u, kernels for %s, loaded in %.3f ms\n",
              memory.num_threads, model->isa(), loadMilliseconds);
  std::printf("%zu run%s: median %.3f ms, p10 %.3f, p90 %.3f, min %.3f\n",
              times.size(), times.size() == 1 ? "" : "s", timing.median,
              timing.p10, timing.p90, timing.min);
  if (memoryCheck)
    std::printf("memory: %llu bytes of anonymous writable memory gained (%llu "
                "resident), %llu declared\n",
                ULL(memoryCheck->gained), ULL(memoryCheck->residentGained),
                ULL(memoryCheck->declared));
}

/// Prints the outputs from `begin` to before `end` as the member `key`.
void Runner::printJsonOutputs(const char *key, size_t begin, size_t end) const {
  std::printf("  \"%s\": [", key);
  for (size_t i = begin; i < end; ++i) {
    neap_tensor_info_t info = session->output(i);
    std::printf("%s\n    {\"name\": %s, \"type\": \"%s\", \"shape\": %s, "
                "\"sha256\": \"%s\"}",
                i == begin ? "" : ",", jsonString(info.name).c_str(),
                typeName(fromDataType(info.dtype)), shapeOf(outputs[i]).c_str(),
                hashOf(outputs[i]).c_str());
  }
  std::printf("\n  ]");
}

void Runner::printJson() const {
  neap_memory_info_t memory = session->memory();
  ProcessMemory process = readProcessMemory();
  std::printf("{\n  \"entry\": %s,\n  \"isa\": %s,\n  \"threads\": %u,\n",
              jsonString(options.entry).c_str(),
              jsonString(model->isa()).c_str(), memory.num_threads);
  std::printf(
      "  \"runs\": %zu,\n  \"median_ms\": %.6f,\n  \"p10_ms\": %.6f,\n"
      "  \"p90_ms\": %.6f,\n  \"min_ms\": %.6f,\n  \"load_ms\": %.6f,\n",
      times.size(), timing.median, timing.p10, timing.p90, timing.min,
      loadMilliseconds);
  std::printf("  \"arena_bytes\": %llu,\n  \"const_bytes\": %llu,\n"
              "  \"state_bytes\": %llu,\n  \"input_bytes\": %llu,\n"
              "  \"output_bytes\": %llu,\n  \"reserve_bytes\": %llu,\n"
              "  \"process_reserve_bytes\": %llu,\n",
              ULL(memory.arena_bytes), ULL(memory.const_bytes),
              ULL(memory.state_bytes), ULL(memory.input_bytes),
              ULL(memory.output_bytes),
              ULL(memory.table_bytes) +
                  memory.bytes_per_thread * memory.num_own_threads,
              ULL(kProcessReserveBytes));
  std::printf("  \"peak_rss_bytes\": %llu,\n  \"rss_anon_bytes\": %llu,\n"
              "  \"rss_file_bytes\": %llu,\n",
              ULL(process.peakRss), ULL(process.rssAnon), ULL(process.rssFile));
  if (memoryCheck)
    std::printf("  \"memory_check\": {\"gained_bytes\": %llu, "
                "\"resident_gained_bytes\": %llu, \"declared_bytes\": %llu},\n",
                ULL(memoryCheck->gained), ULL(memoryCheck->residentGained),
                ULL(memoryCheck->declared));
  size_t firstKept = 0;
  while (firstKept < outputs.size() && !isKept(firstKept))
    ++firstKept;
  printJsonOutputs("outputs", 0, firstKept);
  if (firstKept < outputs.size()) {
    std::printf(",\n");
    printJsonOutputs("kept", firstKept, outputs.size());
  }
  std::printf("\n}\n");
}

} // namespace neap::tools
