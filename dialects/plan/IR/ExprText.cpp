// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExprText.cpp - recursive-descent parser of size expressions. Its depth is
// bounded, so that no input can exhaust the stack.
#include "dialects/plan/IR/ExprText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

namespace neap::planir {

namespace {
class ExprParser {
public:
  explicit ExprParser(llvm::StringRef text) : text(text), rest(text) {}

  std::optional<ExprNodes> parse() {
    std::optional<unsigned> root = parseSum();
    skipSpaces();
    if (root && !rest.empty())
      root = fail("the end");
    if (!root)
      return std::nullopt;
    return std::move(nodes);
  }
  std::string takeError() { return std::move(error); }

private:
  using Index = std::optional<unsigned>;
  static constexpr unsigned kMaxDepth = 64;

  Index fail(llvm::StringRef expected) {
    if (error.empty())
      error = ("expected " + expected + " at character " +
               llvm::Twine(text.size() - rest.size()))
                  .str();
    return std::nullopt;
  }
  void skipSpaces() { rest = rest.ltrim(' '); }
  bool consume(llvm::StringRef token) {
    skipSpaces();
    return rest.consume_front(token);
  }
  unsigned addNode(ExprNode node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }
  unsigned addConstant(int64_t value) {
    return addNode({ExprNode::Op::Constant, value, "", 0, 0});
  }
  unsigned addBinary(ExprNode::Op op, unsigned lhs, unsigned rhs) {
    return addNode({op, 0, "", lhs, rhs});
  }

  Index parseSum();
  Index parseProduct();
  Index parseAtom();
  Index parseInteger();
  Index parseNameOrCall();
  Index parseCall(ExprNode::Op op);

  llvm::StringRef text;
  llvm::StringRef rest;
  ExprNodes nodes;
  std::string error;
  unsigned depth = 0;
};
} // namespace

ExprParser::Index ExprParser::parseSum() {
  if (depth == kMaxDepth)
    return fail("fewer nested expressions");
  ++depth;
  Index sum = parseProduct();
  while (sum) {
    bool isPlus = consume("+");
    bool isMinus = !isPlus && consume("-");
    if (!isPlus && !isMinus)
      break;
    Index term = parseProduct();
    if (!term)
      return std::nullopt;
    if (isMinus)
      term = addBinary(ExprNode::Op::Mul, *term, addConstant(-1));
    sum = addBinary(ExprNode::Op::Add, *sum, *term);
  }
  --depth;
  return sum;
}

ExprParser::Index ExprParser::parseProduct() {
  Index product = parseAtom();
  while (product) {
    bool isDivision = consume("//");
    if (!isDivision && !consume("*"))
      break;
    Index factor = parseAtom();
    if (!factor)
      return std::nullopt;
    product = addBinary(isDivision ? ExprNode::Op::FloorDiv : ExprNode::Op::Mul,
                        *product, *factor);
  }
  return product;
}

ExprParser::Index ExprParser::parseAtom() {
  skipSpaces();
  if (rest.empty())
    return fail("a size");
  if (llvm::isDigit(rest.front()) || rest.front() == '-')
    return parseInteger();
  if (!consume("("))
    return parseNameOrCall();
  Index inner = parseSum();
  if (inner && !consume(")"))
    return fail("')'");
  return inner;
}

ExprParser::Index ExprParser::parseInteger() {
  // A sign before a name is a factor of -1.
  if (rest.size() > 1 && rest.front() == '-' && !llvm::isDigit(rest[1])) {
    rest = rest.drop_front();
    if (rest.front() == '-' || depth == kMaxDepth)
      return fail("a size");
    ++depth;
    Index atom = parseAtom();
    --depth;
    if (!atom)
      return std::nullopt;
    return addBinary(ExprNode::Op::Mul, *atom, addConstant(-1));
  }
  int64_t value;
  if (rest.consumeInteger(10, value))
    return fail("a 64-bit integer");
  return addConstant(value);
}

ExprParser::Index ExprParser::parseNameOrCall() {
  llvm::StringRef name = rest.take_while(
      [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
  if (name.empty())
    return fail("a size");
  rest = rest.drop_front(name.size());
  auto op = llvm::StringSwitch<std::optional<ExprNode::Op>>(name)
                .Case("floordiv", ExprNode::Op::FloorDiv)
                .Case("ceildiv", ExprNode::Op::CeilDiv)
                .Case("min", ExprNode::Op::Min)
                .Case("max", ExprNode::Op::Max)
                .Default(std::nullopt);
  if (op)
    return parseCall(*op);
  return addNode({ExprNode::Op::Name, 0, name.str(), 0, 0});
}

ExprParser::Index ExprParser::parseCall(ExprNode::Op op) {
  if (!consume("("))
    return fail("'('");
  Index result = parseSum();
  unsigned numOperands = 1;
  bool isDivision = op == ExprNode::Op::FloorDiv || op == ExprNode::Op::CeilDiv;
  while (result && consume(",")) {
    if (isDivision && numOperands == 2)
      return fail("')'");
    Index operand = parseSum();
    if (!operand)
      return std::nullopt;
    result = addBinary(op, *result, *operand);
    ++numOperands;
  }
  if (!result)
    return std::nullopt;
  if (numOperands < 2)
    return fail("','");
  return consume(")") ? result : fail("')'");
}

std::optional<ExprNodes> parseExprText(llvm::StringRef text,
                                       std::string *error) {
  ExprParser parser(text);
  std::optional<ExprNodes> nodes = parser.parse();
  if (!nodes && error)
    *error = parser.takeError();
  return nodes;
}

bool isExprText(llvm::StringRef text) {
  return parseExprText(text).has_value();
}

std::optional<int64_t> getConstant(llvm::StringRef text) {
  int64_t value;
  if (text.getAsInteger(10, value))
    return std::nullopt;
  return value;
}

} // namespace neap::planir
