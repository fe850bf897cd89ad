// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KernelShell.cpp - see the header. The private function is not inlined: only
// as a function's parameters can its pointers be `noalias`.
#include "passes/lowering/NeapToVector/KernelShell.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "passes/lowering/NeapToVector/SizeEmitter.h"

using namespace mlir;

namespace neap {

/// Byte offsets of the fields of neap_kernel_args on a 64-bit target.
enum ArgumentsOffset : int32_t {
  kBuffersOffset = 0,
  kSizesOffset = 8,
  kTileBeginOffset = 16,
  kTileEndOffset = 24,
  kScratchOffset = 32
};

/// Creates the empty private function: buffers, sizes, tile range, scratch.
static func::FuncOp createBody(VectorEmitter &emitter,
                               const KernelSignature &signature) {
  OpBuilder &builder = emitter.getBuilder();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  SmallVector<Type> inputs(signature.numBuffers, pointer);
  inputs.append(signature.symbols.size() + 2, builder.getI64Type());
  inputs.push_back(pointer);
  auto body = emitter.create<func::FuncOp>(
      (signature.name + "_body").str(),
      builder.getFunctionType(inputs, builder.getI32Type()));
  body.setPrivate();
  body->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(builder.getContext(), LLVM::Linkage::Internal));
  body->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  StringRef noAlias = LLVM::LLVMDialect::getNoAliasAttrName();
  for (unsigned i = 0; i < signature.numBuffers; ++i)
    if (signature.mayAlias.empty() || !signature.mayAlias[i])
      body.setArgAttr(i, noAlias, builder.getUnitAttr());
  body.setArgAttr(inputs.size() - 1, noAlias, builder.getUnitAttr());
  return body;
}

/// Loads the field of type `type` that is `offset` bytes after `base`.
static Value loadField(VectorEmitter &emitter, Value base, int32_t offset,
                       Type type) {
  OpBuilder &builder = emitter.getBuilder();
  Value address =
      emitter.create<LLVM::GEPOp>(base.getType(), builder.getI8Type(), base,
                                  ArrayRef<LLVM::GEPArg>{offset});
  return emitter.create<LLVM::LoadOp>(type, address);
}

/// Creates the public function, which unpacks its argument and calls `body`.
static void createEntry(VectorEmitter &emitter,
                        const KernelSignature &signature, func::FuncOp body) {
  OpBuilder &builder = emitter.getBuilder();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Type i64 = builder.getI64Type();
  auto entry = emitter.create<func::FuncOp>(
      signature.name,
      builder.getFunctionType({pointer}, body.getResultTypes()));
  builder.setInsertionPointToStart(entry.addEntryBlock());
  Value arguments = entry.getArgument(0);
  SmallVector<Value> operands;
  if (signature.numBuffers) {
    Value buffers = loadField(emitter, arguments, kBuffersOffset, pointer);
    for (unsigned i = 0; i < signature.numBuffers; ++i)
      operands.push_back(loadField(emitter, buffers, 8 * i, pointer));
  }
  if (!signature.symbols.empty()) {
    Value sizes = loadField(emitter, arguments, kSizesOffset, pointer);
    for (size_t i = 0; i < signature.symbols.size(); ++i)
      operands.push_back(loadField(emitter, sizes, 8 * i, i64));
  }
  operands.push_back(loadField(emitter, arguments, kTileBeginOffset, i64));
  operands.push_back(loadField(emitter, arguments, kTileEndOffset, i64));
  operands.push_back(loadField(emitter, arguments, kScratchOffset, pointer));
  auto call = emitter.create<func::CallOp>(body, operands);
  emitter.create<func::ReturnOp>(call.getResults());
}

void emitKernelShell(
    ModuleOp code, const KernelSignature &signature,
    const CpuFeatures &features,
    llvm::function_ref<Value(VectorEmitter &, const KernelArguments &)> body) {
  OpBuilder builder = OpBuilder::atBlockEnd(code.getBody());
  VectorEmitter emitter(builder, code.getLoc(), features);
  func::FuncOp function = createBody(emitter, signature);
  builder.setInsertionPointToStart(function.addEntryBlock());
  Block::BlockArgListType values = function.getArguments();
  KernelArguments arguments;
  arguments.buffers = values.take_front(signature.numBuffers);
  arguments.sizes =
      values.slice(signature.numBuffers, signature.symbols.size());
  Block::BlockArgListType rest = values.take_back(3);
  arguments.tileBegin = rest[0];
  arguments.tileEnd = rest[1];
  arguments.scratch = rest[2];
  SizeEmitter sizes(emitter, signature.symbols, arguments.sizes);
  emitter.setSizes(sizes);
  Value status = body(emitter, arguments);
  if (!status)
    status = emitter.constantInt(builder.getI32Type(), 0);
  emitter.create<func::ReturnOp>(status);
  builder.setInsertionPointToEnd(code.getBody());
  createEntry(emitter, signature, function);
}

Value createMemRefFromPointer(VectorEmitter &emitter, Value pointer,
                              const DimExpr &numElements, Type type) {
  MLIRContext *context = emitter.getBuilder().getContext();
  Type i64 = emitter.getBuilder().getI64Type();
  Type array = LLVM::LLVMArrayType::get(i64, 1);
  auto descriptorType = LLVM::LLVMStructType::getLiteral(
      context, {pointer.getType(), pointer.getType(), i64, array, array});
  Value descriptor = emitter.create<LLVM::PoisonOp>(descriptorType);
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    descriptor =
        emitter.create<LLVM::InsertValueOp>(descriptor, value, position);
  };
  insert(pointer, {0});
  insert(pointer, {1});
  insert(emitter.index(0), {2});
  insert(emitter.index(numElements), {3, 0});
  insert(emitter.index(1), {4, 0});
  auto memref = MemRefType::get(
      numElements.getConstant().value_or(ShapedType::kDynamic), type);
  return emitter
      .create<UnrealizedConversionCastOp>(TypeRange(memref), descriptor)
      .getResult(0);
}

} // namespace neap
