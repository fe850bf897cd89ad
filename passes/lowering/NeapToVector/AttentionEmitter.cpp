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
#include "passes/lowering/NeapToVector/AttentionEmission.h"
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

using Values = VectorEmitter::Values;

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
// Results
//===----------------------------------------------------------------------===//

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
