// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linear.cpp - MatMul with NumPy's rules for vectors and batches, and Gemm.
#include "frontends/onnx/ops/Linear.h"

#include "frontends/onnx/OpImporters.h"
#include "frontends/onnx/ops/Einsum.h"
#include "frontends/onnx/ops/Fourier.h"
#include "frontends/onnx/ops/Quantization.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Whether all of `dims` are 1.
static bool areOnes(ArrayRef<DimExpr> dims) {
  return llvm::all_of(dims,
                      [](const DimExpr &dim) { return dim.isConstant(1); });
}

/// Returns `matrix` with the batch axes `batch` before its last two.
static Value withBatch(GraphBuilder &build, Value matrix,
                       ArrayRef<DimExpr> batch) {
  Dims dims(batch);
  llvm::append_range(dims, ArrayRef(getDimsOf(matrix)).take_back(2));
  return build.broadcast(matrix, dims);
}

/// Gives both operands shapes that `neap.matmul` takes: a right operand that
/// is one matrix stays one.
static LogicalResult alignBatches(NodeContext &node, Value &lhs, Value &rhs) {
  Dims lhsDims = getDimsOf(lhs), rhsDims = getDimsOf(rhs);
  ArrayRef<DimExpr> lhsBatch = ArrayRef(lhsDims).drop_back(2),
                    rhsBatch = ArrayRef(rhsDims).drop_back(2);
  GraphBuilder &build = node.build();
  if (areOnes(rhsBatch) && rhsBatch.size() <= lhsBatch.size()) {
    rhs = build.reshape(rhs, ArrayRef(rhsDims).take_back(2));
    return success();
  }
  std::optional<Dims> batch = getBroadcastDims(lhsBatch, rhsBatch);
  if (!batch)
    return node.emitError()
           << "the batch axes of " << printDims(lhsDims) << " and "
           << printDims(rhsDims) << " do not broadcast";
  Dims result = *batch;
  result.push_back(lhsDims[lhsDims.size() - 2]);
  result.push_back(rhsDims.back());
  if (failed(node.checkSize(result)) || failed(node.checkSize(*batch)))
    return failure();
  lhs = withBatch(build, lhs, *batch);
  rhs = withBatch(build, rhs, *batch);
  return success();
}

FailureOr<Value> neap::frontend::buildMatMul(NodeContext &node, Value lhs,
                                             Value rhs) {
  GraphBuilder &build = node.build();
  Dims lhsDims = getDimsOf(lhs), rhsDims = getDimsOf(rhs);
  if (lhsDims.empty() || rhsDims.empty() ||
      getElementTypeOf(lhs) != getElementTypeOf(rhs))
    return node.emitError() << "expected tensors of rank at least 1 and one "
                               "element type, got "
                            << lhs.getType() << " and " << rhs.getType();
  bool isRow = lhsDims.size() == 1, isColumn = rhsDims.size() == 1;
  if (isRow)
    lhs = build.reshape(lhs, {DimExpr(1), lhsDims[0]});
  if (isColumn)
    rhs = build.reshape(rhs, {rhsDims[0], DimExpr(1)});
  DimExpr inner = getDimsOf(lhs).back(),
          outer = getDimsOf(rhs)[getRankOf(rhs) - 2];
  if (inner != outer)
    return node.emitError() << "expected K of the right operand to equal "
                            << inner.str() << ", got " << outer.str();
  if (failed(alignBatches(node, lhs, rhs)))
    return failure();
  Value product = build.matmul(lhs, rhs);
  Dims dims = getDimsOf(product);
  if (failed(node.checkSize(dims)))
    return failure();
  if (isColumn)
    dims.pop_back();
  if (isRow)
    dims.erase(dims.end() - (isColumn ? 1 : 2));
  return build.reshape(product, dims);
}

static LogicalResult importMatMul(NodeContext &node) {
  Value lhs = node.getInput(0), rhs = lhs ? node.getInput(1) : nullptr;
  FailureOr<Value> product =
      rhs ? buildMatMul(node, lhs, rhs) : FailureOr<Value>(failure());
  return failed(product) ? failure() : node.setOutput(0, *product);
}

/// Returns input `index` of Gemm, transposed if attribute `name` says so.
static Value getMatrix(NodeContext &node, size_t index, StringRef name) {
  if (failed(node.checkRank(index, 2)))
    return nullptr;
  Value matrix = node.getInput(index);
  if (matrix && node.getInt(name, 0))
    return node.build().transpose(matrix, {1, 0});
  return matrix;
}

/// alpha A B + beta C
static LogicalResult importGemm(NodeContext &node) {
  Value lhs = getMatrix(node, 0, "transA");
  Value rhs = lhs ? getMatrix(node, 1, "transB") : nullptr;
  if (!rhs)
    return failure();
  if (getDimsOf(lhs)[1] != getDimsOf(rhs)[0] ||
      getElementTypeOf(lhs) != getElementTypeOf(rhs))
    return node.emitError()
           << "cannot multiply " << lhs.getType() << " by " << rhs.getType();
  GraphBuilder &build = node.build();
  double alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  Value result = build.matmul(lhs, rhs);
  if (failed(node.checkSize(getDimsOf(result))))
    return failure();
  if (alpha != 1)
    result = build.binary<MulOp>(result, alpha);
  if (!node.hasInput(2) || beta == 0)
    return node.setOutput(0, result);
  Value bias = node.getInput(2);
  if (!bias)
    return failure();
  if (getElementTypeOf(bias) != getElementTypeOf(result))
    return node.emitError() << "expected C of type " << getElementTypeOf(result)
                            << ", got " << getElementTypeOf(bias);
  if (beta != 1)
    bias = build.binary<MulOp>(bias, beta);
  FailureOr<Value> wide = node.broadcastTo(bias, getDimsOf(result));
  if (failed(wide))
    return failure();
  return node.setOutput(0, build.binary<AddOp>(result, *wide));
}

/// The product of the diagonal after elimination.
static LogicalResult importDet(NodeContext &node) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  Dims dims = getDimsOf(input);
  if (dims.size() < 2 || dims.back() != dims[dims.size() - 2])
    return node.emitError()
           << "expected square matrices in the last two axes, got "
           << printDims(dims);
  Type element = getElementTypeOf(input);
  if (!element.isF32() && !element.isF64())
    return node.emitError() << "expected float32 or float64, got " << element;
  FailureOr<SmallVector<int64_t>> sizes = node.checkStatic(dims, "the input");
  if (failed(sizes))
    return failure();
  GraphBuilder &build = node.build();
  int64_t size = sizes->back();
  Dims result(ArrayRef(dims).drop_back(2));
  FailureOr<int64_t> numMatrices =
      node.checkStatic(getNumElements(result), "the number of matrices");
  if (failed(numMatrices))
    return failure();
  if (size == 0)
    return node.setOutput(0, build.splat(result, element, 1));
  Value matrices = TriangularizeOp::create(build.getBuilder(), build.getLoc(),
                                           input.getType(), input);
  Value rows = build.reshape(
      matrices, {DimExpr(*numMatrices), DimExpr(size) * DimExpr(size)});
  Value diagonal =
      build.slice(rows, {0, 0}, {*numMatrices, size}, {1, size + 1});
  return node.setOutput(
      0, build.reshape(build.reduce(ReduceKind::Prod, diagonal, {1}), result));
}

ArrayRef<OpImporter> neap::frontend::getLinearImporters() {
  static const OpImporter kImporters[] = {
      {"DFT", 17, importDft, "only lengths known when it is compiled, to 2048"},
      {"DequantizeLinear", 10, importDequantizeLinear,
       "no types of fewer than 8 bits, no float8"},
      {"Det", 11, importDet},
      {"Einsum", 12, importEinsum},
      {"Gemm", 7, importGemm},
      {"MatMul", 1, importMatMul},
      {"MatMulInteger", 10, importMatMulInteger},
      {"MelWeightMatrix", 17, importMelWeightMatrix,
       "only inputs that are known when the model is compiled"},
      {"QLinearMatMul", 10, importQLinearMatMul, "no float8"},
      {"QuantizeLinear", 10, importQuantizeLinear,
       "no types of fewer than 8 bits, no float8"},
      {"STFT", 17, importStft,
       "only frames known when it is compiled, to 2048"},
  };
  return kImporters;
}
