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

/// Emits all blocks of keys that count. A block is worked on for all groups of
/// queries while it is in the cache.
void AttentionEmission::emitBlocks() {
  Value zero = emitter.index(0), numKeys = emitter.index(attention.numKeys);
  Value block = emitter.index(kKeysPerBlock);
  auto emitRange = [&](Value begin, Value end,
                       llvm::function_ref<Value(Value)> isNeeded) {
    emitter.forLoop(begin, end, block, {}, [&](Value firstKey, ValueRange) {
      openBlock(firstKey);
      forEachGroup([&] {
        if (!isNeeded) {
          emitBlock(firstKey);
          return;
        }
        emitter.ifThen(isNeeded(firstKey), [&]() -> Values {
          emitBlock(firstKey);
          return {};
        });
      });
      return Values();
    });
  };
  if (!attention.causal)
    return emitRange(zero, numKeys, nullptr);
  Value mostCausal = countCausalKeys(endRow);
  auto isCausal = [&](Value firstKey) {
    return emitter.compareInt(arith::CmpIPredicate::slt, firstKey,
                              countCausalKeys(getGroupEnd()));
  };
  if (std::isinf(attention.fill))
    return emitRange(zero, mostCausal, isCausal);
  // A loop of two passes, so that the code of a block is there once.
  firstRow = beginRow;
  Value leastCausal = countCausalKeys(getGroupEnd());
  emitter.forLoop(
      zero, emitter.index(2), emitter.index(1), {},
      [&](Value pass, ValueRange) {
        Value isFirst =
            emitter.compareInt(arith::CmpIPredicate::eq, pass, zero);
        emitRange(
            emitter.select(isFirst, zero, leastCausal),
            emitter.select(isFirst, mostCausal, numKeys), [&](Value firstKey) {
              Value inside = isCausal(firstKey);
              Value bit = emitter.constantInt(inside.getType(), 1);
              Value outside = emitter.bitAnd(
                  emitter.create<arith::XOrIOp>(inside, bit), isAnyMasked());
              return emitter.select(isFirst, inside, outside);
            });
        return Values();
      });
}

/// Emits what a block needs before its groups of queries.
void AttentionEmission::openBlock(Value firstKey) {
  blockSize = emitter.minSigned(
      emitter.index(kKeysPerBlock),
      emitter.subInt(emitter.index(attention.numKeys), firstKey));
  Value zero = emitter.index(0);
  auto open = [&](const AttentionAccess &access, Value base, int64_t numColumns,
                  bool isCopied, Value copy) -> BlockRows {
    Value start = place(base, access, firstKey, zero);
    if (!isCopied)
      return {start, access.rowStride, access.columnStride};
    emitter.forLoop(zero, blockSize, emitter.index(1), {},
                    [&](Value key, ValueRange) -> Values {
                      Value target = emitter.advance(
                          copy, emitter.mulInt(key, emitter.index(numColumns)),
                          attention.elementType);
                      copyRow(place(start, access, key, zero),
                              access.columnStride, target, numColumns);
                      return {};
                    });
    return {copy, numColumns, 1};
  };
  blockKeys = open(attention.key, keyBase, attention.depth,
                   attention.copiesKeys(), keyCopy);
  blockValues = open(attention.value, valueBase, attention.valueDepth,
                     attention.copiesValues(), valueCopy);
}

/// Copies elements that lie `stride` apart.
void AttentionEmission::copyRow(Value source, const DimExpr &stride,
                                Value target, int64_t numColumns) {
  Type element = attention.elementType;
  for (int64_t column = 0; column < numColumns; column += kLanes) {
    int64_t active = std::min(kLanes, numColumns - column);
    Value from =
        emitter.advance(source, emitter.index(stride * column), element);
    Value to = emitter.advance(target, emitter.index(column), element);
    Value row = emitter.loadStrided(from, stride, element, active);
    emitter.store(row, to, element,
                  active < kLanes ? emitter.firstLanes(active) : Value());
  }
}

/// Returns the number of keys in the blocks that some query before `row` may
/// attend to.
Value AttentionEmission::countCausalKeys(Value row) {
  Value block = emitter.index(kKeysPerBlock);
  Value end = emitter.addInt(row, emitter.index(*attention.causal));
  end = emitter.maxSigned(end, emitter.index(0));
  Value numBlocks = emitter.create<arith::DivUIOp>(
      emitter.addInt(end, emitter.index(kKeysPerBlock - 1)), block);
  return emitter.minSigned(emitter.mulInt(numBlocks, block),
                           emitter.index(attention.numKeys));
}

/// Returns whether the weight of a masked key may not be 0 for some query of
/// the group, as for one that has met masked keys only.
Value AttentionEmission::isAnyMasked() {
  constexpr double kZeroBelow = 1000; // exp(-1000) is 0 in f32 and f64
  Value bound = constant(attention.fill + kZeroBelow);
  Value isAny;
  for (Value maximum : loadSoftmax().maxima) {
    Value isMasked = emitter.compare(arith::CmpFPredicate::OLE, maximum, bound);
    isAny = isAny ? emitter.bitOr(isAny, isMasked) : isMasked;
  }
  Type bits = emitter.getBuilder().getIntegerType(kLanes);
  return emitter.compareInt(arith::CmpIPredicate::ne,
                            emitter.create<LLVM::BitcastOp>(bits, isAny),
                            emitter.constantInt(bits, 0));
}

/// Emits one block of keys for a group: what was summed before is scaled to the
/// new maximum.
void AttentionEmission::emitBlock(Value firstKey) {
  Values inBlock = emitScores(firstKey);
  Softmax before = loadSoftmax(), after;
  Values factors;
  for (auto [score, maximum] : llvm::zip_equal(inBlock, before.maxima)) {
    after.maxima.push_back(emitter.maxOrRhs(score, maximum));
    factors.push_back(
        emitExpOfNegative(emitter, emitter.sub(maximum, after.maxima.back())));
  }
  Values weights = emitWeights(after.maxima);
  for (auto [sum, factor, weight] :
       llvm::zip_equal(before.sums, factors, weights))
    after.sums.push_back(emitter.fma(sum, factor, weight));
  storeSoftmax(after);
  emitSums(factors);
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// Emits the scores of a block and returns their maxima. The last group of keys
/// begins earlier rather than having fewer.
Values AttentionEmission::emitScores(Value firstKey) {
  Values maxima(numVectors, getLowest());
  Value group = emitter.index(keysAtOnce);
  Value lastGroup = emitter.subInt(blockSize, group);
  Value isEnough = emitter.compareInt(arith::CmpIPredicate::sge, lastGroup,
                                      emitter.index(0));
  Value numInGroups = emitter.select(isEnough, blockSize, emitter.index(0));
  maxima = emitter.forLoop(emitter.index(0), numInGroups, group, maxima,
                           [&](Value key, ValueRange carried) {
                             return emitScoresOf(
                                 firstKey, emitter.minSigned(key, lastGroup),
                                 keysAtOnce, carried);
                           });
  if (keysAtOnce == 1)
    return maxima;
  return emitter.forLoop(numInGroups, blockSize, emitter.index(1), maxima,
                         [&](Value key, ValueRange carried) {
                           return emitScoresOf(firstKey, key, 1, carried);
                         });
}

/// Returns `sums`, vector by vector for each number, plus the products of
/// `vectors` and `count` numbers that lie `stride` apart from `start` on.
Values AttentionEmission::addProducts(ArrayRef<Value> vectors, Value start,
                                      const DimExpr &stride, int64_t count,
                                      ValueRange sums) {
  Type element = attention.elementType;
  Values result;
  for (int64_t i = 0; i < count; ++i) {
    Value address = emitter.advance(start, emitter.index(stride * i), element);
    Value factor = emitter.splat(emitter.loadScalar(address, element));
    for (Value vector : vectors)
      result.push_back(emitter.fma(factor, vector, sums[result.size()]));
  }
  return result;
}

/// Emits the scores of `numKeys` keys from `key` of the block on.
Values AttentionEmission::emitScoresOf(Value firstKey, Value key,
                                       int64_t numKeys, ValueRange maxima) {
  Type element = attention.elementType;
  Values accumulators = emitter.forLoop(
      emitter.index(0), emitter.index(attention.depth), emitter.index(1),
      Values(numKeys * numVectors, constant(0)),
      [&](Value column, ValueRange carried) {
        Values lanes;
        for (int64_t i = 0; i < numVectors; ++i)
          lanes.push_back(
              emitter.load(advance(queries, column, i * kLanes), element));
        return addProducts(lanes, place(blockKeys, key, column),
                           blockKeys.rowStride, numKeys, carried);
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
Values AttentionEmission::emitWeights(ArrayRef<Value> maxima) {
  Type element = attention.elementType;
  return emitter.forLoop(
      emitter.index(0), blockSize, emitter.index(1),
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
// Sums
//===----------------------------------------------------------------------===//

/// Emits results times `factors` plus the block's values times their weights.
void AttentionEmission::emitSums(ArrayRef<Value> factors) {
  int64_t tail = attention.valueDepth % columnsAtOnce;
  emitter.forLoop(emitter.index(0), emitter.index(attention.valueDepth - tail),
                  emitter.index(columnsAtOnce), {},
                  [&](Value column, ValueRange) -> Values {
                    emitSumsOf(column, columnsAtOnce, factors);
                    return {};
                  });
  if (tail != 0)
    emitSumsOf(emitter.index(attention.valueDepth - tail), tail, factors);
}

void AttentionEmission::emitSumsOf(Value column, int64_t numColumns,
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
    Values weights;
    for (int64_t vector = 0; vector < numVectors; ++vector)
      weights.push_back(
          emitter.load(advance(scores, key, vector * kLanes), element));
    return addProducts(weights, place(blockValues, key, column),
                       blockValues.columnStride, numColumns, carried);
  };
  Values result = emitter.forLoop(emitter.index(0), blockSize, emitter.index(1),
                                  scaled, emitKey);
  for (int64_t i = 0; i < numColumns; ++i)
    for (int64_t vector = 0; vector < numVectors; ++vector)
      emitter.store(result[i * numVectors + vector], getAddress(i, vector),
                    element);
}

} // namespace neap
