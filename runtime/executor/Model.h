// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Model.h - a loaded .neap file.
#ifndef NEAP_RUNTIME_EXECUTOR_MODEL_H
#define NEAP_RUNTIME_EXECUTOR_MODEL_H

#include "runtime/base/Status.h"
#include "runtime/device/cpu/KernelLibrary.h"
#include "runtime/executor/Program.h"
#include "runtime/include/neap/plan_format.h"
#include "runtime/memory/MappedFile.h"
#include "runtime/plan/Plan.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace neap::rt {

struct ModelOptions {
  /// Check every section, also weights and kernels that are not in use.
  bool verifyAll = false;
  /// Use the kernels of this instruction set; empty: the best.
  std::string isa;
};

/// Plan, kernels and weights. Immutable after loading. Thread-safe.
class Model {
public:
  /// Loads from a file. Errors: see neap_model_load_file.
  static Status loadFile(const std::string &path, const ModelOptions &options,
                         std::shared_ptr<const Model> &outModel);

  /// Loads from memory that outlives the model; 64-byte aligned.
  static Status loadMemory(const uint8_t *data, uint64_t sizeInBytes,
                           const ModelOptions &options,
                           std::shared_ptr<const Model> &outModel);

  const plan::Plan &plan() const { return thePlan; }
  const std::vector<Program> &programs() const { return thePrograms; }
  /// First byte of the const segment; kernels never write it.
  const uint8_t *weights() const { return weightsBegin; }
  const std::string &isa() const { return isaText; }

private:
  Status load(const uint8_t *data, uint64_t sizeInBytes,
              const ModelOptions &options);
  Status readPlanSection(const uint8_t *data);
  Status openKernels(const uint8_t *data, const std::string &isa);
  Status findWeights();

  std::vector<neap_section_entry> sections;
  plan::Plan thePlan;
  uint32_t isaNumber = NEAP_ISA_ANY;
  std::string isaText;
  KernelLibrary kernels;
  std::vector<Program> thePrograms;
  neap_section_entry weightsSection = {};
  FileView weightsView;
  const uint8_t *weightsBegin = nullptr;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_MODEL_H
