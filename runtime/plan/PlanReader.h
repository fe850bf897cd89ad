// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanReader.h - from the bytes of plan.proto to the structs of Plan.h.
#ifndef NEAP_RUNTIME_PLAN_PLANREADER_H
#define NEAP_RUNTIME_PLAN_PLANREADER_H

#include "runtime/base/Status.h"
#include "runtime/plan/Plan.h"

#include <cstddef>

namespace neap::plan {

/// Reads a serialized plan. Unknown fields are skipped, as protobuf asks. It
/// checks the wire format alone; verifyPlan does the rest.
///
/// Errors: DATA_LOSS if the bytes are not a message of this kind or nest too
/// deeply, RESOURCE_EXHAUSTED if memory runs out.
rt::Status readPlan(const void *data, size_t sizeInBytes, Plan &outPlan);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_PLANREADER_H
