// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimExprParser.cpp - reads size expressions: recursive descent with bounds on
// length and depth.
//
//   sum     := product (('+' | '-') product)*
//   product := unary (('*' | '//' | 'floordiv' | 'ceildiv' | '/') unary)*
//   unary   := '-' unary | number | name | '(' sum ')' | name '(' sum, ... ')'
//
// A single '/' is read only below floor() or ceil().
#include "dialects/neap/IR/DimExpr.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace neap;
using llvm::StringRef;
using mlir::failed;
using mlir::failure;
using mlir::FailureOr;

namespace {

constexpr size_t kMaxTextLength = 4096;
constexpr int kMaxDepth = 64;

/// What a single '/' means.
enum class Slash { None, Floor, Ceil };

enum class Function { None, Min, Max, FloorDiv, CeilDiv, Floor, Ceil };

class Parser {
public:
  explicit Parser(StringRef text) : text(text) {}

  FailureOr<DimExpr> parseAll();
  const std::string &getError() const { return error; }

private:
  FailureOr<DimExpr> parseSum(Slash slash);
  FailureOr<DimExpr> parseProduct(Slash slash);
  FailureOr<DimExpr> parseUnary(Slash slash);
  FailureOr<DimExpr> parseNumber();
  FailureOr<DimExpr> parseNameOrCall(Slash slash);
  FailureOr<DimExpr> parseCall(Function function);
  FailureOr<DimExpr> apply(Function function, llvm::ArrayRef<DimExpr> operands);

  /// Consumes `token` if it comes next.
  bool consume(StringRef token);
  /// Consumes `word` if it comes next as a whole word.
  bool consumeWord(StringRef word);
  StringRef peekName();
  FailureOr<DimExpr> fail(const llvm::Twine &expected);

  StringRef text;
  size_t position = 0;
  int depth = 0;
  std::string error;
};

} // namespace

/// Returns whether `c` may stand in a name, at its start or further on.
static bool isNameCharacter(char c, bool isFirst) {
  if (llvm::isAlpha(c) || c == '_')
    return true;
  return !isFirst && (llvm::isDigit(c) || c == '.');
}

/// Returns the function called `name`.
static Function getFunction(StringRef name) {
  return llvm::StringSwitch<Function>(name)
      .Cases({"min", "Min"}, Function::Min)
      .Cases({"max", "Max"}, Function::Max)
      .Case("floordiv", Function::FloorDiv)
      .Case("ceildiv", Function::CeilDiv)
      .Case("floor", Function::Floor)
      .Cases({"ceil", "ceiling"}, Function::Ceil)
      .Default(Function::None);
}

bool DimExpr::isSymbolName(StringRef name) {
  if (name.empty() || !isNameCharacter(name.front(), /*isFirst=*/true))
    return false;
  for (char c : name)
    if (!isNameCharacter(c, /*isFirst=*/false))
      return false;
  return getFunction(name) == Function::None;
}

FailureOr<DimExpr> DimExpr::parse(StringRef text, std::string *error) {
  Parser parser(text);
  FailureOr<DimExpr> result = parser.parseAll();
  if (failed(result) && error)
    *error = parser.getError();
  return result;
}

FailureOr<DimExpr> Parser::parseAll() {
  if (text.size() > kMaxTextLength)
    return fail("at most 4096 characters");
  FailureOr<DimExpr> result = parseSum(Slash::None);
  if (failed(result))
    return failure();
  if (!text.substr(position).ltrim().empty())
    return fail("the end");
  if (!result->isKnown())
    return fail("an expression that fits into 64 bits, with positive divisors");
  return result;
}

FailureOr<DimExpr> Parser::fail(const llvm::Twine &expected) {
  if (error.empty())
    error = ("expected " + expected + " at column " + llvm::Twine(position + 1))
                .str();
  return failure();
}

bool Parser::consume(StringRef token) {
  StringRef rest = text.substr(position).ltrim();
  if (!rest.starts_with(token))
    return false;
  position = text.size() - rest.size() + token.size();
  return true;
}

StringRef Parser::peekName() {
  StringRef rest = text.substr(position).ltrim();
  if (rest.empty() || !isNameCharacter(rest.front(), /*isFirst=*/true))
    return {};
  return rest.take_while(
      [](char c) { return isNameCharacter(c, /*isFirst=*/false); });
}

bool Parser::consumeWord(StringRef word) {
  return peekName() == word && consume(word);
}

FailureOr<DimExpr> Parser::parseSum(Slash slash) {
  FailureOr<DimExpr> result = parseProduct(slash);
  while (!failed(result)) {
    bool isPlus = consume("+");
    if (!isPlus && !consume("-"))
      return result;
    FailureOr<DimExpr> term = parseProduct(slash);
    if (failed(term))
      return failure();
    result = isPlus ? *result + *term : *result - *term;
  }
  return failure();
}

FailureOr<DimExpr> Parser::parseProduct(Slash slash) {
  FailureOr<DimExpr> result = parseUnary(slash);
  while (!failed(result)) {
    bool isProduct = consume("*");
    bool isFloor = !isProduct && (consume("//") || consumeWord("floordiv") ||
                                  (slash == Slash::Floor && consume("/")));
    bool isCeil =
        !isProduct && !isFloor &&
        (consumeWord("ceildiv") || (slash == Slash::Ceil && consume("/")));
    if (!isProduct && !isFloor && !isCeil)
      return result;
    FailureOr<DimExpr> factor = parseUnary(slash);
    if (failed(factor))
      return failure();
    result = isProduct ? *result * *factor
             : isFloor ? result->floorDiv(*factor)
                       : result->ceilDiv(*factor);
  }
  return failure();
}

FailureOr<DimExpr> Parser::parseUnary(Slash slash) {
  if (++depth > kMaxDepth)
    return fail("at most 64 levels of nesting");
  FailureOr<DimExpr> result = failure();
  StringRef rest = text.substr(position).ltrim();
  if (consume("-")) {
    FailureOr<DimExpr> operand = parseUnary(slash);
    if (!failed(operand))
      result = *operand * DimExpr(-1);
  } else if (consume("(")) {
    result = parseSum(slash);
    if (!failed(result) && !consume(")"))
      result = fail("')'");
  } else if (!rest.empty() && llvm::isDigit(rest.front())) {
    result = parseNumber();
  } else if (!peekName().empty()) {
    result = parseNameOrCall(slash);
  } else {
    result = fail("a number, a symbol or '('");
  }
  --depth;
  return result;
}

FailureOr<DimExpr> Parser::parseNumber() {
  StringRef digits = text.substr(position).ltrim().take_while(llvm::isDigit);
  int64_t value;
  if (digits.getAsInteger(10, value))
    return fail("a number of at most 63 bits");
  consume(digits);
  return DimExpr(value);
}

FailureOr<DimExpr> Parser::parseNameOrCall(Slash slash) {
  StringRef name = peekName();
  consume(name);
  Function function = getFunction(name);
  if (function == Function::None)
    return DimExpr::symbol(name);
  if (!consume("("))
    return fail("'(' after '" + name + "'");
  return parseCall(function);
}

FailureOr<DimExpr> Parser::parseCall(Function function) {
  Slash slash = function == Function::Floor  ? Slash::Floor
                : function == Function::Ceil ? Slash::Ceil
                                             : Slash::None;
  llvm::SmallVector<DimExpr> operands;
  do {
    FailureOr<DimExpr> operand = parseSum(slash);
    if (failed(operand))
      return failure();
    operands.push_back(*operand);
  } while (consume(","));
  if (!consume(")"))
    return fail("')'");
  return apply(function, operands);
}

FailureOr<DimExpr> Parser::apply(Function function,
                                 llvm::ArrayRef<DimExpr> operands) {
  bool isRounding = function == Function::Floor || function == Function::Ceil;
  bool isDivision =
      function == Function::FloorDiv || function == Function::CeilDiv;
  if (isRounding && operands.size() != 1)
    return fail("one operand");
  if (isDivision && operands.size() != 2)
    return fail("two operands");
  if (function == Function::FloorDiv)
    return operands[0].floorDiv(operands[1]);
  if (function == Function::CeilDiv)
    return operands[0].ceilDiv(operands[1]);
  DimExpr result = operands.front();
  for (const DimExpr &operand : operands.drop_front())
    result = function == Function::Min ? DimExpr::min(result, operand)
                                       : DimExpr::max(result, operand);
  return result;
}
