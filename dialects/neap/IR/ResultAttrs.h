// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ResultAttrs.h - attributes of the results of `@main` that tell of a binary
// with kept values where its outputs come from.
#ifndef NEAP_IR_RESULTATTRS_H
#define NEAP_IR_RESULTATTRS_H

#include "llvm/ADT/StringRef.h"

namespace neap {

/// A unit: the value is no output of the model, but kept by name. Such results
/// come behind the others.
inline constexpr llvm::StringLiteral kKeptAttr = "neap.kept";
/// A string: the layer that makes the value.
inline constexpr llvm::StringLiteral kLayerAttr = "neap.layer";
/// An i64: 1 + the index of that layer in the model.
inline constexpr llvm::StringLiteral kPositionAttr = "neap.position";

} // namespace neap

#endif // NEAP_IR_RESULTATTRS_H
