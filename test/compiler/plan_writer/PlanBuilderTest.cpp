// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanBuilderTest.cpp - from the plan dialect to bytes, and back through the
// runtime's reader.
#include "compiler/plan_writer/PlanBuilder.h"

#include "compiler/plan_writer/PlanSerializer.h"
#include "runtime/plan/PlanReader.h"
#include "runtime/plan/PlanVerifier.h"
#include "test/compiler/plan_writer/ParseModule.h"
#include <gtest/gtest.h>

using namespace neap;

namespace {

/// A plan with every message of plan.proto.
constexpr const char *kEverything = R"mlir(
plan.module attributes {const_bytes = 64 : i64, kernel_abi = 1 : i64,
    max_threads = 2 : i64, producer = "test", state_bytes = 64 : i64} {
  plan.symbol "seq" 8 to 32 step 8
  plan.symbol "half" 0 to 16 step 1 is "floordiv(seq, 2)"
  plan.kernel @scale operands 3 sizes 1
  plan.state_slice "cache" : f32 ["16"] offset 0 size 64
  plan.entry @main attributes {arena_bytes = 320 : i64,
      arena_lower_bound_bytes = 256 : i64, flops = 7 : i64, lower_bound_bytes = 128 : i64, max_live_bytes = 192 : i64,
      peak_tensors = [#plan.peak_tensor<"layer", 128, "32xf32">]} {
    %s = plan.stream "compute" device 0
    %t = plan.stream "copy" device 0
    %n = plan.scalar "count" 0 to 4
    %i = plan.scalar "iteration" 0 to 7
    %x = plan.buffer "x" input offset 0 size 128 as "4*seq" bits 32
    %c = plan.buffer "c" input offset 0 size 8 as "8" bits 64
    %b = plan.buffer "b" input offset 0 size 1 as "1" bits 8
    %y = plan.buffer "y" output offset 0 size 128 as "4*seq" bits 32
    %w = plan.buffer "w" const offset 0 size 64 as "64" bits 32
    %k = plan.buffer "k" state offset 0 size 64 as "64" bits 32
    %a = plan.buffer "a" arena offset 0 size 128 as "128" bits 32
    %d = plan.buffer "d" arena offset 0 size 128 as "128" bits 32
    %e = plan.buffer "e" arena offset 128 size 128 as "128" bits 8
    plan.input "x" %x : f32 ["seq"]
    plan.input "c" %c : i64 []
    plan.input "b" %b : i1 []
    plan.output "y" %y : f32 ["seq"]
    %0 = plan.read_scalar "read"(read %c[0, 8]) into %n on %s
    %1 = plan.copy "load"(read %x[0, 128], write %a[0, 128]) on %t
    %2 = plan.launch "scale" @scale(read %a[0, 128], read %w[0, 64], write %d[0, 128] in_place_of 0) sizes ["half"] tiles "ceildiv(seq, 8)" per_block 2 scratch 64 per_thread in %e <scratch, 0, 128> on %s wait %1
    %3 = plan.loop "repeat"() trips "count" iteration %i on %s {
      %4 = plan.copy "keep"(read %k[0, 64], write %e[64, 64]) on %s
    }
    %5 = plan.if "choose"(read %b[0, 1]) on %s {
      %6 = plan.copy "yes"(read %d[0, 128], write %y[0, 128]) on %s
    } else {
      %7 = plan.copy "no"(read %x[0, 128], write %y[0, 128]) on %s
    }
  }
}
)mlir";

plan::Plan readBack(const std::string &bytes) {
  plan::Plan plan;
  rt::Status status = plan::readPlan(bytes.data(), bytes.size(), plan);
  EXPECT_TRUE(status.isOk());
  return plan;
}

class PlanBuilderTest : public testing::Test {
protected:
  mlir::FailureOr<plan::Plan> build(llvm::StringRef text) {
    module = context.parse(text);
    if (!module)
      return mlir::failure();
    return buildPlan(*module->getOps<planir::PlanModuleOp>().begin());
  }

  test::DiagnosticContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(PlanBuilderTest, KeepsEveryMessage) {
  mlir::FailureOr<plan::Plan> plan = build(kEverything);
  ASSERT_TRUE(mlir::succeeded(plan)) << context.getMessages();
  EXPECT_EQ(plan->maxThreads, 2u);
  ASSERT_EQ(plan->symbols.size(), 2u);
  EXPECT_EQ(plan->symbols[0].step, 8);
  EXPECT_NE(plan->symbols[1].definition, 0u);
  ASSERT_EQ(plan->state.size(), 1u);
  EXPECT_EQ(plan->state[0].size, 64u);
  ASSERT_EQ(plan->entries.size(), 1u);
  const plan::Entry &entry = plan->entries[0];
  ASSERT_EQ(entry.body.commands.size(), 5u);
  EXPECT_EQ(entry.buffers[entry.inputs[1].buffer].index, 1u);
  const plan::Command &launch = entry.body.commands[2];
  EXPECT_EQ(launch.waits, std::vector<uint32_t>{1});
  EXPECT_EQ(launch.operands[2].inPlaceOf, 1u);
  EXPECT_EQ(launch.scratch->length, 128u);
  EXPECT_EQ(std::get<plan::Loop>(entry.body.commands[3].kind).iterationScalar,
            2u);
  EXPECT_EQ(std::get<plan::If>(entry.body.commands[4].kind)
                .elseBlock.commands[0]
                .name,
            "no");
}

TEST_F(PlanBuilderTest, RuntimeReadsTheSamePlan) {
  mlir::FailureOr<plan::Plan> plan = build(kEverything);
  ASSERT_TRUE(mlir::succeeded(plan)) << context.getMessages();
  std::string bytes = serializePlan(*plan);
  plan::Plan read = readBack(bytes);
  EXPECT_EQ(serializePlan(read), bytes);
  EXPECT_EQ(plan::verifyPlan(read), std::nullopt);
  EXPECT_EQ(read.entries[0].memory.peakTensors[0].name, "layer");
  EXPECT_EQ(read.entries[0].memory.flops, 7u);
  EXPECT_EQ(read.entries[0].memory.arenaLowerBoundBytes, 256u);
}

TEST_F(PlanBuilderTest, EqualExpressionsAreOneRow) {
  mlir::FailureOr<plan::Plan> plan = build(kEverything);
  ASSERT_TRUE(mlir::succeeded(plan));
  for (size_t i = 0; i < plan->exprs.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      EXPECT_FALSE(plan->exprs[i].op == plan->exprs[j].op &&
                   plan->exprs[i].value == plan->exprs[j].value &&
                   plan->exprs[i].lhs == plan->exprs[j].lhs &&
                   plan->exprs[i].rhs == plan->exprs[j].rhs);
}

TEST_F(PlanBuilderTest, UnknownSymbolIsNamed) {
  std::string text = kEverything;
  text.replace(text.find("\"half\"] tiles"), 6, "\"none\"");
  EXPECT_TRUE(mlir::failed(build(text)));
  EXPECT_NE(context.getMessages().find("expected a symbol or scalar of the "
                                       "plan, got 'none'"),
            std::string::npos)
      << context.getMessages();
}

TEST_F(PlanBuilderTest, NegativeNumbersSurvive) {
  std::string text = kEverything;
  text.replace(text.find("0 to 4"), 6, "-3 to 4");
  // The loop must not run a negative number of times.
  text.replace(text.find("trips \"count\""), 13, "trips \"max(count, 0)\"");
  mlir::FailureOr<plan::Plan> plan = build(text);
  ASSERT_TRUE(mlir::succeeded(plan)) << context.getMessages();
  EXPECT_EQ(readBack(serializePlan(*plan)).entries[0].scalars[0].lo, -3);
}

//===----------------------------------------------------------------------===//
// Mutations: what one op cannot see, the whole-plan verifier must
//===----------------------------------------------------------------------===//

struct Mutation {
  const char *name;
  const char *from;
  const char *to;
  const char *message;
};

class PlanMutationTest : public testing::TestWithParam<Mutation> {};

TEST_P(PlanMutationTest, IsRefused) {
  std::string text = kEverything;
  size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, strlen(GetParam().from), GetParam().to);
  test::DiagnosticContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module = context.parse(text);
  if (module)
    EXPECT_TRUE(mlir::failed(
        buildPlan(*module->getOps<planir::PlanModuleOp>().begin())));
  EXPECT_NE(context.getMessages().find(GetParam().message), std::string::npos)
      << context.getMessages();
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanMutationTest,
    testing::Values(
        Mutation{"MissingWait", " wait %1", "", "without waiting for"},
        Mutation{"UseBeforeWrite",
                 "%1 = plan.copy \"load\"(read %x[0, 128], write %a[0, 128])",
                 "%1 = plan.copy \"load\"(read %x[0, 64], write %a[0, 64])",
                 "is read, but"},
        Mutation{"UndeclaredOverlap", " in_place_of 0", "", "overlaps"},
        Mutation{"ScratchOverLiveBuffer", "\"e\" arena offset 128 size 128",
                 "\"e\" arena offset 64 "
                 "size 128",
                 "overlaps"},
        Mutation{"OutsideArena", "\"e\" arena offset 128 size 128",
                 "\"e\" arena offset 256 size 128",
                 "expected bytes inside the arena segment"},
        Mutation{"AccessOutsideBuffer", "write %e[64, 64]", "write %e[128, 64]",
                 "expected an access inside"},
        Mutation{"OutputNotWritten",
                 "\"yes\"(read %d[0, 128], write %y[0, 128])",
                 "\"yes\"(read %d[0, 64], write %y[0, 64])",
                 "is not written on every path"},
        Mutation{"WritesConst", "read %w[0, 64]", "write %w[0, 64]",
                 "expected it to be only read"},
        Mutation{"ScalarNotSet", "trips \"count\"", "trips \"iteration\"",
                 "is not set"}),
    [](const testing::TestParamInfo<Mutation> &info) {
      return info.param.name;
    });

} // namespace
