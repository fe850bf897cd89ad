// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanWriter.cpp - plan, kernels per instruction set, weights.
#include "compiler/plan_writer/PlanWriter.h"

#include "compiler/plan_writer/ContainerWriter.h"
#include "compiler/plan_writer/PlanBuilder.h"
#include "compiler/plan_writer/PlanSerializer.h"
#include "passes/memory/PlanMemory.h"
#include <cstring>

using namespace mlir;

namespace neap {

/// Turns `error` into a diagnostic at `module`.
static LogicalResult report(ModuleOp module, llvm::Error error) {
  return mlir::emitError(module.getLoc()) << llvm::toString(std::move(error));
}

FailureOr<uint64_t> writeContainer(ModuleOp module,
                                   ArrayRef<KernelsSection> kernels,
                                   const MappedFiles &files,
                                   KernelLookup lookupKernel, StringRef path) {
  auto planOps = module.getOps<planir::PlanModuleOp>();
  if (planOps.empty())
    return mlir::emitError(module.getLoc())
           << "expected a 'plan.module'; run 'neap-plan-memory'";
  FailureOr<plan::Plan> plan = buildPlan(*planOps.begin());
  if (failed(plan))
    return failure();

  // The weights are last: the small sections share the first pages.
  SmallVector<std::pair<SectionSpec, ArrayRef<uint8_t>>> contents;
  std::string planBytes = serializePlan(*plan);
  contents.push_back({{NEAP_SECTION_PLAN, NEAP_ISA_ANY, planBytes.size()},
                      llvm::arrayRefFromStringRef(planBytes)});
  for (const KernelsSection &section : kernels)
    contents.push_back(
        {{NEAP_SECTION_KERNELS, section.isa, section.object.size()},
         section.object});
  SmallVector<SectionSpec> specs(llvm::make_first_range(contents));
  specs.push_back({NEAP_SECTION_WEIGHTS, NEAP_ISA_ANY, plan->constBytes});

  auto writer = ContainerWriter::create(path, specs);
  if (!writer)
    return report(module, writer.takeError());
  for (auto [index, content] : llvm::enumerate(contents))
    std::memcpy((*writer)->getSection(index).data(), content.second.data(),
                content.second.size());
  auto constants = module.lookupSymbol<func::FuncOp>(kConstantsFunction);
  if (constants &&
      failed(evaluateConstants(constants, files, lookupKernel,
                               (*writer)->getSection(contents.size()))))
    return failure();
  if (llvm::Error error = (*writer)->commit())
    return report(module, std::move(error));
  return (*writer)->getFileSize();
}

} // namespace neap
