// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Model.cpp - loads a .neap file: container, plan, kernels, weights.
#include "runtime/executor/Model.h"

#include "runtime/base/Format.h"
#include "runtime/device/cpu/CpuFeatures.h"
#include "runtime/plan/Container.h"
#include "runtime/plan/PlanReader.h"
#include "runtime/plan/PlanVerifier.h"

#include <algorithm>

namespace neap::rt {
namespace {

/// Returns the instruction sets of the file's kernels, the best first.
std::vector<uint32_t>
listKernelIsas(const std::vector<neap_section_entry> &sections) {
  std::vector<uint32_t> isas;
  for (const neap_section_entry &section : sections)
    if (section.kind == NEAP_SECTION_KERNELS)
      isas.push_back(section.isa);
  std::sort(isas.rbegin(), isas.rend());
  return isas;
}

std::string listNames(const std::vector<uint32_t> &isas) {
  std::string names;
  for (uint32_t isa : isas)
    names += (names.empty() ? "" : ", ") + plan::isaName(isa);
  return names;
}

/// Picks the best kernels that run here, or those of `wanted` if that is set.
Status chooseIsa(const std::vector<uint32_t> &isas, const std::string &wanted,
                 uint32_t &outIsa) {
  if (isas.empty())
    return Status::error(StatusCode::DataLoss,
                         "the file has no kernels section");
  std::string reasons;
  bool found = false;
  for (uint32_t isa : isas) {
    std::string name = plan::isaName(isa);
    if (!wanted.empty() && wanted != name)
      continue;
    found = true;
    std::string missing = missingFeatures(isa);
    outIsa = isa;
    if (missing.empty())
      return Status();
    reasons += "; for " + name + " this machine lacks " + missing;
  }
  if (!found)
    return Status::error(StatusCode::FailedPrecondition,
                         "the file has kernels for %s, not for %s",
                         listNames(isas).c_str(), quoted(wanted).c_str());
  return Status::error(StatusCode::FailedPrecondition,
                       "the file has kernels for %s%s; compile it with --isa",
                       listNames(isas).c_str(), reasons.c_str());
}

} // namespace

Status Model::loadFile(const std::string &path, const ModelOptions &options,
                       std::shared_ptr<const Model> &outModel) {
  std::string context = quoted(path);
  MappedFile file;
  if (Status status = file.open(path); !status.isOk())
    return std::move(status).withContext(context);
  FileView whole;
  if (Status status = file.map(0, file.sizeInBytes(), whole); !status.isOk())
    return std::move(status).withContext(context);
  auto model = std::make_shared<Model>();
  Status status = model->load(whole.data(), file.sizeInBytes(), options);
  if (status.isOk())
    status = file.map(model->weightsSection.offset, model->weightsSection.size,
                      model->weightsView);
  if (!status.isOk())
    return std::move(status).withContext(context);
  model->weightsBegin = model->weightsView.data();
  outModel = std::move(model);
  return Status();
}

Status Model::loadMemory(const uint8_t *data, uint64_t sizeInBytes,
                         const ModelOptions &options,
                         std::shared_ptr<const Model> &outModel) {
  if (reinterpret_cast<uintptr_t>(data) % NEAP_BUFFER_ALIGNMENT != 0)
    return Status::error(StatusCode::InvalidArgument,
                         "the model's memory is at %p, expected a multiple of "
                         "%u bytes",
                         static_cast<const void *>(data),
                         NEAP_BUFFER_ALIGNMENT);
  auto model = std::make_shared<Model>();
  if (Status status = model->load(data, sizeInBytes, options); !status.isOk())
    return std::move(status).withContext("model in memory");
  model->weightsBegin = data + model->weightsSection.offset;
  outModel = std::move(model);
  return Status();
}

Status Model::load(const uint8_t *data, uint64_t sizeInBytes,
                   const ModelOptions &options) {
  NEAP_RETURN_IF_ERROR(plan::readContainer(data, sizeInBytes, sections));
  NEAP_RETURN_IF_ERROR(readPlanSection(data));
  NEAP_RETURN_IF_ERROR(openKernels(data, options.isa));
  NEAP_RETURN_IF_ERROR(findWeights());
  for (const neap_section_entry &section : sections)
    if (options.verifyAll)
      NEAP_RETURN_IF_ERROR(plan::checkSection(data, section));
  thePrograms.resize(thePlan.entries.size());
  for (size_t i = 0; i < thePrograms.size(); ++i)
    NEAP_RETURN_IF_ERROR(
        buildProgram(thePlan, thePlan.entries[i], kernels, thePrograms[i]));
  return Status();
}

Status Model::readPlanSection(const uint8_t *data) {
  const neap_section_entry *section =
      plan::findSection(sections, NEAP_SECTION_PLAN, NEAP_ISA_ANY);
  if (!section)
    return Status::error(StatusCode::DataLoss, "the file has no plan section");
  NEAP_RETURN_IF_ERROR(plan::checkSection(data, *section));
  NEAP_RETURN_IF_ERROR(
      plan::readPlan(data + section->offset, section->size, thePlan));
  if (thePlan.kernelAbi != NEAP_KERNEL_ABI_VERSION)
    return Status::error(StatusCode::FailedPrecondition,
                         "the plan is for kernel ABI %u; this runtime calls %u",
                         thePlan.kernelAbi, NEAP_KERNEL_ABI_VERSION);
  if (auto problem = plan::verifyPlan(thePlan))
    return Status::error(StatusCode::InvalidArgument,
                         "the plan breaks a rule: %s", problem->c_str());
  return Status();
}

Status Model::openKernels(const uint8_t *data, const std::string &wanted) {
  NEAP_RETURN_IF_ERROR(chooseIsa(listKernelIsas(sections), wanted, isaNumber));
  isaText = plan::isaName(isaNumber);
  const neap_section_entry *section =
      plan::findSection(sections, NEAP_SECTION_KERNELS, isaNumber);
  NEAP_RETURN_IF_ERROR(plan::checkSection(data, *section));
  return kernels.open(data + section->offset, section->size, thePlan.kernels);
}

Status Model::findWeights() {
  const neap_section_entry *section =
      plan::findSection(sections, NEAP_SECTION_WEIGHTS, isaNumber);
  if (!section)
    section = plan::findSection(sections, NEAP_SECTION_WEIGHTS, NEAP_ISA_ANY);
  uint64_t size = section ? section->size : 0;
  if (size < thePlan.constBytes)
    return Status::error(StatusCode::DataLoss,
                         "the plan needs %llu bytes of weights, but the "
                         "weights section has %llu",
                         static_cast<unsigned long long>(thePlan.constBytes),
                         static_cast<unsigned long long>(size));
  if (section)
    weightsSection = *section;
  return Status();
}

} // namespace neap::rt
