// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizeBounds.h - sizes of tensors at the upper bounds of the symbols, and as
// texts of the plan. Interval arithmetic over such a text, which is all that
// the plan's verifier has, comes to the same bound.
#ifndef NEAP_PASSES_MEMORY_SIZEBOUNDS_H
#define NEAP_PASSES_MEMORY_SIZEBOUNDS_H

#include "dialects/neap/IR/DimExpr.h"

#include <optional>
#include <string>

namespace neap {

class SizeBounds {
public:
  explicit SizeBounds(SymbolFacts facts) : facts(std::move(facts)) {}

  /// Returns the bytes of a tensor of `type` at the bounds; nothing if a symbol
  /// has no range, or if they leave 64 bits.
  std::optional<int64_t> findBytes(mlir::Type type) const;
  /// Returns the same for a type that is known to have a bound.
  int64_t getBytes(mlir::Type type) const { return *findBytes(type); }

  /// Returns the text of a size.
  std::string getText(const DimExpr &dim) const;
  /// Returns the text of the bytes of a tensor of `type`.
  std::string getBytesText(mlir::Type type) const;

  const SymbolFacts &getFacts() const { return facts; }

private:
  /// Returns what interval arithmetic over `text` gives.
  std::optional<std::pair<int64_t, int64_t>>
  getTextBounds(llvm::StringRef text) const;

  SymbolFacts facts;
};

} // namespace neap

#endif // NEAP_PASSES_MEMORY_SIZEBOUNDS_H
