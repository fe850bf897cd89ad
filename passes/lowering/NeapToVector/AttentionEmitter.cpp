// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AttentionEmitter.cpp - see the header. Lanes are queries: scores are key by
// query and results column by query, so that keys and values are read in place,
// the softmax runs down the keys lane by lane, and only queries and results are
// transposed, through scratch. Loops, outermost first: heads, tiles of queries,
// blocks of keys, groups of as many queries as the vectors hold; then the
// scores, their exponentials, the results.
//
// Each lane has its own sums, so a group's width follows the instruction set.
// Blocks of keys that `causal` masks for all queries of a group are left out:
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
  traits.scratchBytes =
      llvm::alignTo(attention->getScratchElements() *
                        VectorEmitter::getSizeInBytes(attention->elementType),
                    64);
  traits.inPlace.emplace_back();
  return traits;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

using Values = VectorEmitter::Values;

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
  columnsAtOnce = keysAtOnce;
  Value next = arguments.scratch;
  auto take = [&](int64_t numElements) {
    Value result = next;
    next = advanceBytes(emitter, next, numElements * size);
    return result;
  };
  allQueries = take(attention.getQueryElements());
  scores = take(attention.getScoreElements());
  allSums = take(attention.getSumElements());
  allSoftmax = take(attention.getSoftmaxElements());
  keyCopy = take(attention.getKeyElements());
  valueCopy = take(attention.getValueElements());
}

/// Returns the address of an element of the present head.
Value AttentionEmission::place(Value pointer, const AttentionAccess &access,
                               Value row, Value column) {
  Value distance = emitter.addInt(
      emitter.mulInt(row, emitter.index(access.rowStride)),
      emitter.mulInt(column, emitter.index(access.columnStride)));
  return emitter.advance(pointer, distance, access.elementType);
}

Value AttentionEmission::place(const BlockRows &rows, Value row, Value column) {
  Value distance =
      emitter.addInt(emitter.mulInt(row, emitter.index(rows.rowStride)),
                     emitter.mulInt(column, emitter.index(rows.columnStride)));
  return emitter.advance(rows.start, distance, attention.elementType);
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
    beginRow = begin;
    endRow =
        emitter.minSigned(emitter.addInt(begin, emitter.index(kQueriesPerTile)),
                          emitter.index(attention.numQueries));
    forEachGroup([&] {
      packQueries();
      clearSums();
    });
    emitBlocks();
    forEachGroup([&] { storeResults(); });
    return {};
  };
  emitter.forLoop(arguments.tileBegin, arguments.tileEnd, emitter.index(1), {},
                  emitTile);
}

/// Emits a loop over the groups of queries that the vectors hold.
void AttentionEmission::forEachGroup(llvm::function_ref<void()> emitGroup) {
  emitter.forLoop(
      beginRow, endRow, emitter.index(getWidth()), {},
      [&](Value row, ValueRange) -> Values {
        firstRow = row;
        Value before = emitter.subInt(row, beginRow);
        auto getPart = [&](Value all, int64_t elementsPerQuery) {
          return emitter.advance(
              all, emitter.mulInt(before, emitter.index(elementsPerQuery)),
              attention.elementType);
        };
        queries = getPart(allQueries, attention.depth);
        sums = getPart(allSums, attention.valueDepth);
        softmax = getPart(allSoftmax, 2);
        emitGroup();
        return {};
      });
}

/// Returns the query after the group's last one.
Value AttentionEmission::getGroupEnd() {
  return emitter.minSigned(emitter.addInt(firstRow, emitter.index(getWidth())),
                           endRow);
}

Value AttentionEmission::getLowest() {
  double lowest = attention.elementType.isF32()
                      ? double{std::numeric_limits<float>::lowest()}
                      : std::numeric_limits<double>::lowest();
  return constant(lowest);
}

AttentionEmission::Softmax AttentionEmission::loadSoftmax() {
  Softmax result;
  for (int64_t i = 0; i < numVectors; ++i) {
    auto load = [&](int64_t row) {
      return emitter.load(advance(softmax, emitter.index(row), i * kLanes),
                          attention.elementType);
    };
    result.maxima.push_back(load(0));
    result.sums.push_back(load(1));
  }
  return result;
}

void AttentionEmission::storeSoftmax(const Softmax &value) {
  for (int64_t i = 0; i < numVectors; ++i) {
    auto store = [&](Value vector, int64_t row) {
      emitter.store(vector, advance(softmax, emitter.index(row), i * kLanes),
                    attention.elementType);
    };
    store(value.maxima[i], 0);
    store(value.sums[i], 1);
  }
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
  emitter.transpose(rows);
  for (int64_t i = 0; i < numColumns; ++i)
    emitter.store(rows[i],
                  advance(queries, emitter.addInt(column, emitter.index(i)),
                          vector * kLanes),
                  attention.elementType);
}

/// Emits results of 0 and the softmax of no keys.
void AttentionEmission::clearSums() {
  storeSoftmax(
      {Values(numVectors, getLowest()), Values(numVectors, constant(0))});
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
void AttentionEmission::storeResults() {
  Values totals = loadSoftmax().sums;
  int64_t tail = attention.valueDepth % kLanes;
  for (int64_t vector = 0; vector < numVectors; ++vector) {
    Value sum = totals[vector];
    Value factor = emitter.div(constant(1), sum);
    bool takesNan = attention.maskedRows == MaskedRows::ZeroNan;
    Value isMasked = emitter.compare(takesNan ? arith::CmpFPredicate::ULE
                                              : arith::CmpFPredicate::OEQ,
                                     sum, constant(0));
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

/// Returns what a query gives that attends to nothing: not what 0 / 0 gives,
/// whose sign differs between compile time and run time.
Value AttentionEmission::getMaskedResult() {
  if (attention.maskedRows != MaskedRows::Nan)
    return constant(0);
  Value hasKeys =
      emitter.compareInt(arith::CmpIPredicate::sgt,
                         emitter.index(attention.numKeys), emitter.index(0));
  return emitter.select(
      hasKeys, constant(std::numeric_limits<double>::quiet_NaN()), constant(0));
}

void AttentionEmission::storeColumns(int64_t vector, Value column,
                                     int64_t numColumns, Value factor,
                                     Value isMasked) {
  Type element = attention.elementType;
  Value onMasked = getMaskedResult();
  Values rows;
  for (int64_t i = 0; i < numColumns; ++i) {
    Value address = advance(sums, emitter.addInt(column, emitter.index(i)),
                            vector * kLanes);
    Value result = emitter.mul(emitter.load(address, element), factor);
    rows.push_back(emitter.select(isMasked, onMasked, result));
  }
  rows.resize(kLanes, constant(0));
  emitter.transpose(rows);
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
