// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SizedText.h - one text for a program over symbols and for the same program at
// given sizes.
//
// In `tensor<[past + seq]x64xf32>` sizes in brackets are expressions; an array
// of numbers that may be expressions is written `dims[0, seq - 1]`, and one
// such number `dim[2*seq]`.
#ifndef NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SIZEDTEXT_H
#define NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SIZEDTEXT_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace neap::test {

/// Values of symbols.
using Sizes = llvm::StringMap<int64_t>;

/// Returns `text` in MLIR's syntax, with its symbols or, if `sizes` is given,
/// with their values.
std::string writeSizes(llvm::StringRef text, const Sizes *sizes = nullptr);

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_SYMBOLIC_SIZEDTEXT_H
