// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathPolynomialsImpl.h - what the files of MathPolynomials share: properties
// of the two formats, and the cores of exp, log and the trigonometric
// functions.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALSIMPL_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALSIMPL_H

#include "passes/lowering/NeapToVector/MathPolynomials.h"

namespace neap::polynomials {

#include "passes/lowering/NeapToVector/PolynomialCoefficients.inc"

/// A floating-point format and the integers of its width.
struct Format {
  explicit Format(VectorEmitter &emitter, mlir::Value value);

  /// Returns `f32` or `f64` by the format.
  template <typename T>
  T pick(T f32, T f64) const {
    return isDouble ? f64 : f32;
  }

  bool isDouble;
  mlir::Type type;        // of the value
  mlir::Type integer;     // element type
  mlir::Type integerType; // of the value's bits
  int64_t mantissaBits;
  int64_t exponentBias;
  int64_t signMask;
};

/// A value as the unevaluated sum of two.
struct Double {
  mlir::Value high;
  mlir::Value low;
};

/// Returns lhs + rhs exactly, if |lhs| >= |rhs| or lhs is 0.
Double fastTwoSum(VectorEmitter &emitter, mlir::Value lhs, mlir::Value rhs);
/// Returns lhs * rhs exactly (barring underflow).
Double twoProduct(VectorEmitter &emitter, mlir::Value lhs, mlir::Value rhs);

/// Returns x where it is 0, for the sign of the zero, else `result`.
mlir::Value keepZero(VectorEmitter &emitter, mlir::Value x, mlir::Value result);

/// e^(x + low) = 2^n (1 + fraction).
struct ExpParts {
  mlir::Value fraction;
  /// The integer whose low bits are n + bias.
  mlir::Value exponent;
};
/// Splits e^x; `bias` is added to n. x must be clamped to the finite range.
/// `low` may be null.
ExpParts emitExpParts(VectorEmitter &emitter, mlir::Value x, int64_t bias,
                      mlir::Value low = {});
/// Returns 2^n (1 + fraction) for any n of the whole range, in two steps.
mlir::Value scaleInTwoSteps(VectorEmitter &emitter, const ExpParts &parts);
/// e^(x + low) with all clamps of the whole range, times 2^bias.
mlir::Value emitScaledExp(VectorEmitter &emitter, mlir::Value x, int64_t bias,
                          mlir::Value low = {});

/// x = 2^exponent (1 + fraction), sqrt(1/2) <= 1 + fraction < sqrt(2).
struct LogParts {
  mlir::Value fraction;
  mlir::Value exponent; // as a float
};
/// Splits a positive, finite x; subnormals included.
LogParts emitLogParts(VectorEmitter &emitter, mlir::Value x);

/// x = quadrant * pi/2 + rest, |rest| <= pi/4 (and a little).
struct AngleReduction {
  mlir::Value rest;
  mlir::Value quadrant; // integers of the format's width; only two bits count
};
/// Reduces any x; the rest of infinity and NaN is NaN.
AngleReduction reduceAngle(VectorEmitter &emitter, mlir::Value x);

} // namespace neap::polynomials

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALSIMPL_H
