// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant.cpp - checks of constants and weights.
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/OpChecks.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace neap;

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  // constant_c1
  auto elements = dyn_cast<DenseElementsAttr>(getValue());
  if (!elements)
    return emitOpError("expected dense elements");
  // constant_c2
  bool isIntegerList =
      isa<IntegerType>(getType().getElementType()) && getType().getRank() <= 1;
  int64_t bytes = getStoredBytes(getType());
  if (elements.isSplat() || isIntegerList || bytes <= kMaxBytes)
    return success();
  return emitOpError(
             "expected a splat, integers of rank at most 1, or at most ")
         << kMaxBytes << " bytes, got " << bytes << " (use 'neap.weight')";
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

int64_t ConstantOp::getFlops() { return 0; }
int64_t ConstantOp::getBytesMoved() { return 0; }

//===----------------------------------------------------------------------===//
// WeightOp
//===----------------------------------------------------------------------===//

/// Checks that `blob` points into the module's list of files, if it has one.
static LogicalResult checkFile(WeightOp op, neap::BlobAttr blob) {
  if (blob.getFile() < -1)
    return op.emitOpError("expected a file index of at least -1, got ")
           << blob.getFile();
  auto module = op->getParentOfType<ModuleOp>();
  auto files = module
                   ? module->getAttrOfType<ArrayAttr>(NeapDialect::kFilesAttr)
                   : nullptr;
  if (!files || blob.getFile() < static_cast<int64_t>(files.size()))
    return success();
  return op.emitOpError("expected a file index below ")
         << files.size() << ", the number of '" << NeapDialect::kFilesAttr
         << "', got " << blob.getFile();
}

LogicalResult WeightOp::verify() {
  neap::BlobAttr blob = getBlob();
  // weight_c2
  if (!getType().hasStaticShape())
    return emitOpError("expected 'result' of static shape, got ") << getType();
  // weight_c1
  if (failed(checkFile(*this, blob)))
    return failure();
  uint64_t bytes = getStoredBytes(getType());
  if (blob.getEncoding() == BlobEncoding::Raw && blob.getLength() != bytes)
    return emitOpError("expected 'blob' of ")
           << bytes << " bytes, the size of " << getType() << ", got "
           << blob.getLength();
  if (blob.getOffset() + blob.getLength() < blob.getOffset())
    return emitOpError("expected 'blob' to end within 64 bits, got offset ")
           << blob.getOffset() << " and length " << blob.getLength();
  return success();
}

int64_t WeightOp::getFlops() { return 0; }
int64_t WeightOp::getBytesMoved() { return 0; }
