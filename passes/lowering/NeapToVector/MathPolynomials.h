// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MathPolynomials.h - elementary functions of f32 and f64 lanes from arithmetic
// alone: no libm, one algorithm on every instruction set. Each takes a scalar
// or a vector.
//
// Error bounds in ULP with fused multiply-add, measured by
// test/numeric/polynomials over the whole domain (f32, f64):
//
//   exp   1.1 1.1    erf   1.5 1.5    asin  2.5 2.5   asinh 3   3
//   log   1   1      tanh  1.5 2      acos  2   2     acosh 3   3
//   sin   1.6 1.6    tan   3.5 3.5    atan  2   2     atanh 3   3
//   cos   1.6 1.6    sinh  2.5 2.5    cosh  2   2     pow   1   2
//
// sin, cos and tan hold them for every finite x. Without fused multiply-add
// (x86-64-v2) the bounds are those times 1.5.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALS_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALS_H

#include "passes/lowering/NeapToVector/VectorEmitter.h"

namespace neap {

/// Emits e^x over the whole domain, subnormal results included.
mlir::Value emitExp(VectorEmitter &emitter, mlir::Value x);
/// Emits e^x for x <= 0, where results below the normal range are 0. NaN stays.
mlir::Value emitExpOfNegative(VectorEmitter &emitter, mlir::Value x);
/// Emits e^x / 2, which overflows later than e^x.
mlir::Value emitHalfExp(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitErf(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitTanh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitSin(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitCos(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitTan(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitLog(VectorEmitter &emitter, mlir::Value x);
/// Emits log(1 + x) without loss near 0.
mlir::Value emitLog1p(VectorEmitter &emitter, mlir::Value x);
/// Emits x^y with the special cases of IEEE 754 pow.
mlir::Value emitPow(VectorEmitter &emitter, mlir::Value x, mlir::Value y);
mlir::Value emitAsin(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAcos(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAtan(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitSinh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitCosh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAsinh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAcosh(VectorEmitter &emitter, mlir::Value x);
mlir::Value emitAtanh(VectorEmitter &emitter, mlir::Value x);

/// Emits the magnitude of `magnitude` with the sign of `sign`.
mlir::Value emitCopySign(VectorEmitter &emitter, mlir::Value magnitude,
                         mlir::Value sign);

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_MATHPOLYNOMIALS_H
