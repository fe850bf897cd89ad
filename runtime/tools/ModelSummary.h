// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelSummary.h - what a .neap file holds, for a person.
#ifndef NEAP_RUNTIME_TOOLS_MODELSUMMARY_H
#define NEAP_RUNTIME_TOOLS_MODELSUMMARY_H

#include "runtime/base/Status.h"
#include "runtime/include/neap/plan_format.h"
#include "runtime/plan/Plan.h"

#include <string>
#include <vector>

namespace neap::tools {

/// Reads the sections and the plan of a file that need not run here. Errors: as
/// at load, but no plan rule is checked.
rt::Status readModelFile(const std::string &path,
                         std::vector<neap_section_entry> &outSections,
                         plan::Plan &outPlan);

/// Prints producer, sections, signature and the memory of one entry with the
/// tensors that make its peak; marks the kernels for `isa` as those in use.
/// Errors: as above; NOT_FOUND.
rt::Status printSummary(const std::string &path, const std::string &entry,
                        const std::string &isa);

/// Returns an expression as text, such as "8*floor(d/8)".
std::string exprText(const plan::Plan &plan, const plan::Entry &entry,
                     uint32_t id);

/// Returns a tensor's type and shape, such as "f32 [1, seq, 768]".
std::string tensorText(const plan::Plan &plan, const plan::Entry &entry,
                       const plan::Tensor &tensor);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_MODELSUMMARY_H
