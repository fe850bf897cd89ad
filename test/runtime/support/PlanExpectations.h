// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanExpectations.h - what a test expects of the plan verifier.
#ifndef NEAP_TEST_RUNTIME_SUPPORT_PLANEXPECTATIONS_H
#define NEAP_TEST_RUNTIME_SUPPORT_PLANEXPECTATIONS_H

#include "runtime/plan/PlanVerifier.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace neap::test {

/// Expects that `checked` is refused with a message that holds `part`.
inline void expectRefused(const plan::Plan &checked, const std::string &part) {
  std::optional<std::string> problem = plan::verifyPlan(checked);
  ASSERT_TRUE(problem) << "expected a message with: " << part;
  EXPECT_NE(problem->find(part), std::string::npos) << *problem;
}

/// Expects that `checked` is accepted.
inline void expectRight(const plan::Plan &checked) {
  std::optional<std::string> problem = plan::verifyPlan(checked);
  EXPECT_FALSE(problem) << *problem;
}

} // namespace neap::test

#endif // NEAP_TEST_RUNTIME_SUPPORT_PLANEXPECTATIONS_H
