// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DimBindings.cpp - see DimBindings.h.
#include "frontends/onnx/DimBindings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace neap;
using namespace neap::frontend;

using llvm::StringRef;

/// Bindings that refer to bindings; more is a cycle.
static constexpr unsigned kMaxDepth = 32;

std::string neap::frontend::getSymbolName(StringRef name) {
  std::string symbol = name.str();
  for (char &character : symbol)
    if (!llvm::isAlnum(character) && character != '_' && character != '.')
      character = '_';
  if (!DimExpr::isSymbolName(symbol))
    symbol = "d_" + symbol;
  return symbol;
}

/// Reads `LO..HI[:STEP]`.
static std::optional<SymbolRange> parseRange(StringRef text) {
  auto [lo, rest] = text.split("..");
  auto [hi, step] = rest.split(':');
  SymbolRange range{0, 0, 1};
  if (lo.getAsInteger(10, range.lo) || hi.getAsInteger(10, range.hi) ||
      (!step.empty() && step.getAsInteger(10, range.step)))
    return std::nullopt;
  if (range.lo < 0 || range.hi < range.lo || range.step < 1)
    return std::nullopt;
  return range;
}

llvm::Error DimBindings::add(StringRef name, StringRef value) {
  std::string symbol = getSymbolName(name);
  if (!isUsed.insert({name.str(), false}).second)
    return llvm::createStringError("--dim binds '" + name + "' twice");
  if (value.contains("..")) {
    std::optional<SymbolRange> range = parseRange(value);
    if (!range)
      return llvm::createStringError("expected --dim=" + name +
                                     "=LO..HI[:STEP], got '" + value + "'");
    // Only one value: the dimension is not symbolic at all.
    if (range->hi - range->lo < range->step)
      values.try_emplace(symbol, DimExpr(range->lo));
    else
      facts.ranges[symbol] = *range;
    return llvm::Error::success();
  }
  std::string why;
  auto expr = DimExpr::parse(value, &why);
  if (failed(expr))
    return llvm::createStringError("cannot read --dim=" + name + "=" + value +
                                   ": " + why);
  if (expr->getConstant().value_or(0) < 0)
    return llvm::createStringError(
        "expected --dim=" + name + " of at least 0, got " + value +
        "; bind it to a size, as in --dim=" + name +
        "=1, or to a range, as in --dim=" + name + "=1..8");
  values.try_emplace(symbol, *expr);
  return llvm::Error::success();
}

llvm::Expected<DimBindings>
DimBindings::parse(llvm::ArrayRef<std::string> bindings) {
  DimBindings result;
  for (StringRef binding : bindings) {
    auto [name, value] = binding.split('=');
    if (name.empty() || value.empty())
      return llvm::createStringError("expected --dim=NAME=N, got '" + binding +
                                     "'");
    if (llvm::Error error = result.add(name, value))
      return std::move(error);
  }
  return result;
}

DimExpr DimBindings::resolveExpr(const DimExpr &expr, unsigned depth) {
  llvm::StringMap<DimExpr> substitution;
  for (const std::string &symbol : expr.getSymbols())
    substitution.try_emplace(symbol, resolveSymbol(symbol, depth));
  return expr.substitute(substitution);
}

DimExpr DimBindings::resolveSymbol(StringRef name, unsigned depth) {
  std::string symbol = getSymbolName(name);
  for (auto &[bound, used] : isUsed)
    used |= getSymbolName(bound) == symbol;
  auto value = values.find(symbol);
  if (value != values.end())
    return depth == kMaxDepth ? DimExpr::unknown()
                              : resolveExpr(value->second, depth + 1);
  if (!facts.ranges.contains(symbol) && !llvm::is_contained(unbound, name))
    unbound.push_back(name.str());
  return DimExpr::symbol(symbol);
}

DimExpr DimBindings::resolve(StringRef text) {
  auto expr = DimExpr::parse(text);
  bool isName = failed(expr) || expr->getConstant() || !expr->isKnown();
  llvm::SmallVector<std::string> symbols = {text.str()};
  // A name may look like an expression: the whole of it may be bound.
  if (!isName && values.contains(getSymbolName(text)))
    isName = true;
  if (!isName)
    symbols = expr->getSymbols();
  for (const std::string &symbol : symbols)
    if (!llvm::is_contained(names, symbol))
      names.push_back(symbol);
  return isName ? resolveSymbol(text, 0) : resolveExpr(*expr, 0);
}

DimExpr DimBindings::addCount(StringRef stem, std::optional<int64_t> most) {
  auto isTaken = [&](const std::string &symbol) {
    return facts.ranges.contains(symbol) || values.contains(symbol) ||
           counts.contains(symbol) ||
           llvm::any_of(names, [&](const std::string &name) {
             return getSymbolName(name) == symbol;
           });
  };
  std::string symbol;
  for (unsigned i = 0; symbol.empty() || isTaken(symbol); ++i)
    symbol = (stem + "_" + llvm::Twine(i)).str();
  counts.insert(symbol);
  if (most)
    facts.ranges[symbol] = {0, *most, 1};
  return DimExpr::symbol(symbol);
}

std::vector<std::string> DimBindings::getUnused() const {
  std::vector<std::string> unused;
  for (const auto &[name, used] : isUsed)
    if (!used)
      unused.push_back(name);
  return unused;
}
