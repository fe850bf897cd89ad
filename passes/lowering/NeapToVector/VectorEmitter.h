// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// VectorEmitter.h - a thin builder over arith, vector, scf and llvm for kernels
// of 16 explicit lanes: constants, arithmetic, masks, loads, stores, loops and
// the one written reduction tree.
#ifndef NEAP_PASSES_LOWERING_NEAPTOVECTOR_VECTOREMITTER_H
#define NEAP_PASSES_LOWERING_NEAPTOVECTOR_VECTOREMITTER_H

#include "dialects/neap/IR/DimExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "passes/lowering/CpuFeatures.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace neap {

class SizeEmitter;

/// Emits lane-wise code at the builder's insertion point.
///
/// Every arithmetic method takes scalars or vectors of one type. Loops count in
/// i64. Pointers are `!llvm.ptr`; accesses are aligned to the element only.
class VectorEmitter {
public:
  /// Lanes of a vector on every instruction set: part of the definition of
  /// every reduction (dialects/neap/docs/rationale.md).
  static constexpr int64_t kLanes = 16;
  /// Accumulators of `kLanes` lanes in a reduction over the last axis; chunk c
  /// of 16 elements goes to accumulator c modulo this.
  static constexpr int64_t kAccumulators = 2;

  using Values = mlir::SmallVector<mlir::Value>;
  using LoopBody =
      llvm::function_ref<Values(mlir::Value index, mlir::ValueRange carried)>;
  using LaneBody = llvm::function_ref<Values(mlir::ValueRange scalars)>;
  using Combine =
      llvm::function_ref<mlir::Value(mlir::Value lhs, mlir::Value rhs)>;

  VectorEmitter(mlir::OpBuilder &builder, mlir::Location loc,
                const CpuFeatures &features);

  /// Creates an op at the insertion point.
  template <typename OpTy, typename... Args>
  OpTy create(Args &&...args) {
    return OpTy::create(builder, loc, std::forward<Args>(args)...);
  }

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }
  const CpuFeatures &getFeatures() const { return features; }

  //===--------------------------------------------------------------------===//
  // Types and constants
  //===--------------------------------------------------------------------===//

  /// Returns the vector type of `lanes` elements.
  static mlir::VectorType getVectorType(mlir::Type element,
                                        int64_t lanes = kLanes);
  /// Returns `type` (scalar or vector) with another element type.
  static mlir::Type withElementType(mlir::Type type, mlir::Type element);
  /// Returns how a tensor's element lies in memory: bool is a byte, integers
  /// are signless.
  static mlir::Type getStorageType(mlir::Type element);
  /// Returns the type that lanes of a tensor's element have in registers: bool
  /// is i1, integers are signless.
  static mlir::Type getComputeType(mlir::Type element);
  /// Returns the bytes of one element in memory.
  static int64_t getSizeInBytes(mlir::Type element);

  /// Sets what computes sizes that are not constants.
  void setSizes(SizeEmitter &emitter) { sizes = &emitter; }

  /// Returns an i64 constant.
  mlir::Value index(int64_t value);
  /// Returns a size as an i64: a constant, or a value that is computed once.
  mlir::Value index(const DimExpr &size);
  /// Returns a size by which may be divided: 1 if it is 0.
  mlir::Value divisor(const DimExpr &size);
  /// Returns a float constant, splat if `type` is a vector.
  mlir::Value constant(mlir::Type type, double value);
  /// Returns an integer constant (the low bits of `value`), splat if `type` is
  /// a vector.
  mlir::Value constantInt(mlir::Type type, int64_t value);
  /// Returns `lanes` copies of a scalar.
  mlir::Value splat(mlir::Value scalar, int64_t lanes = kLanes);

  //===--------------------------------------------------------------------===//
  // Floating point
  //===--------------------------------------------------------------------===//

  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, mlir::Value rhs);
  mlir::Value div(mlir::Value lhs, mlir::Value rhs);
  /// Returns lhs * rhs + addend, rounded once where the CPU can.
  mlir::Value fma(mlir::Value lhs, mlir::Value rhs, mlir::Value addend);
  mlir::Value neg(mlir::Value value);
  mlir::Value abs(mlir::Value value);
  mlir::Value sqrt(mlir::Value value);
  /// Returns `lhs > rhs ? lhs : rhs`: `rhs` if either is NaN (one instruction).
  mlir::Value maxOrRhs(mlir::Value lhs, mlir::Value rhs);
  /// Returns `lhs < rhs ? lhs : rhs`: `rhs` if either is NaN (one instruction).
  mlir::Value minOrRhs(mlir::Value lhs, mlir::Value rhs);
  /// Returns the larger value, NaN if either is.
  mlir::Value max(mlir::Value lhs, mlir::Value rhs);
  /// Returns the smaller value, NaN if either is.
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value lhs,
                      mlir::Value rhs);
  /// Returns c[0] + x (c[1] + x (c[2] + ...)) by Horner's rule, one fma a step.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);

  //===--------------------------------------------------------------------===//
  // Integers and bits
  //===--------------------------------------------------------------------===//

  mlir::Value addInt(mlir::Value lhs, mlir::Value rhs);
  mlir::Value subInt(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mulInt(mlir::Value lhs, mlir::Value rhs);
  mlir::Value minSigned(mlir::Value lhs, mlir::Value rhs);
  mlir::Value maxSigned(mlir::Value lhs, mlir::Value rhs);
  mlir::Value bitAnd(mlir::Value lhs, mlir::Value rhs);
  mlir::Value bitOr(mlir::Value lhs, mlir::Value rhs);
  mlir::Value bitXor(mlir::Value lhs, mlir::Value rhs);
  mlir::Value shiftLeft(mlir::Value value, int64_t bits);
  mlir::Value compareInt(mlir::arith::CmpIPredicate predicate, mlir::Value lhs,
                         mlir::Value rhs);
  mlir::Value select(mlir::Value condition, mlir::Value onTrue,
                     mlir::Value onFalse);
  /// Returns the bits of `value` as elements of another type of equal width.
  mlir::Value bitcast(mlir::Value value, mlir::Type element);

  //===--------------------------------------------------------------------===//
  // Lanes and memory
  //===--------------------------------------------------------------------===//

  /// Returns the constant mask of the first `active` lanes.
  mlir::Value firstLanes(int64_t active);
  /// Returns the mask of the lanes below `remaining` (i64, may be negative).
  mlir::Value lanesBelow(mlir::Value remaining);
  /// Transposes as many vectors as each has lanes, a power of two: exchanges
  /// the off-diagonal halves of ever smaller blocks.
  void transpose(llvm::MutableArrayRef<mlir::Value> vectors);
  /// Combines the 16 lanes: lane i with i + 8, then i + 4, i + 2, i + 1.
  mlir::Value reduceLanes(mlir::Value vector, Combine combine);

  /// Returns `pointer` advanced by `numElements` (i64) elements.
  mlir::Value advance(mlir::Value pointer, mlir::Value numElements,
                      mlir::Type element);
  /// Loads 16 lanes, or those of `mask` (the others are 0).
  mlir::Value load(mlir::Value pointer, mlir::Type element,
                   mlir::Value mask = {});
  /// Loads the first `active` of 16 lanes that lie `stride` elements apart; the
  /// others are 0.
  mlir::Value loadStrided(mlir::Value pointer, const DimExpr &stride,
                          mlir::Type element, int64_t active = kLanes);
  /// Loads the first `remaining` (i64, at least 1) of 16 lanes; the others are
  /// copies of the last one.
  mlir::Value loadStridedBelow(mlir::Value pointer, const DimExpr &stride,
                               mlir::Type element, mlir::Value remaining);
  /// Loads one element.
  mlir::Value loadScalar(mlir::Value pointer, mlir::Type element);
  /// Stores lanes, or those of `mask`.
  void store(mlir::Value value, mlir::Value pointer, mlir::Type element,
             mlir::Value mask = {});
  /// Stores the first `active` lanes `stride` elements apart.
  void storeStrided(mlir::Value value, mlir::Value pointer,
                    const DimExpr &stride, mlir::Type element,
                    int64_t active = kLanes);
  /// Stores the first `remaining` (i64) lanes, at most 16, each at the address
  /// that `place` emits for it.
  void storeLanesBelow(mlir::Value value, mlir::Type element,
                       mlir::Value remaining,
                       llvm::function_ref<mlir::Value(mlir::Value lane)> place);
  /// Stores one element.
  void storeScalar(mlir::Value value, mlir::Value pointer, mlir::Type element);

  //===--------------------------------------------------------------------===//
  // Control flow
  //===--------------------------------------------------------------------===//

  /// Emits `for index in lower, lower + step, ... below upper` and returns the
  /// carried values.
  Values forLoop(mlir::Value lower, mlir::Value upper, mlir::Value step,
                 mlir::ValueRange init, LoopBody body);
  /// Emits `condition ? then() : otherwise`.
  Values ifThen(mlir::Value condition, llvm::function_ref<Values()> then,
                mlir::ValueRange otherwise = {});
  /// Replaces the lanes of `results` where `mask` is set by what `body`
  /// computes from the same lane of `inputs`, one lane after the other. For
  /// what few inputs need: if no lane is set, it costs one branch. Takes
  /// scalars too.
  Values replaceLanes(mlir::Value mask, mlir::ValueRange inputs,
                      mlir::ValueRange results, LaneBody body);

private:
  mlir::Value toStorage(mlir::Value value, mlir::Type element);
  mlir::Value fromStorage(mlir::Value value, mlir::Type element);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  CpuFeatures features;
  SizeEmitter *sizes = nullptr;
};

} // namespace neap

#endif // NEAP_PASSES_LOWERING_NEAPTOVECTOR_VECTOREMITTER_H
