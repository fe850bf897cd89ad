// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NeapOps.cpp - the ops of the graph dialect.
#include "dialects/neap/IR/NeapOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace neap;

#define GET_OP_CLASSES
#include "dialects/neap/IR/NeapOps.cpp.inc"

OpFoldResult AbsOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AcosOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AcoshOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AddOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AndOp::fold(FoldAdaptor) { return {}; }
LogicalResult ArgReduceOp::verify() { return success(); }
int64_t ArgReduceOp::getFlops() { return 0; }
OpFoldResult AsinOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AsinhOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AtanOp::fold(FoldAdaptor) { return {}; }
OpFoldResult AtanhOp::fold(FoldAdaptor) { return {}; }
LogicalResult BroadcastOp::verify() { return success(); }
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return {}; }
int64_t BroadcastOp::getFlops() { return 0; }
OpFoldResult CastOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CeilOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CompareOp::fold(FoldAdaptor) { return {}; }
LogicalResult ConcatOp::verify() { return success(); }
OpFoldResult ConcatOp::fold(FoldAdaptor) { return {}; }
int64_t ConcatOp::getFlops() { return 0; }
OpFoldResult ConstantOp::fold(FoldAdaptor) { return {}; }
int64_t ConstantOp::getFlops() { return 0; }
LogicalResult ConvOp::verify() { return success(); }
int64_t ConvOp::getFlops() { return 0; }
OpFoldResult CosOp::fold(FoldAdaptor) { return {}; }
OpFoldResult CoshOp::fold(FoldAdaptor) { return {}; }
LogicalResult CumulativeSumOp::verify() { return success(); }
int64_t CumulativeSumOp::getFlops() { return 0; }
OpFoldResult DivOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ErfOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ExpOp::fold(FoldAdaptor) { return {}; }
OpFoldResult FloorOp::fold(FoldAdaptor) { return {}; }
LogicalResult FusedOp::verify() { return success(); }
int64_t FusedOp::getFlops() { return 0; }
LogicalResult GatherElementsOp::verify() { return success(); }
int64_t GatherElementsOp::getFlops() { return 0; }
LogicalResult GatherNdOp::verify() { return success(); }
int64_t GatherNdOp::getFlops() { return 0; }
LogicalResult GatherOp::verify() { return success(); }
int64_t GatherOp::getFlops() { return 0; }
LogicalResult IotaOp::verify() { return success(); }
int64_t IotaOp::getFlops() { return 0; }
LogicalResult KernelOp::verify() { return success(); }
LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &) { return success(); }
int64_t LaunchOp::getFlops() { return 0; }
void LaunchOp::getInPlaceOperands(unsigned result, SmallVectorImpl<unsigned> &operands) { appendOperandsOfResultSize(*this, result, operands); }
OpFoldResult LogOp::fold(FoldAdaptor) { return {}; }
int64_t LogSoftmaxOp::getFlops() { return 0; }
void LogSoftmaxOp::getInPlaceOperands(unsigned result, SmallVectorImpl<unsigned> &operands) { appendOperandsOfResultSize(*this, result, operands); }
LogicalResult MatmulOp::verify() { return success(); }
int64_t MatmulOp::getFlops() { return 0; }
OpFoldResult MaxOp::fold(FoldAdaptor) { return {}; }
OpFoldResult MinOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ModOp::fold(FoldAdaptor) { return {}; }
OpFoldResult MulOp::fold(FoldAdaptor) { return {}; }
OpFoldResult NegOp::fold(FoldAdaptor) { return {}; }
OpFoldResult NotOp::fold(FoldAdaptor) { return {}; }
OpFoldResult OrOp::fold(FoldAdaptor) { return {}; }
LogicalResult PackPanelsOp::verify() { return success(); }
int64_t PackPanelsOp::getFlops() { return 0; }
LogicalResult PackedConvOp::verify() { return success(); }
int64_t PackedConvOp::getFlops() { return 0; }
LogicalResult PackedGatherOp::verify() { return success(); }
int64_t PackedGatherOp::getFlops() { return 0; }
LogicalResult PackedMatmulOp::verify() { return success(); }
int64_t PackedMatmulOp::getFlops() { return 0; }
LogicalResult PadOp::verify() { return success(); }
int64_t PadOp::getFlops() { return 0; }
LogicalResult PoolOp::verify() { return success(); }
int64_t PoolOp::getFlops() { return 0; }
OpFoldResult PowOp::fold(FoldAdaptor) { return {}; }
LogicalResult ReduceOp::verify() { return success(); }
int64_t ReduceOp::getFlops() { return 0; }
OpFoldResult RemOp::fold(FoldAdaptor) { return {}; }
LogicalResult ReshapeOp::verify() { return success(); }
OpFoldResult ReshapeOp::fold(FoldAdaptor) { return {}; }
int64_t ReshapeOp::getFlops() { return 0; }
LogicalResult RmsStandardizeOp::verify() { return success(); }
int64_t RmsStandardizeOp::getFlops() { return 0; }
void RmsStandardizeOp::getInPlaceOperands(unsigned result, SmallVectorImpl<unsigned> &operands) { appendOperandsOfResultSize(*this, result, operands); }
OpFoldResult RoundOp::fold(FoldAdaptor) { return {}; }
LogicalResult ScatterElementsOp::verify() { return success(); }
int64_t ScatterElementsOp::getFlops() { return 0; }
LogicalResult ScatterNdOp::verify() { return success(); }
int64_t ScatterNdOp::getFlops() { return 0; }
OpFoldResult SelectOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ShiftLeftOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ShiftRightOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SignOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SinOp::fold(FoldAdaptor) { return {}; }
OpFoldResult SinhOp::fold(FoldAdaptor) { return {}; }
LogicalResult SliceOp::verify() { return success(); }
OpFoldResult SliceOp::fold(FoldAdaptor) { return {}; }
int64_t SliceOp::getFlops() { return 0; }
int64_t SoftmaxOp::getFlops() { return 0; }
void SoftmaxOp::getInPlaceOperands(unsigned result, SmallVectorImpl<unsigned> &operands) { appendOperandsOfResultSize(*this, result, operands); }
OpFoldResult SqrtOp::fold(FoldAdaptor) { return {}; }
LogicalResult StandardizeOp::verify() { return success(); }
int64_t StandardizeOp::getFlops() { return 0; }
void StandardizeOp::getInPlaceOperands(unsigned result, SmallVectorImpl<unsigned> &operands) { appendOperandsOfResultSize(*this, result, operands); }
OpFoldResult SubOp::fold(FoldAdaptor) { return {}; }
OpFoldResult TanOp::fold(FoldAdaptor) { return {}; }
OpFoldResult TanhOp::fold(FoldAdaptor) { return {}; }
LogicalResult TransposeOp::verify() { return success(); }
OpFoldResult TransposeOp::fold(FoldAdaptor) { return {}; }
int64_t TransposeOp::getFlops() { return 0; }
LogicalResult WeightOp::verify() { return success(); }
int64_t WeightOp::getFlops() { return 0; }
OpFoldResult XorOp::fold(FoldAdaptor) { return {}; }LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult PackPanelsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange, DictionaryAttr, OpaqueProperties, RegionRange, SmallVectorImpl<Type> &) { return failure(); }
