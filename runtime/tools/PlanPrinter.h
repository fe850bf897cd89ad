// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanPrinter.h - a plan as text.
#ifndef NEAP_RUNTIME_TOOLS_PLANPRINTER_H
#define NEAP_RUNTIME_TOOLS_PLANPRINTER_H

#include "runtime/plan/Plan.h"

#include <string>

namespace neap::tools {

/// Returns one line for each table row and command; ids that are out of range
/// are printed as numbers. The text of a plan changes only with the plan.
std::string printPlan(const plan::Plan &plan);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_PLANPRINTER_H
