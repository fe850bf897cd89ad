// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanSerializer.h - from the structs of a plan to the bytes of plan.proto.
#ifndef NEAP_COMPILER_PLAN_WRITER_PLANSERIALIZER_H
#define NEAP_COMPILER_PLAN_WRITER_PLANSERIALIZER_H

#include "runtime/plan/Plan.h"
#include <string>

namespace neap {

/// Returns `plan` as a protobuf message; equal plans give equal bytes.
std::string serializePlan(const plan::Plan &plan);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_PLANSERIALIZER_H
