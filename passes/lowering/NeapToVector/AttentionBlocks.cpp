// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionBlocks.cpp - attention's blocks of keys: the scores, their
// exponentials, the results. What was summed before a block is scaled to the
// maximum after it.
#include "passes/lowering/NeapToVector/AttentionEmission.h"

#include "dialects/neap/IR/Symbols.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"

using namespace mlir;

namespace neap {

using Values = VectorEmitter::Values;

static constexpr int64_t kLanes = VectorEmitter::kLanes;
static constexpr int64_t kKeysPerBlock = AttentionDescription::kKeysPerBlock;

//===----------------------------------------------------------------------===//
// Blocks of keys
//===----------------------------------------------------------------------===//

/// Emits all blocks of keys that count.
AttentionEmission::Softmax AttentionEmission::emitAllBlocks() {
  double lowest =
      attention.elementType.isF32()
          ? static_cast<double>(std::numeric_limits<float>::lowest())
          : std::numeric_limits<double>::lowest();
  Softmax softmax{Values(numVectors, constant(lowest)),
                  Values(numVectors, constant(0))};
  Value zero = emitter.index(0);
  Value numKeys = emitter.index(attention.numKeys);
  if (!attention.causal)
    return emitBlocks(zero, numKeys, softmax);
  Value numCausal = countCausalKeys();
  if (std::isinf(attention.fill))
    return emitBlocks(zero, numCausal, softmax);
  // A loop of two passes, so that the code of a block is there once.
  Values result = emitter.forLoop(
      zero, emitter.index(2), emitter.index(1), softmax.join(),
      [&](Value pass, ValueRange carried) {
        Softmax before = Softmax::split(carried);
        Value isFirst =
            emitter.compareInt(arith::CmpIPredicate::eq, pass, zero);
        Value rest = emitter.select(isAnyMasked(before), numKeys, numCausal);
        return emitBlocks(emitter.select(isFirst, zero, numCausal),
                          emitter.select(isFirst, numCausal, rest), before)
            .join();
      });
  return Softmax::split(result);
}

/// Returns the number of keys in the blocks that some query of the tile may
/// attend to.
Value AttentionEmission::countCausalKeys() {
  Value block = emitter.index(kKeysPerBlock);
  Value end =
      emitter.addInt(emitter.addInt(firstRow, emitter.index(getWidth())),
                     emitter.index(*attention.causal));
  end = emitter.maxSigned(end, emitter.index(0));
  Value numBlocks = emitter.create<arith::DivUIOp>(
      emitter.addInt(end, emitter.index(kKeysPerBlock - 1)), block);
  return emitter.minSigned(emitter.mulInt(numBlocks, block),
                           emitter.index(attention.numKeys));
}

/// Returns whether the weight of a masked key may not be 0 for some query, as
/// for one that has met masked keys only.
Value AttentionEmission::isAnyMasked(const Softmax &softmax) {
  constexpr double kZeroBelow = 1000; // exp(-1000) is 0 in f32 and f64
  Value bound = constant(attention.fill + kZeroBelow);
  Value isAny;
  for (Value maximum : softmax.maxima) {
    Value isMasked = emitter.compare(arith::CmpFPredicate::OLE, maximum, bound);
    isAny = isAny ? emitter.bitOr(isAny, isMasked) : isMasked;
  }
  Type bits = emitter.getBuilder().getIntegerType(kLanes);
  return emitter.compareInt(arith::CmpIPredicate::ne,
                            emitter.create<LLVM::BitcastOp>(bits, isAny),
                            emitter.constantInt(bits, 0));
}

AttentionEmission::Softmax
AttentionEmission::emitBlocks(Value begin, Value end, const Softmax &before) {
  Values result = emitter.forLoop(
      begin, end, emitter.index(kKeysPerBlock), before.join(),
      [&](Value firstKey, ValueRange carried) {
        return emitBlock(firstKey, Softmax::split(carried)).join();
      });
  return Softmax::split(result);
}

/// Emits one block of keys: what was summed before is scaled to the new
/// maximum.
AttentionEmission::Softmax AttentionEmission::emitBlock(Value firstKey,
                                                        const Softmax &before) {
  Value numKeys = emitter.minSigned(
      emitter.index(kKeysPerBlock),
      emitter.subInt(emitter.index(attention.numKeys), firstKey));
  Softmax after;
  Values factors;
  for (auto [inBlock, maximum] :
       llvm::zip_equal(emitScores(firstKey, numKeys), before.maxima)) {
    after.maxima.push_back(emitter.maxOrRhs(inBlock, maximum));
    factors.push_back(
        emitExpOfNegative(emitter, emitter.sub(maximum, after.maxima.back())));
  }
  Values weights = emitWeights(numKeys, after.maxima);
  emitSums(firstKey, numKeys, factors);
  for (auto [sum, factor, weight] :
       llvm::zip_equal(before.sums, factors, weights))
    after.sums.push_back(emitter.fma(sum, factor, weight));
  return after;
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// Emits the scores of a block and returns their maxima. The last group of keys
/// begins earlier rather than having fewer.
Values AttentionEmission::emitScores(Value firstKey, Value numKeys) {
  double lowest =
      attention.elementType.isF32()
          ? static_cast<double>(std::numeric_limits<float>::lowest())
          : std::numeric_limits<double>::lowest();
  Values maxima(numVectors, constant(lowest));
  Value group = emitter.index(keysAtOnce);
  Value lastGroup = emitter.subInt(numKeys, group);
  Value isEnough = emitter.compareInt(arith::CmpIPredicate::sge, lastGroup,
                                      emitter.index(0));
  Value numInGroups = emitter.select(isEnough, numKeys, emitter.index(0));
  maxima = emitter.forLoop(emitter.index(0), numInGroups, group, maxima,
                           [&](Value key, ValueRange carried) {
                             return emitScoresOf(
                                 firstKey, emitter.minSigned(key, lastGroup),
                                 keysAtOnce, carried);
                           });
  if (keysAtOnce == 1)
    return maxima;
  return emitter.forLoop(numInGroups, numKeys, emitter.index(1), maxima,
                         [&](Value key, ValueRange carried) {
                           return emitScoresOf(firstKey, key, 1, carried);
                         });
}

/// Emits the scores of `numKeys` keys from `key` of the block on.
Values AttentionEmission::emitScoresOf(Value firstKey, Value key,
                                       int64_t numKeys, ValueRange maxima) {
  Type element = attention.elementType;
  Value firstOfGroup = emitter.addInt(firstKey, key);
  Values accumulators = emitter.forLoop(
      emitter.index(0), emitter.index(attention.depth), emitter.index(1),
      Values(numKeys * numVectors, constant(0)),
      [&](Value column, ValueRange carried) {
        Values lanes, next;
        for (int64_t i = 0; i < numVectors; ++i)
          lanes.push_back(
              emitter.load(advance(queries, column, i * kLanes), element));
        Value start = place(keyBase, attention.key, firstOfGroup, column);
        for (int64_t i = 0; i < numKeys; ++i) {
          Value address = emitter.advance(
              start, emitter.index(attention.key.rowStride * i), element);
          Value factor = emitter.splat(emitter.loadScalar(address, element));
          for (Value vector : lanes)
            next.push_back(emitter.fma(factor, vector, carried[next.size()]));
        }
        return next;
      });
  Values result(maxima);
  for (int64_t i = 0; i < numKeys; ++i) {
    Value keyInBlock = emitter.addInt(key, emitter.index(i));
    for (int64_t vector = 0; vector < numVectors; ++vector) {
      Value score = finishScore(accumulators[i * numVectors + vector],
                                emitter.addInt(firstKey, keyInBlock), vector);
      emitter.store(score, advance(scores, keyInBlock, vector * kLanes),
                    element);
      result[vector] = emitter.maxOrRhs(score, result[vector]);
    }
  }
  return result;
}

/// Applies the masks to the score of a vector of queries with `key`.
Value AttentionEmission::finishScore(Value score, Value key, int64_t vector) {
  if (attention.mask) {
    Value mask = loadMask(key, vector);
    score = attention.mask->elementType.isInteger(1)
                ? emitter.select(mask, score, constant(attention.fill))
                : emitter.add(score, mask);
  }
  if (!attention.causal)
    return score;
  // Lane i counts if firstRow + 16 * vector + i + causal - key >= 0.
  Value reach = emitter.addInt(
      firstRow, emitter.index(*attention.causal + vector * kLanes));
  Value numMasked =
      emitter.maxSigned(emitter.subInt(key, reach), emitter.index(0));
  return emitter.select(emitter.lanesBelow(numMasked), constant(attention.fill),
                        score);
}

/// Loads the mask of a vector of queries for `key`.
Value AttentionEmission::loadMask(Value key, int64_t vector) {
  const AttentionAccess &mask = *attention.mask;
  Type element = mask.elementType;
  Value row = emitter.addInt(firstRow, emitter.index(vector * kLanes));
  Value address = place(maskBase, mask, row, key);
  if (mask.rowStride.isConstant(0))
    return emitter.splat(emitter.loadScalar(address, element));
  Value result = emitter.create<arith::ConstantOp>(
      emitter.getBuilder().getZeroAttr(VectorEmitter::getVectorType(
          VectorEmitter::getComputeType(element))));
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    Value laneAddress = place(maskBase, mask, getLaneRow(vector, lane), key);
    result = emitter.create<vector::InsertOp>(
        emitter.loadScalar(laneAddress, element), result,
        ArrayRef<int64_t>{lane});
  }
  return result;
}

/// Emits the exponentials of a block's scores and returns their sums.
Values AttentionEmission::emitWeights(Value numKeys, ArrayRef<Value> maxima) {
  Type element = attention.elementType;
  return emitter.forLoop(
      emitter.index(0), numKeys, emitter.index(1),
      Values(numVectors, constant(0)), [&](Value key, ValueRange carried) {
        Values next;
        for (int64_t i = 0; i < numVectors; ++i) {
          Value address = advance(scores, key, i * kLanes);
          Value weight = emitExpOfNegative(
              emitter, emitter.sub(emitter.load(address, element), maxima[i]));
          emitter.store(weight, address, element);
          next.push_back(emitter.add(carried[i], weight));
        }
        return next;
      });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Emits results times `factors` plus the block's values times their weights.
void AttentionEmission::emitSums(Value firstKey, Value numKeys,
                                 ArrayRef<Value> factors) {
  Value values = place(valueBase, attention.value, firstKey, emitter.index(0));
  int64_t tail = attention.valueDepth % columnsAtOnce;
  emitter.forLoop(emitter.index(0), emitter.index(attention.valueDepth - tail),
                  emitter.index(columnsAtOnce), {},
                  [&](Value column, ValueRange) -> Values {
                    emitSumsOf(values, column, columnsAtOnce, numKeys, factors);
                    return {};
                  });
  if (tail != 0)
    emitSumsOf(values, emitter.index(attention.valueDepth - tail), tail,
               numKeys, factors);
}

void AttentionEmission::emitSumsOf(Value values, Value column,
                                   int64_t numColumns, Value numKeys,
                                   ArrayRef<Value> factors) {
  Type element = attention.elementType;
  auto getAddress = [&](int64_t i, int64_t vector) {
    return advance(sums, emitter.addInt(column, emitter.index(i)),
                   vector * kLanes);
  };
  Values scaled;
  for (int64_t i = 0; i < numColumns; ++i)
    for (int64_t vector = 0; vector < numVectors; ++vector)
      scaled.push_back(emitter.mul(emitter.load(getAddress(i, vector), element),
                                   factors[vector]));
  auto emitKey = [&](Value key, ValueRange carried) {
    Values weights, next;
    for (int64_t vector = 0; vector < numVectors; ++vector)
      weights.push_back(
          emitter.load(advance(scores, key, vector * kLanes), element));
    Value start = place(values, attention.value, key, column);
    for (int64_t i = 0; i < numColumns; ++i) {
      Value address = emitter.advance(
          start, emitter.index(attention.value.columnStride * i), element);
      Value factor = emitter.splat(emitter.loadScalar(address, element));
      for (Value weight : weights)
        next.push_back(emitter.fma(factor, weight, carried[next.size()]));
    }
    return next;
  };
  Values result = emitter.forLoop(emitter.index(0), numKeys, emitter.index(1),
                                  scaled, emitKey);
  for (int64_t i = 0; i < numColumns; ++i)
    for (int64_t vector = 0; vector < numVectors; ++vector)
      emitter.store(result[i * numVectors + vector], getAddress(i, vector),
                    element);
}

} // namespace neap
