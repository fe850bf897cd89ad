// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprSimplifyTest.cpp - what bounds and steps decide. Each simplified form
// is also evaluated beside the original at every size that the facts allow.
#include "dialects/neap/IR/DimExprSimplify.h"

#include <gtest/gtest.h>

using namespace neap;

namespace {

DimExpr parse(llvm::StringRef text) {
  mlir::FailureOr<DimExpr> expr = DimExpr::parse(text);
  EXPECT_TRUE(mlir::succeeded(expr)) << text.str();
  return mlir::succeeded(expr) ? *expr : DimExpr::unknown();
}

class Simplify : public ::testing::Test {
protected:
  Simplify() {
    facts.ranges["seq"] = {1, 40};
    facts.ranges["past"] = {0, 9};
    facts.ranges["d"] = {16, 64, 16};
  }

  /// Returns the simplified text, after a comparison at all sizes.
  std::string simplify(llvm::StringRef text) {
    DimExpr expr = parse(text), result = neap::simplify(expr, facts);
    llvm::StringMap<int64_t> values;
    for (values["seq"] = 1; values["seq"] <= 40; ++values["seq"])
      for (values["past"] = 0; values["past"] <= 9; ++values["past"])
        for (values["d"] = 16; values["d"] <= 64; values["d"] += 16)
          EXPECT_EQ(expr.evaluate(values), result.evaluate(values))
              << text.str();
    EXPECT_EQ(neap::simplify(result, facts), result) << text.str();
    return result.str();
  }

  SymbolFacts facts;
};

TEST_F(Simplify, BoundsDecideExtrema) {
  EXPECT_EQ(simplify("min(512, seq)"), "seq");
  EXPECT_EQ(simplify("max(0, past)"), "past");
  EXPECT_EQ(simplify("max(0, seq - 1)"), "seq - 1");
  EXPECT_EQ(simplify("min(past + seq, past + 100)"), "past + seq");
  EXPECT_EQ(simplify("min(seq, 8)"), "min(8, seq)");
  EXPECT_EQ(simplify("max(min(9223372036854775807, seq), 1)"), "seq");
}

TEST_F(Simplify, BoundsDecideQuotients) {
  EXPECT_EQ(simplify("(seq - 1) // 40"), "0");
  EXPECT_EQ(simplify("(seq + 39) // 40"), "1");
}

TEST_F(Simplify, StepsMakeQuotientsExact) {
  EXPECT_EQ(simplify("8*(d // 8)"), "d");
  EXPECT_EQ(simplify("2*((d - 1) // 2) + 2"), "d");
  EXPECT_EQ(simplify("(d - 1) // 2 + 1"), "(d // 2)");
  EXPECT_EQ(simplify("4*(((d - 1) // 2) // 2 + 1)"), "d");
  EXPECT_EQ(simplify("d*seq"), "d*seq");
}

TEST_F(Simplify, EqualOnesHaveOneForm) {
  EXPECT_EQ(simplify("2*((d - 1) // 4 + 1)"), simplify("(d - 1) // 2 + 1"));
  EXPECT_EQ(simplify("seq*(d // 2)"), simplify("(d*seq) // 2"));
}

TEST_F(Simplify, OpenSymbolsStay) {
  EXPECT_EQ(neap::simplify(parse("min(n, 512)"), facts).str(), "min(512, n)");
  EXPECT_FALSE(neap::simplify(DimExpr::unknown(), facts).isKnown());
}

using Bounds = std::optional<std::pair<int64_t, int64_t>>;

// An atom that cancels against the rest is not counted twice.
TEST_F(Simplify, BoundsOfDifferences) {
  EXPECT_EQ(facts.getBounds(parse("seq - min(4, seq)")), Bounds({0, 36}));
  EXPECT_EQ(facts.getBounds(parse("seq - 8*(seq // 8)")), Bounds({0, 7}));
  EXPECT_EQ(facts.getBounds(parse("max(past, seq) - past")), Bounds({0, 40}));
}

} // namespace
