// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionEmitter.cpp - see the header. Lanes are queries: scores are key by
// query and results column by query, so that keys and values are read in place,
// the softmax runs down the keys lane by lane, and only queries and results are
// transposed, through scratch. Loops, outermost first: heads, tiles of queries,
// blocks of keys; in a block the scores, their exponentials, the results.
//
// Each lane has its own sums, so a tile's width follows the instruction set.
// Blocks of keys that `causal` masks for all queries of a tile are left out:
// they would add 0. Where `fill` is finite, masked keys do count for a query
// that has no others; then a second pass adds the blocks left out.
#include "passes/lowering/NeapToVector/AttentionEmitter.h"

#include "dialects/neap/IR/Symbols.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToVector/AttentionDescription.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"
#include "passes/lowering/NeapToVector/PanelSweep.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace neap {

static constexpr int64_t kLanes = VectorEmitter::kLanes;
static constexpr int64_t kKeysPerBlock = AttentionDescription::kKeysPerBlock;
static constexpr int64_t kQueriesPerTile =
    AttentionDescription::kQueriesPerTile;

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

FailureOr<KernelTraits> computeAttentionTraits(Block &body,
                                               const SymbolFacts &facts) {
  FailureOr<AttentionDescription> attention = describeAttention(body, facts);
  if (failed(attention))
    return failure();
  // At least 20 microseconds at 50 flops a nanosecond.
  constexpr double kLeastNs = 20000, kFlopsPerNs = 50;
  double flops = 2.0 * kQueriesPerTile *
                 (attention->depth + attention->valueDepth) *
                 getLargest(attention->numKeys, facts);
  KernelTraits traits;
  traits.numTiles = attention->getNumTiles();
  int64_t worthwhile = kLeastNs * kFlopsPerNs / std::max(flops, 1.0);
  traits.tilesPerBlock = std::max<int64_t>(
      1, std::min(worthwhile, getLargest(traits.numTiles, facts)));
  int64_t elements = attention->getQueryElements() +
                     attention->getScoreElements() +
                     attention->getSumElements();
  traits.scratchBytes = llvm::alignTo(
      elements * VectorEmitter::getSizeInBytes(attention->elementType), 64);
  traits.inPlace.emplace_back();
  return traits;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {

using Values = VectorEmitter::Values;

/// Emits the body of one kernel.
class AttentionEmission {
public:
  AttentionEmission(VectorEmitter &emitter,
                    const AttentionDescription &attention,
                    const KernelArguments &arguments);

  void emit();

private:
  /// Running maximum and sum of each vector of queries.
  struct Softmax {
    Values maxima, sums;

    Values join() const;
    static Softmax split(ValueRange values);
  };

  int64_t getWidth() const { return numVectors * kLanes; }
  Value constant(double value) { return emitter.constant(vectorType, value); }
  Value place(Value pointer, const AttentionAccess &access, Value row,
              Value column);
  Value getLaneRow(int64_t vector, int64_t lane);
  Value advance(Value pointer, Value rows, int64_t lanes = 0);

  void emitRows();
  void packQueries();
  void packColumns(int64_t vector, Value column, int64_t numColumns);
  void clearSums();
  Softmax emitAllBlocks();
  Softmax emitBlocks(Value begin, Value end, const Softmax &before);
  Value countCausalKeys();
  Value isAnyMasked(const Softmax &softmax);
  Softmax emitBlock(Value firstKey, const Softmax &before);
  Values emitScores(Value firstKey, Value numKeys);
  Values emitScoresOf(Value firstKey, Value key, int64_t numKeys,
                      ValueRange maxima);
  Value finishScore(Value score, Value key, int64_t vector);
  Value loadMask(Value key, int64_t vector);
  Values emitWeights(Value numKeys, ArrayRef<Value> maxima);
  void emitSums(Value firstKey, Value numKeys, ArrayRef<Value> factors);
  void emitSumsOf(Value values, Value column, int64_t numColumns, Value numKeys,
                  ArrayRef<Value> factors);
  void storeResults(const Softmax &softmax);
  void storeColumns(int64_t vector, Value column, int64_t numColumns,
                    Value factor, Value isMasked);

  VectorEmitter &emitter;
  const AttentionDescription &attention;
  const KernelArguments &arguments;
  VectorType vectorType;
  /// Vectors of queries, keys, and columns of values that are worked on at a
  /// time.
  int64_t numVectors, keysAtOnce, columnsAtOnce;
  /// Scratch: queries [depth, width], scores [keys, width] and results
  /// [columns, width].
  Value queries, scores, sums;
  /// Of the present head.
  Value queryBase, keyBase, valueBase, maskBase, resultBase;
  /// The present first query and, of each lane, the query that it computes: the
  /// last one again where there are no more.
  Value firstRow;
};

} // namespace

/// Transposes 16 vectors of 16 lanes.
static void transpose(VectorEmitter &emitter, Values &rows) {
  for (int64_t distance = kLanes / 2; distance >= 1; distance /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      bool isUpper = lane & distance;
      low.push_back(isUpper ? kLanes + lane - distance : lane);
      high.push_back(isUpper ? kLanes + lane : lane + distance);
    }
    for (int64_t i = 0; i < kLanes; ++i) {
      if (i & distance)
        continue;
      Value first = rows[i], second = rows[i + distance];
      rows[i] = emitter.create<vector::ShuffleOp>(first, second, low);
      rows[i + distance] =
          emitter.create<vector::ShuffleOp>(first, second, high);
    }
  }
}

AttentionEmission::AttentionEmission(VectorEmitter &emitter,
                                     const AttentionDescription &attention,
                                     const KernelArguments &arguments)
    : emitter(emitter), attention(attention), arguments(arguments),
      vectorType(VectorEmitter::getVectorType(attention.elementType)) {
  const CpuFeatures &features = emitter.getFeatures();
  int64_t size = VectorEmitter::getSizeInBytes(attention.elementType);
  int64_t registersPerVector = kLanes * 8 * size / features.vectorBits;
  int64_t numAccumulators = features.numVectorRegisters >= 32 ? 24 : 12;
  numVectors = registersPerVector == 1 ? 2 : 1;
  int64_t registers = registersPerVector * numVectors;
  keysAtOnce = std::max<int64_t>(1, numAccumulators / registers);
  columnsAtOnce = std::max<int64_t>(1, numAccumulators * 2 / 3 / registers);
  queries = arguments.scratch;
  scores = advanceBytes(emitter, queries, attention.getQueryElements() * size);
  sums = advanceBytes(emitter, scores, attention.getScoreElements() * size);
}

Values AttentionEmission::Softmax::join() const {
  Values values(maxima);
  llvm::append_range(values, sums);
  return values;
}

AttentionEmission::Softmax
AttentionEmission::Softmax::split(ValueRange values) {
  size_t half = values.size() / 2;
  return {Values(values.take_front(half)), Values(values.drop_front(half))};
}

/// Returns the address of an element of the present head.
Value AttentionEmission::place(Value pointer, const AttentionAccess &access,
                               Value row, Value column) {
  Value distance = emitter.addInt(
      emitter.mulInt(row, emitter.index(access.rowStride)),
      emitter.mulInt(column, emitter.index(access.columnStride)));
  return emitter.advance(pointer, distance, access.elementType);
}

/// Returns a place in scratch: after `rows` rows and `lanes` lanes.
Value AttentionEmission::advance(Value pointer, Value rows, int64_t lanes) {
  Value distance = emitter.addInt(
      emitter.mulInt(rows, emitter.index(getWidth())), emitter.index(lanes));
  return emitter.advance(pointer, distance, attention.elementType);
}

/// Returns the query of a lane.
Value AttentionEmission::getLaneRow(int64_t vector, int64_t lane) {
  Value row = emitter.addInt(firstRow, emitter.index(vector * kLanes + lane));
  return emitter.minSigned(row, emitter.index(attention.numQueries - 1));
}

void AttentionEmission::emit() {
  SmallVector<DimExpr> sizes(attention.loops);
  sizes.push_back(attention.getNumQueryTiles());
  auto emitTile = [&](Value tile, ValueRange) -> Values {
    SmallVector<Value> digits = emitDigits(emitter, tile, sizes);
    Value begin =
        emitter.mulInt(digits.pop_back_val(), emitter.index(kQueriesPerTile));
    auto getBase = [&](const AttentionAccess &access) {
      Value distance = emitter.index(access.offset);
      for (auto [digit, stride] : llvm::zip_equal(digits, access.loopStrides))
        distance = emitter.addInt(distance,
                                  emitter.mulInt(digit, emitter.index(stride)));
      return emitter.advance(arguments.buffers[access.buffer], distance,
                             access.elementType);
    };
    queryBase = getBase(attention.query);
    keyBase = getBase(attention.key);
    valueBase = getBase(attention.value);
    resultBase = getBase(attention.result);
    if (attention.mask)
      maskBase = getBase(*attention.mask);
    Value end =
        emitter.minSigned(emitter.addInt(begin, emitter.index(kQueriesPerTile)),
                          emitter.index(attention.numQueries));
    emitter.forLoop(begin, end, emitter.index(getWidth()), {},
                    [&](Value row, ValueRange) -> Values {
                      firstRow = row;
                      emitRows();
                      return {};
                    });
    return {};
  };
  emitter.forLoop(arguments.tileBegin, arguments.tileEnd, emitter.index(1), {},
                  emitTile);
}

/// Emits the queries that the vectors hold.
void AttentionEmission::emitRows() {
  packQueries();
  clearSums();
  storeResults(emitAllBlocks());
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

/// Emits the copy of the scaled queries to scratch, transposed.
void AttentionEmission::packQueries() {
  int64_t tail = attention.depth % kLanes;
  for (int64_t vector = 0; vector < numVectors; ++vector) {
    emitter.forLoop(emitter.index(0), emitter.index(attention.depth - tail),
                    emitter.index(kLanes), {},
                    [&](Value column, ValueRange) -> Values {
                      packColumns(vector, column, kLanes);
                      return {};
                    });
    if (tail != 0)
      packColumns(vector, emitter.index(attention.depth - tail), tail);
  }
}

void AttentionEmission::packColumns(int64_t vector, Value column,
                                    int64_t numColumns) {
  Value mask = numColumns < kLanes ? emitter.firstLanes(numColumns) : Value();
  Values rows;
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    Value row = emitter.load(
        place(queryBase, attention.query, getLaneRow(vector, lane), column),
        attention.elementType, mask);
    if (attention.scale != 1)
      row = emitter.mul(row, constant(attention.scale));
    rows.push_back(row);
  }
  transpose(emitter, rows);
  for (int64_t i = 0; i < numColumns; ++i)
    emitter.store(rows[i],
                  advance(queries, emitter.addInt(column, emitter.index(i)),
                          vector * kLanes),
                  attention.elementType);
}

/// Emits results of 0.
void AttentionEmission::clearSums() {
  emitter.forLoop(
      emitter.index(0), emitter.index(attention.valueDepth), emitter.index(1),
      {}, [&](Value column, ValueRange) -> Values {
        for (int64_t i = 0; i < numVectors; ++i)
          emitter.store(constant(0), advance(sums, column, i * kLanes),
                        attention.elementType);
        return {};
      });
}

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

/// Emits the division by the sums of the weights and the stores, transposed
/// back.
void AttentionEmission::storeResults(const Softmax &softmax) {
  int64_t tail = attention.valueDepth % kLanes;
  Value hasKeys =
      emitter.compareInt(arith::CmpIPredicate::sgt,
                         emitter.index(attention.numKeys), emitter.index(0));
  for (int64_t vector = 0; vector < numVectors; ++vector) {
    Value sum = softmax.sums[vector];
    Value factor =
        emitter.select(hasKeys, emitter.div(constant(1), sum), constant(0));
    Value isMasked;
    if (attention.maskedRows == MaskedRows::Zero)
      isMasked = emitter.compare(arith::CmpFPredicate::OEQ, sum, constant(0));
    else if (attention.maskedRows == MaskedRows::ZeroNan)
      isMasked = emitter.compare(arith::CmpFPredicate::ULE, sum, constant(0));
    emitter.forLoop(
        emitter.index(0), emitter.index(attention.valueDepth - tail),
        emitter.index(kLanes), {}, [&](Value column, ValueRange) -> Values {
          storeColumns(vector, column, kLanes, factor, isMasked);
          return {};
        });
    if (tail != 0)
      storeColumns(vector, emitter.index(attention.valueDepth - tail), tail,
                   factor, isMasked);
  }
}

void AttentionEmission::storeColumns(int64_t vector, Value column,
                                     int64_t numColumns, Value factor,
                                     Value isMasked) {
  Type element = attention.elementType;
  Values rows;
  for (int64_t i = 0; i < numColumns; ++i) {
    Value address = advance(sums, emitter.addInt(column, emitter.index(i)),
                            vector * kLanes);
    Value result = emitter.mul(emitter.load(address, element), factor);
    if (isMasked)
      result = emitter.select(isMasked, constant(0), result);
    rows.push_back(result);
  }
  rows.resize(kLanes, constant(0));
  transpose(emitter, rows);
  Value mask = numColumns < kLanes ? emitter.firstLanes(numColumns) : Value();
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    Value row = emitter.addInt(firstRow, emitter.index(vector * kLanes + lane));
    Value exists = emitter.compareInt(arith::CmpIPredicate::slt, row,
                                      emitter.index(attention.numQueries));
    emitter.ifThen(exists, [&]() -> Values {
      emitter.store(rows[lane],
                    place(resultBase, attention.result, row, column), element,
                    mask);
      return {};
    });
  }
}

LogicalResult emitAttention(KernelOp kernel, const CpuFeatures &features,
                            ModuleOp code) {
  SymbolFacts facts = getSymbolFacts(kernel);
  Block &body = kernel.getBody().front();
  FailureOr<AttentionDescription> attention = describeAttention(body, facts);
  if (failed(attention))
    return kernel.emitOpError("expected the body of an attention kernel: one "
                              "attention between views");
  KernelSignature signature;
  signature.name = kernel.getSymName();
  signature.numBuffers = body.getNumArguments() + 1;
  signature.symbols = collectSymbols(body);
  emitKernelShell(
      code, signature, features,
      [&](VectorEmitter &emitter, const KernelArguments &arguments) {
        AttentionEmission(emitter, *attention, arguments).emit();
        return Value();
      });
  return success();
}

} // namespace neap
