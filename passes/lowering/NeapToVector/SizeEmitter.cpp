// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/lowering/NeapToVector/SizeEmitter.h"

#include "passes/lowering/NeapToVector/VectorEmitter.h"

using namespace mlir;

namespace neap {

SizeEmitter::SizeEmitter(VectorEmitter &emitter, ArrayRef<std::string> names,
                         ValueRange values)
    : emitter(emitter) {
  for (auto [name, value] : llvm::zip_equal(names, values)) {
    symbols[name] = value;
    start = value.getParentBlock();
  }
}

Value SizeEmitter::get(const DimExpr &size) {
  Value &value = known[size.str()];
  if (value)
    return value;
  OpBuilder &builder = emitter.getBuilder();
  OpBuilder::InsertionGuard guard(builder);
  if (last)
    builder.setInsertionPointAfter(last);
  else
    builder.setInsertionPointToStart(start);
  value = emit(size);
  if (Operation *op = value.getDefiningOp())
    last = op;
  return value;
}

/// Emits `size` at the insertion point.
Value SizeEmitter::emit(const DimExpr &size) {
  return size.emit({[&](int64_t value) { return emitter.index(value); },
                    [&](StringRef name) { return symbols.lookup(name); },
                    [&](DimOperation operation, Value lhs, Value rhs) {
                      return combine(operation, lhs, rhs);
                    }});
}

Value SizeEmitter::combine(DimOperation operation, Value lhs, Value rhs) {
  switch (operation) {
  case DimOperation::Add:
    return emitter.addInt(lhs, rhs);
  case DimOperation::Mul:
    return emitter.mulInt(lhs, rhs);
  case DimOperation::Min:
    return emitter.minSigned(lhs, rhs);
  case DimOperation::Max:
    return emitter.maxSigned(lhs, rhs);
  case DimOperation::FloorDiv:
    break;
  }
  // Rounded towards zero, then corrected; a divisor is positive, or else what
  // it gives is not used.
  Value divisor = emitter.maxSigned(rhs, emitter.index(1));
  Value quotient = emitter.create<arith::DivSIOp>(lhs, divisor);
  Value rest = emitter.subInt(lhs, emitter.mulInt(quotient, divisor));
  Value isBelow =
      emitter.compareInt(arith::CmpIPredicate::slt, rest, emitter.index(0));
  return emitter.select(isBelow, emitter.subInt(quotient, emitter.index(1)),
                        quotient);
}

} // namespace neap
