// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WeightDecoder.h - the bytes of weights and constants as kernels read them.
#ifndef NEAP_COMPILER_PLAN_WRITER_WEIGHTDECODER_H
#define NEAP_COMPILER_PLAN_WRITER_WEIGHTDECODER_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/LogicalResult.h"

namespace neap {

/// Writes the elements of `attribute`; a bool takes a byte.
void writeElements(mlir::DenseElementsAttr attribute,
                   llvm::MutableArrayRef<uint8_t> target);

/// Decodes protobuf's packed varints into integers of `elementType`, or, for a
/// float type, into its bits (float16 in int32_data). Fails, without a
/// diagnostic, if there are not exactly as many as `target` takes.
llvm::LogicalResult decodePackedVarints(llvm::ArrayRef<uint8_t> source,
                                        mlir::Type elementType,
                                        llvm::MutableArrayRef<uint8_t> target);

/// Fills `target` with floats that look like weights: mean 0, deviation 0.02,
/// near normal. Each depends on the seed and its index alone, and is the same
/// on every machine. Other element types become 0.
void writeRandomWeights(uint64_t seed, mlir::Type elementType,
                        llvm::MutableArrayRef<uint8_t> target);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_WEIGHTDECODER_H
