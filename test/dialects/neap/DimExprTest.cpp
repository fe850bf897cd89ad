// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprTest.cpp - the normal form of size expressions, and what follows from
// facts about symbols.
#include "dialects/neap/IR/DimExpr.h"
#include "dialects/neap/IR/NeapAttrs.h"
#include "dialects/neap/IR/NeapDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"

#include <gtest/gtest.h>

using namespace neap;

namespace {

/// Parses what must parse.
DimExpr parse(llvm::StringRef text) {
  std::string error;
  mlir::FailureOr<DimExpr> expr = DimExpr::parse(text, &error);
  EXPECT_TRUE(mlir::succeeded(expr)) << text.str() << ": " << error;
  return mlir::succeeded(expr) ? *expr : DimExpr::unknown();
}

/// Returns the normal form of `text`.
std::string normalize(llvm::StringRef text) { return parse(text).str(); }

/// Returns the message for a text that must not parse.
std::string parseError(llvm::StringRef text) {
  std::string error;
  EXPECT_TRUE(mlir::failed(DimExpr::parse(text, &error))) << text.str();
  return error;
}

TEST(DimExpr, SumsAndProductsHaveOneForm) {
  EXPECT_EQ(normalize("seq + batch"), "batch + seq");
  EXPECT_EQ(normalize("batch*seq - seq*batch"), "0");
  EXPECT_EQ(normalize("(a + b)*(a - b)"), "a*a - b*b");
  EXPECT_EQ(normalize("2*(seq + 3) - 6"), "2*seq");
  EXPECT_EQ(normalize("-a - -b"), "-a + b");
  EXPECT_EQ(normalize("7 - 7"), "0");
}

TEST(DimExpr, DivisionByAConstant) {
  EXPECT_EQ(normalize("8*(d//8)"), "8*(d // 8)");
  EXPECT_EQ(normalize("(8*d + 9)//8"), "d + 1");
  EXPECT_EQ(normalize("(4*d + 2)//8"), "(d // 2)");
  EXPECT_EQ(normalize("d//2//3"), "(d // 6)");
  EXPECT_EQ(normalize("(d//2 + 1)//3"), "((d + 2) // 6)");
  EXPECT_EQ(normalize("-7//2"), "-4");
  EXPECT_EQ(normalize("ceildiv(d, 16)"), normalize("(d + 15)//16"));
  EXPECT_EQ(normalize("ceil(d/2)"), normalize("d ceildiv 2"));
  EXPECT_EQ(normalize("floor(d/2)"), normalize("d floordiv 2"));
}

TEST(DimExpr, DivisionByASymbol) {
  EXPECT_EQ(normalize("batch*seq // seq"), "batch");
  EXPECT_EQ(normalize("(batch*seq + 6*seq) // (2*seq)"),
            normalize("3 + (batch*seq)//(2*seq)"));
  EXPECT_EQ(normalize("(a + b)//(a + b)"), "1");
}

TEST(DimExpr, MinimumAndMaximum) {
  EXPECT_EQ(normalize("min(512, seq)"), normalize("min(seq, 512)"));
  EXPECT_EQ(normalize("min(512, min(seq, 256))"), normalize("min(seq, 256)"));
  EXPECT_EQ(normalize("max(a, a + 1)"), "a + 1");
  EXPECT_EQ(normalize("min(a, a + 1)"), "a");
  EXPECT_EQ(normalize("max(3, 5)"), "5");
  EXPECT_EQ(normalize("Max(a, b) - max(b, a)"), "0");
}

TEST(DimExpr, PrintedFormReadsBack) {
  for (const char *text :
       {"0", "-3", "a*b + 2*(c // 4) - 1", "min(512, 8*(d//8))*batch",
        "((a + b) // (c + 1)) // 2", "-(a//3)*max(b, c, 4)"}) {
    std::string form = normalize(text);
    EXPECT_EQ(normalize(form), form);
  }
}

TEST(DimExpr, WhatDoesNotParse) {
  EXPECT_EQ(parseError(""), "expected a number, a symbol or '(' at column 1");
  EXPECT_EQ(parseError("a +"),
            "expected a number, a symbol or '(' at column 4");
  EXPECT_EQ(parseError("a b"), "expected the end at column 2");
  EXPECT_EQ(parseError("(a"), "expected ')' at column 3");
  EXPECT_EQ(parseError("a / 2"), "expected the end at column 2");
  EXPECT_EQ(parseError("min"), "expected '(' after 'min' at column 4");
  EXPECT_EQ(parseError("floordiv(a)"), "expected two operands at column 12");
  EXPECT_EQ(parseError("99999999999999999999"),
            "expected a number of at most 63 bits at column 1");
  EXPECT_EQ(parseError("a // 0"),
            "expected an expression that fits into 64 bits, with positive "
            "divisors at column 7");
  EXPECT_EQ(parseError(std::string(100, '(')),
            "expected at most 64 levels of nesting at column 65");
  EXPECT_EQ(parseError(std::string(5000, 'a')),
            "expected at most 4096 characters at column 1");
}

TEST(DimExpr, OverflowIsUnknown) {
  DimExpr huge = parse("4611686018427387904");
  EXPECT_FALSE((huge * DimExpr(2)).isKnown());
  EXPECT_FALSE((huge + huge).isKnown());
  EXPECT_FALSE(huge * DimExpr(4) == huge * DimExpr(4));
  EXPECT_EQ((huge * DimExpr(4)).str(), "<unknown>");
  DimExpr sum = parse("a + b + c + d + e + f + g + h");
  EXPECT_FALSE((sum * sum * sum * sum).isKnown());
}

TEST(DimExpr, SymbolNames) {
  EXPECT_TRUE(DimExpr::isSymbolName("past_sequence_length"));
  EXPECT_TRUE(DimExpr::isSymbolName("_d0.size"));
  EXPECT_FALSE(DimExpr::isSymbolName("min"));
  EXPECT_FALSE(DimExpr::isSymbolName("0a"));
  EXPECT_FALSE(DimExpr::isSymbolName("a+b"));
  EXPECT_FALSE(DimExpr::isSymbolName(""));
}

TEST(DimExpr, SubstitutionIsSimultaneous) {
  llvm::StringMap<DimExpr> values;
  values["a"] = DimExpr::symbol("b");
  values["b"] = DimExpr(3);
  EXPECT_EQ(parse("a + 10*b").substitute(values).str(), "b + 30");
  EXPECT_EQ(parse("min(a, b)//2").substitute(values), parse("min(b, 3)//2"));
}

TEST(DimExpr, Values) {
  llvm::StringMap<int64_t> values{{"seq", 100}, {"batch", 2}};
  EXPECT_EQ(parse("batch*min(64, seq) + seq//7").evaluate(values), 142);
  EXPECT_EQ(parse("batch*heads").evaluate(values), std::nullopt);
}

TEST(DimExpr, Bounds) {
  llvm::StringMap<SymbolRange> ranges;
  ranges["seq"] = {1, 512};
  ranges["batch"] = {2, 4};
  using Bounds = std::pair<int64_t, int64_t>;
  EXPECT_EQ(parse("batch*seq").getBounds(ranges), Bounds(2, 2048));
  EXPECT_EQ(parse("min(seq, 64) - batch").getBounds(ranges), Bounds(-3, 62));
  EXPECT_EQ(parse("seq // batch").getBounds(ranges), Bounds(0, 256));
  EXPECT_EQ(parse("heads").getBounds(ranges), std::nullopt);
}

TEST(DimExpr, Symbols) {
  llvm::SmallVector<std::string> expected{"a", "b", "c"};
  EXPECT_EQ(parse("min(c, a) + b//a").getSymbols(), expected);
}

TEST(SymbolFacts, DefinitionsAndSteps) {
  SymbolFacts facts;
  facts.definitions["total"] = parse("past + seq");
  facts.ranges["d"] = {8, 512, 8};
  EXPECT_TRUE(facts.areEqual(parse("total - past"), parse("seq")));
  EXPECT_TRUE(facts.areEqual(parse("8*(d//8)"), parse("d")));
  EXPECT_FALSE(facts.areEqual(parse("16*(d//16)"), parse("d")));
  EXPECT_FALSE(facts.areEqual(parse("total"), parse("seq")));
}

TEST(SymbolFacts, BoundsDecideMinimum) {
  SymbolFacts facts;
  facts.ranges["seq"] = {7, 7};
  EXPECT_TRUE(facts.areEqual(parse("min(512, seq)"), parse("7")));
}

TEST(SymbolFacts, Bounds) {
  SymbolFacts facts;
  facts.ranges["d"] = {8, 512, 8};
  facts.ranges["seq"] = {1, 512};
  EXPECT_EQ(facts.getUpperBound(parse("2*(d//8) + 1")), 129);
  EXPECT_EQ(facts.getUpperBound(parse("heads")), std::nullopt);
  EXPECT_TRUE(facts.isAtLeast(parse("seq + d"), parse("d + 1")));
  EXPECT_FALSE(facts.isAtLeast(parse("d"), parse("seq")));
}

TEST(TensorType, OnlyDynamicTypesCarryDims) {
  mlir::MLIRContext context;
  context.loadDialect<NeapDialect>();
  mlir::Type element = mlir::Builder(&context).getF32Type();
  mlir::RankedTensorType fixed =
      getTensorType({DimExpr(2), DimExpr(3)}, element);
  EXPECT_FALSE(fixed.getEncoding());
  EXPECT_TRUE(fixed.hasStaticShape());
  llvm::SmallVector<DimExpr> dims{parse("batch*seq"), DimExpr(3)};
  mlir::RankedTensorType dynamic = getTensorType(dims, element);
  EXPECT_TRUE(dynamic.isDynamicDim(0));
  EXPECT_EQ(dynamic.getDimSize(1), 3);
  EXPECT_EQ(getDims(dynamic), dims);
  EXPECT_EQ(getNumElements(dims), parse("3*batch*seq"));
}

} // namespace
