// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/Symbolic/SizedText.h"

#include "dialects/neap/IR/DimExpr.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace neap::test {

/// Returns the expression of `text`, with values for its symbols if given.
static DimExpr readSize(llvm::StringRef text, const Sizes *sizes) {
  DimExpr expr = *DimExpr::parse(text.trim());
  return sizes ? DimExpr(*expr.evaluate(*sizes)) : expr;
}

/// Returns `"a", "b"`.
static std::string quote(llvm::ArrayRef<DimExpr> exprs) {
  auto quoted = llvm::map_to_vector(
      exprs, [](const DimExpr &expr) { return "\"" + expr.str() + "\""; });
  return llvm::join(quoted, ", ");
}

static bool isStatic(llvm::ArrayRef<DimExpr> exprs) {
  return llvm::all_of(exprs, [](const DimExpr &expr) {
    return expr.getConstant().has_value();
  });
}

/// Reads what follows `tensor<` up to its end.
static std::string writeType(llvm::StringRef &text, const Sizes *sizes) {
  llvm::SmallVector<DimExpr> dims;
  while (text.front() == '[' || llvm::isDigit(text.front())) {
    bool isBracketed = text.consume_front("[");
    auto [size, rest] = text.split(isBracketed ? ']' : 'x');
    dims.push_back(readSize(size, sizes));
    text = rest;
    if (isBracketed)
      text.consume_front("x");
  }
  auto [element, rest] = text.split('>');
  text = rest;
  std::string result = "tensor<";
  for (const DimExpr &dim : dims)
    result += (dim.getConstant() ? dim.str() : "?") + "x";
  result += element.str();
  if (!isStatic(dims))
    result += ", #neap.dims<" + quote(dims) + ">";
  return result + ">";
}

/// Reads what follows `dims[` or `dim[` up to its end.
static std::string writeNumbers(llvm::StringRef &text, bool isArray,
                                const Sizes *sizes) {
  auto [list, rest] = text.split(']');
  text = rest;
  llvm::SmallVector<llvm::StringRef> items;
  list.split(items, ',');
  auto exprs = llvm::map_to_vector(
      items, [&](llvm::StringRef item) { return readSize(item, sizes); });
  if (!isStatic(exprs))
    return (isArray ? "#neap.dims<" : "#neap.dim<") + quote(exprs) + ">";
  std::string numbers;
  for (const DimExpr &expr : exprs)
    numbers += (numbers.empty() ? "" : ", ") + expr.str();
  return isArray ? "array<i64: " + numbers + ">" : numbers + " : i64";
}

std::string writeSizes(llvm::StringRef text, const Sizes *sizes) {
  std::string result;
  while (!text.empty()) {
    if (text.consume_front("tensor<"))
      result += writeType(text, sizes);
    else if (text.consume_front("dims["))
      result += writeNumbers(text, /*isArray=*/true, sizes);
    else if (text.consume_front("dim["))
      result += writeNumbers(text, /*isArray=*/false, sizes);
    else {
      result += text.front();
      text = text.drop_front();
    }
  }
  return result;
}

} // namespace neap::test
