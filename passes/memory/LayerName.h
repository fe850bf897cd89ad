// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LayerName.h - what the user calls an op or value.
#ifndef NEAP_PASSES_MEMORY_LAYERNAME_H
#define NEAP_PASSES_MEMORY_LAYERNAME_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"
#include <string>

namespace neap {

/// Returns the first name in `loc`, or the empty string.
llvm::StringRef getLayerName(mlir::Location loc);

/// Returns the name of `op`'s layer, or if it has none what the op is.
std::string getLayerName(mlir::Operation *op);

/// Returns the name of the layer that computes `value`, or of the argument.
std::string getLayerName(mlir::Value value);

/// Returns the shape and element type of `value`, such as "1x128xf32".
std::string getShapeText(mlir::Value value);

} // namespace neap

#endif // NEAP_PASSES_MEMORY_LAYERNAME_H
