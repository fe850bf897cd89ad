// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimBindings.h - what `--dim` says of a model's symbolic dimensions.
#ifndef NEAP_FRONTENDS_ONNX_DIMBINDINGS_H
#define NEAP_FRONTENDS_ONNX_DIMBINDINGS_H

#include "dialects/neap/IR/DimExpr.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace neap::frontend {

/// Turns the dimensions that a model names into expressions.
class DimBindings {
public:
  /// Reads bindings: `NAME=N`, `NAME=LO..HI[:STEP]` or `NAME=EXPRESSION`.
  static llvm::Expected<DimBindings>
  parse(llvm::ArrayRef<std::string> bindings);

  /// Returns the size that `text`, a dimension's name or expression in the
  /// model, stands for. Remembers the symbols that stay open.
  DimExpr resolve(llvm::StringRef text);

  /// Makes a symbol for a size that the data gives in a run, of at most `most`,
  /// if that is known. Its name begins with `stem`.
  DimExpr addCount(llvm::StringRef stem, std::optional<int64_t> most);
  /// Returns whether addCount() has made `symbol`.
  bool isCount(llvm::StringRef symbol) const { return counts.contains(symbol); }

  /// Returns the names of symbols with neither value nor range, in order.
  const std::vector<std::string> &getUnbound() const { return unbound; }
  /// Returns the bindings that no dimension has used, and so are mistakes.
  std::vector<std::string> getUnused() const;
  /// Returns the names of the symbols that the model has, in order.
  const std::vector<std::string> &getNames() const { return names; }
  /// Returns what is known of the symbols that stay: their ranges.
  const SymbolFacts &getFacts() const { return facts; }

private:
  llvm::Error add(llvm::StringRef name, llvm::StringRef value);
  DimExpr resolveSymbol(llvm::StringRef name, unsigned depth);
  DimExpr resolveExpr(const DimExpr &expr, unsigned depth);

  /// By the symbol that stands for a name.
  llvm::StringMap<DimExpr> values;
  SymbolFacts facts;
  /// Bound names as given, and whether a dimension has used them.
  std::map<std::string, bool> isUsed;
  std::vector<std::string> names, unbound;
  llvm::StringSet<> counts;
};

/// Returns `name` with every character that a symbol cannot have replaced.
std::string getSymbolName(llvm::StringRef name);

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_DIMBINDINGS_H
