// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TestModel.h - builds small plans and models for the tests.
#ifndef NEAP_TEST_RUNTIME_SUPPORT_TESTMODEL_H
#define NEAP_TEST_RUNTIME_SUPPORT_TESTMODEL_H

#include "runtime/plan/Plan.h"
#include "test/runtime/support/PlanBytes.h"

#include <string>
#include <vector>

namespace neap::test {

/// Adds rows to a plan with one entry, "main", and one stream, "cpu".
class PlanBuilder {
public:
  PlanBuilder();

  plan::Plan plan;
  plan::Entry &entry() { return plan.entries[0]; }

  /// Each returns the id of the new row.
  uint32_t constant(int64_t value);
  uint32_t expr(plan::Expr::Op op, uint32_t lhs, uint32_t rhs);
  uint32_t symbol(const std::string &name, int64_t lo, int64_t hi);
  uint32_t kernel(const std::string &name, uint32_t operands, uint32_t sizes);
  uint32_t buffer(const std::string &name, plan::Segment segment,
                  uint64_t offset, uint64_t size);
  uint32_t input(const std::string &name, int64_t numFloats);
  uint32_t output(const std::string &name, int64_t numFloats);

  /// Returns an access of all of a buffer.
  plan::Operand read(uint32_t buffer) const;
  plan::Operand write(uint32_t buffer) const;
  plan::Operand access(uint32_t buffer, plan::Access access) const;

  /// Appends a command to the entry's body.
  plan::Command &launch(const std::string &name, uint32_t kernel,
                        std::vector<plan::Operand> operands,
                        std::vector<uint32_t> sizes, uint32_t numTiles);
  plan::Command &copy(const std::string &name, uint32_t from, uint32_t to);
};

/// Returns the shared object that kernels.c was compiled to.
std::string readTestKernels();

/// Returns a .neap file of `plan`, the test kernels and `weights`.
std::string makeModel(const plan::Plan &plan, const std::string &weights = "");

/// A copy of bytes at a multiple of 64, as loadMemory wants them.
class AlignedBytes {
public:
  explicit AlignedBytes(const std::string &bytes);
  ~AlignedBytes();
  AlignedBytes(const AlignedBytes &) = delete;
  const unsigned char *data() const { return begin; }
  size_t size() const { return numBytes; }

private:
  unsigned char *begin;
  size_t numBytes;
};

/// The plan of most tests: x, y of 4 * n floats, `r = (x + y)^2 + 1`, with the
/// sum in the arena.
PlanBuilder makeSumPlan(int64_t elementsPerTile = 16, int64_t tiles = 4);

} // namespace neap::test

#endif // NEAP_TEST_RUNTIME_SUPPORT_TESTMODEL_H
