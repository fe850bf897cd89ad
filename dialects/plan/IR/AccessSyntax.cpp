// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AccessSyntax.cpp - parses and prints `(read %a[0, 64], ...)`.
#include "dialects/plan/IR/AccessSyntax.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap::planir {

/// Parses `read %a[0, 64]`, and `in_place_of N` if it follows.
static ParseResult
parseAccess(OpAsmParser &parser,
            SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
            SmallVectorImpl<Attribute> &accesses) {
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  uint64_t offset = 0, length = 0;
  if (parser.parseKeyword(&keyword) ||
      parser.parseOperand(buffers.emplace_back()) || parser.parseLSquare() ||
      parser.parseInteger(offset) || parser.parseComma() ||
      parser.parseInteger(length) || parser.parseRSquare())
    return failure();
  std::optional<AccessKind> kind = symbolizeAccessKind(keyword);
  if (!kind)
    return parser.emitError(loc)
           << "expected 'read', 'write', 'read_write' or 'scratch', got '"
           << keyword << "'";
  int64_t inPlaceOf = -1;
  if (succeeded(parser.parseOptionalKeyword("in_place_of")) &&
      parser.parseInteger(inPlaceOf))
    return failure();
  accesses.push_back(
      AccessAttr::get(parser.getContext(), *kind, offset, length, inPlaceOf));
  return success();
}

ParseResult
parseAccesses(OpAsmParser &parser,
              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &buffers,
              ArrayAttr &accesses) {
  SmallVector<Attribute> parsed;
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&]() {
        return parseAccess(parser, buffers, parsed);
      }))
    return failure();
  accesses = parser.getBuilder().getArrayAttr(parsed);
  return success();
}

void printAccesses(OpAsmPrinter &printer, Operation *op, OperandRange buffers,
                   ArrayAttr accesses) {
  printer << '(';
  llvm::interleaveComma(llvm::zip(buffers, accesses.getAsRange<AccessAttr>()),
                        printer, [&](auto pair) {
                          auto [buffer, access] = pair;
                          printer << stringifyAccessKind(access.getKind())
                                  << ' ' << buffer << '[' << access.getOffset()
                                  << ", " << access.getLength() << ']';
                          if (access.getInPlaceOf() >= 0)
                            printer << " in_place_of " << access.getInPlaceOf();
                        });
  printer << ')';
}

} // namespace neap::planir
