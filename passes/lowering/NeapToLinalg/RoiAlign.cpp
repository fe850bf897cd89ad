// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RoiAlign.cpp - bilinear samples in the bins of boxes as loops: of each bin
// the samples that lie on the image, one after the other, each over all
// channels at once. What an axis of a box is like is computed per bin. Boxes
// are data: however large or wrong one is, the loops run over the image only.
#include "passes/analysis/SizeAnalysis.h"
#include "passes/lowering/NeapToLinalg/Combine.h"
#include "passes/lowering/NeapToLinalg/LoopsForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace neap {

namespace {

/// The samples of one bin along one axis. Floats are of the element type,
/// counts i64.
struct AxisSamples {
  /// Elements of the image, as float and as i64.
  Value size, count;
  /// Where the bin starts, its length, and how many samples it has.
  Value start, length, numSamples;
  /// The samples that may lie on the image: from `begin` to before `end`.
  Value begin, end;
  /// Whether all samples do (i1).
  Value areInside;
};

/// The two elements around a sample and what they weigh.
struct Neighbours {
  Value isInside;
  Index low, high;
  Value lowWeight, highWeight;
};

class BinEmitter {
public:
  BinEmitter(RoiAlignOp op, LoopEmitter &emitter)
      : op(op), emitter(emitter), vector(emitter.getVectorEmitter()),
        element(getElementType(op.getInput())) {}

  /// Emits one bin: `box` and `image` are views of its box and its image, `row`
  /// of its channels.
  void emit(const StridedView &box, const StridedView &image,
            const StridedView &row, Index y, Index x, Index numChannels);

private:
  using P = arith::CmpFPredicate;

  Value number(double value) { return vector.constant(element, value); }
  Value toFloat(Value integer) {
    return emitter.create<arith::SIToFPOp>(element, integer);
  }
  /// Returns a float as i64, kept in [0, 2^31]; of NaN 0.
  Value toCount(Value value) {
    Value low = vector.maxOrRhs(value, number(0));
    return emitter.create<arith::FPToSIOp>(
        emitter.getBuilder().getI64Type(),
        vector.minOrRhs(low, number(0x1p31)));
  }
  Value toInt(Index index) {
    return emitter.create<arith::IndexCastOp>(emitter.getBuilder().getI64Type(),
                                              emitter.materialize(index));
  }
  Index toIndex(Value value) {
    return emitter
        .create<arith::IndexCastOp>(emitter.getBuilder().getIndexType(), value)
        .getResult();
  }
  AxisSamples getSamples(const StridedView &box, unsigned axis, Index bin);
  Value getPlace(const AxisSamples &axis, Value sample);
  Value isOnImage(const AxisSamples &axis, Value place);
  Neighbours getNeighbours(const AxisSamples &axis, Value sample);
  void forEachSample(const AxisSamples &axis,
                     function_ref<void(const Neighbours &)> body);
  void addSample(const StridedView &image, const StridedView &row,
                 const Neighbours &y, const Neighbours &x, Index numChannels);
  void finish(const StridedView &row, const AxisSamples &y,
              const AxisSamples &x, Index numChannels);

  RoiAlignOp op;
  LoopEmitter &emitter;
  VectorEmitter &vector;
  Type element;
};

} // namespace

/// Returns where a sample lies.
Value BinEmitter::getPlace(const AxisSamples &axis, Value sample) {
  Value part =
      vector.mul(vector.add(toFloat(sample), number(0.5)), axis.length);
  return vector.add(axis.start, vector.div(part, toFloat(axis.numSamples)));
}

Value BinEmitter::isOnImage(const AxisSamples &axis, Value place) {
  return vector.bitAnd(vector.compare(P::OGE, place, number(-1)),
                       vector.compare(P::OLE, place, axis.size));
}

AxisSamples BinEmitter::getSamples(const StridedView &box, unsigned axis,
                                   Index bin) {
  auto read = [&](int64_t column) {
    return emitter.load(emitter.advanceAxis(box, 1, emitter.constant(column)));
  };
  AxisSamples samples;
  samples.count = vector.index(getSizes(op.getInput())[axis + 1]);
  samples.size = toFloat(samples.count);
  Value numBins = toFloat(vector.index(getSizes(op.getResult())[axis + 1]));
  samples.length = vector.div(read(axis + 2), numBins);
  samples.start =
      vector.add(read(axis), vector.mul(toFloat(toInt(bin)), samples.length));
  samples.numSamples =
      op.getSamples() ? vector.index(op.getSamples())
                      : toCount(emitter.create<math::CeilOp>(samples.length));
  // Rounding may be off by one sample at both ends.
  Value perElement = vector.div(toFloat(samples.numSamples), samples.length);
  auto getSample = [&](Value place, double offset) {
    Value distance = vector.sub(place, samples.start);
    Value sample = vector.mul(distance, perElement);
    return vector.minSigned(toCount(vector.add(sample, number(offset))),
                            samples.numSamples);
  };
  Value zero = vector.index(0), one = vector.index(1);
  Value isForward = vector.compare(P::OGT, samples.length, number(0));
  samples.begin = vector.select(isForward, getSample(number(-1), -2), zero);
  samples.end =
      vector.select(isForward, getSample(samples.size, 2), samples.numSamples);
  Value last = vector.subInt(samples.numSamples, one);
  samples.areInside =
      vector.bitAnd(isOnImage(samples, getPlace(samples, zero)),
                    isOnImage(samples, getPlace(samples, last)));
  return samples;
}

Neighbours BinEmitter::getNeighbours(const AxisSamples &axis, Value sample) {
  Value place = getPlace(axis, sample);
  Neighbours result;
  result.isInside = isOnImage(axis, place);
  Value last = vector.subInt(axis.count, vector.index(1));
  Value inside =
      vector.minOrRhs(vector.maxOrRhs(place, number(0)), toFloat(last));
  Value low = toCount(inside);
  Value high = vector.minSigned(vector.addInt(low, vector.index(1)), last);
  result.highWeight = vector.sub(inside, toFloat(low));
  result.lowWeight = vector.sub(number(1), result.highWeight);
  result.low = toIndex(low);
  result.high = toIndex(high);
  return result;
}

void BinEmitter::forEachSample(const AxisSamples &axis,
                               function_ref<void(const Neighbours &)> body) {
  vector.forLoop(
      axis.begin, axis.end, vector.index(1), {}, [&](Value sample, ValueRange) {
        Neighbours neighbours = getNeighbours(axis, sample);
        emitter.ifElse(neighbours.isInside, [&] { body(neighbours); }, [] {});
        return VectorEmitter::Values();
      });
}

void BinEmitter::addSample(const StridedView &image, const StridedView &row,
                           const Neighbours &y, const Neighbours &x,
                           Index numChannels) {
  SmallVector<StridedView> pixels;
  SmallVector<Value> weights;
  for (auto [rowIndex, rowWeight] :
       {std::pair(y.low, y.lowWeight), std::pair(y.high, y.highWeight)})
    for (auto [column, weight] :
         {std::pair(x.low, x.lowWeight), std::pair(x.high, x.highWeight)}) {
      pixels.push_back(
          LoopEmitter::dropAxes(emitter.advance(image, {rowIndex, column}), 2));
      weights.push_back(vector.mul(rowWeight, weight));
    }
  emitter.emitMap(numChannels, pixels, row, [&](ValueRange elements) {
    Value result = elements.back();
    for (auto [weight, pixel] : llvm::zip(weights, elements.drop_back()))
      result = op.getKind() == PoolKind::Average
                   ? multiplyAdd(emitter, element, weight, pixel, result)
                   : combine(emitter, ReduceKind::Max, element, result,
                             vector.mul(weight, pixel));
    return result;
  });
}

/// Divides sums by the number of samples; a maximum counts what lies beyond the
/// image as 0.
void BinEmitter::finish(const StridedView &row, const AxisSamples &y,
                        const AxisSamples &x, Index numChannels) {
  if (op.getKind() == PoolKind::Average) {
    Value count = toFloat(vector.maxSigned(
        vector.mulInt(y.numSamples, x.numSamples), vector.index(1)));
    emitter.emitMap(numChannels, row, row, [&](ValueRange elements) {
      return vector.div(elements[0], count);
    });
    return;
  }
  Value areInside = vector.bitAnd(y.areInside, x.areInside);
  Value zero = number(0);
  emitter.emitMap(numChannels, row, row, [&](ValueRange elements) {
    Value withZero =
        combine(emitter, ReduceKind::Max, element, elements[0], zero);
    return vector.select(areInside, elements[0], withZero);
  });
}

void BinEmitter::emit(const StridedView &box, const StridedView &image,
                      const StridedView &row, Index y, Index x,
                      Index numChannels) {
  AxisSamples rows = getSamples(box, 0, y), columns = getSamples(box, 1, x);
  bool isAverage = op.getKind() == PoolKind::Average;
  emitter.fill(numChannels, row,
               getNeutral(emitter,
                          isAverage ? ReduceKind::Sum : ReduceKind::Max,
                          element));
  forEachSample(rows, [&](const Neighbours &vertical) {
    forEachSample(columns, [&](const Neighbours &horizontal) {
      addSample(image, row, vertical, horizontal, numChannels);
    });
  });
  finish(row, rows, columns, numChannels);
}

static void emitRoiAlign(RoiAlignOp op, LoopEmitter &emitter,
                         ArrayRef<StridedView> operands,
                         const StridedView &result, const Slab &slab) {
  ArrayRef<Index> offsets(slab.offsets), sizes(slab.sizes);
  StridedView images = emitter.advanceAxis(operands[0], 3, offsets.back());
  SmallVector<DimExpr> image = getSizes(op.getInput());
  DimExpr numImages = image.front();
  ArrayRef<DimExpr> plane = ArrayRef(image).slice(1, 2);
  emitter.forEach(sizes.take_front(3), [&](ArrayRef<Index> indices) {
    Indices bin;
    for (auto [offset, index] : llvm::zip(offsets, indices))
      bin.push_back(emitter.add(offset, index));
    StridedView box = emitter.advanceAxis(operands[1], 0, bin[0]);
    CheckedIndex which = emitter.checkIndex(
        emitter.load(emitter.advanceAxis(operands[2], 0, bin[0])), numImages);
    StridedView row = emitter.advance(result, bin);
    row = LoopEmitter::dropAxes(emitter.advanceAxis(row, 3, offsets.back()), 3);
    auto emitBin = [&] {
      StridedView pixels =
          LoopEmitter::dropAxes(emitter.advanceAxis(images, 0, which.index), 1);
      emitter.ifNotEmpty(
          plane,
          [&] {
            BinEmitter(op, emitter)
                .emit(box, pixels, row, bin[1], bin[2], sizes.back());
          },
          [&] {
            emitter.fill(sizes.back(), row, getZero(emitter, row.element));
          });
    };
    emitter.ifElse(which.isInside, emitBin, [] {});
  });
}

FailureOr<LoopsForm> getRoiAlignForm(Operation *op, const SymbolFacts &facts) {
  auto align = dyn_cast<RoiAlignOp>(op);
  if (!align || !hasArithmetic(getElementType(align.getResult())))
    return failure();
  LoopsForm form;
  form.tiledAxes = getResultAxes(op);
  double channels = getLargest(getSizes(align.getResult()).back(), facts);
  // About one sample per element of a bin, whose size is that of its box.
  auto samples = static_cast<double>(std::max<int64_t>(align.getSamples(), 2));
  form.nsPerElement = samples * samples * (0.6 + 15 / std::max(channels, 1.0));
  form.emit = [align](auto &&...arguments) {
    emitRoiAlign(align, arguments...);
  };
  return form;
}

} // namespace neap
