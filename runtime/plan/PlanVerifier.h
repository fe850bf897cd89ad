// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanVerifier.h - proves that a plan is safe to run. The compiler calls it
// after planning, the runtime at every load. It knows neither MLIR nor the
// wire format. The rules are listed in dialects/plan/docs/format.md.
#ifndef NEAP_RUNTIME_PLAN_PLANVERIFIER_H
#define NEAP_RUNTIME_PLAN_PLANVERIFIER_H

#include "runtime/plan/Plan.h"

#include <optional>
#include <string>

namespace neap::plan {

/// Returns nothing if `plan` is right, else one sentence that names the entry,
/// the command, the buffers and the byte ranges of the first rule broken.
///
/// Never crashes, whatever the plan holds. Takes time linear in commands times
/// operands, with a logarithm of the live buffers. Thread-safe.
[[nodiscard]] std::optional<std::string> verifyPlan(const Plan &plan);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_PLANVERIFIER_H
