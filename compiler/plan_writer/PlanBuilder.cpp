// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanBuilder.cpp - translates op by op: values become ids, texts become rows
// of the expression table, each once.
#include "compiler/plan_writer/PlanBuilder.h"

#include "mlir/IR/BuiltinTypes.h"
#include "runtime/plan/PlanVerifier.h"
#include "llvm/ADT/StringMap.h"
#include <map>

using namespace mlir;

namespace neap {

namespace {
class PlanBuilder {
public:
  FailureOr<plan::Plan> build(planir::PlanModuleOp module);

private:
  /// What values and names of the entry that is being built stand for.
  struct EntryIds {
    DenseMap<Value, uint32_t> buffers, streams, scalars;
    llvm::StringMap<uint32_t> scalarNames;
  };

  LogicalResult buildTables(planir::PlanModuleOp module);
  FailureOr<plan::Entry> buildEntry(planir::EntryOp op);
  LogicalResult buildDeclaration(Operation &op, plan::Entry &entry);
  LogicalResult buildBuffer(planir::BufferOp op, plan::Entry &entry);
  template <typename TensorOp>
  LogicalResult buildTensor(TensorOp op, std::vector<plan::Tensor> &tensors);
  LogicalResult buildBlock(mlir::Block &block, plan::Block &result);
  LogicalResult buildCommand(planir::CommandOpInterface op,
                             const DenseMap<Value, uint32_t> &tokens,
                             plan::Command &command);
  LogicalResult buildKind(Operation *op, plan::Command &command);
  LogicalResult buildLaunch(planir::LaunchOp op, plan::Command &command);
  LogicalResult buildIf(planir::IfOp op, plan::Command &command);
  LogicalResult buildLoop(planir::LoopOp op, plan::Command &command);

  /// Sets `id` to the row of the expression `text`.
  LogicalResult addExpr(Operation *op, StringRef text, uint32_t &id);
  LogicalResult addExprs(Operation *op, ArrayAttr texts,
                         std::vector<uint32_t> &ids);
  LogicalResult setElementType(Operation *op, Type type,
                               plan::ElementType &result);
  uint32_t addRow(const plan::Expr &expr);

  plan::Plan result;
  EntryIds ids;
  llvm::StringMap<uint32_t> symbolIds, kernelIds;
  std::map<std::tuple<plan::Expr::Op, int64_t, uint32_t, uint32_t>, uint32_t>
      rows;
};
} // namespace

//===----------------------------------------------------------------------===//
// Expressions and types
//===----------------------------------------------------------------------===//

uint32_t PlanBuilder::addRow(const plan::Expr &expr) {
  auto [it, isNew] = rows.try_emplace({expr.op, expr.value, expr.lhs, expr.rhs},
                                      result.exprs.size());
  if (isNew)
    result.exprs.push_back(expr);
  return it->second;
}

static plan::Expr::Op getExprOp(planir::ExprNode::Op op) {
  using Op = planir::ExprNode::Op;
  switch (op) {
  case Op::Constant:
    return plan::Expr::Op::Constant;
  case Op::Name:
    return plan::Expr::Op::Symbol;
  case Op::Add:
    return plan::Expr::Op::Add;
  case Op::Mul:
    return plan::Expr::Op::Mul;
  case Op::FloorDiv:
    return plan::Expr::Op::FloorDiv;
  case Op::CeilDiv:
    return plan::Expr::Op::CeilDiv;
  case Op::Min:
    return plan::Expr::Op::Min;
  case Op::Max:
    return plan::Expr::Op::Max;
  }
  llvm_unreachable("a kind of expression");
}

LogicalResult PlanBuilder::addExpr(Operation *op, StringRef text,
                                   uint32_t &id) {
  std::string error;
  std::optional<planir::ExprNodes> nodes = planir::parseExprText(text, &error);
  if (!nodes)
    return op->emitOpError("expected a size expression, got '")
           << text << "': " << error;
  SmallVector<uint32_t> idOfNode;
  for (const planir::ExprNode &node : *nodes) {
    plan::Expr row{getExprOp(node.op), node.value, 0, 0};
    if (node.op == planir::ExprNode::Op::Name) {
      if (auto it = ids.scalarNames.find(node.name);
          it != ids.scalarNames.end()) {
        row.op = plan::Expr::Op::Scalar;
        row.value = it->second;
      } else if (auto it = symbolIds.find(node.name); it != symbolIds.end()) {
        row.value = it->second;
      } else {
        return op->emitOpError("expected a symbol or scalar of the plan, got '")
               << node.name << "'";
      }
    } else if (node.op != planir::ExprNode::Op::Constant) {
      row.lhs = idOfNode[node.lhs];
      row.rhs = idOfNode[node.rhs];
    }
    idOfNode.push_back(addRow(row));
  }
  id = idOfNode.back();
  return success();
}

LogicalResult PlanBuilder::addExprs(Operation *op, ArrayAttr texts,
                                    std::vector<uint32_t> &exprs) {
  for (auto text : texts.getAsRange<StringAttr>())
    if (failed(addExpr(op, text.getValue(), exprs.emplace_back())))
      return failure();
  return success();
}

LogicalResult PlanBuilder::setElementType(Operation *op, Type type,
                                          plan::ElementType &elementType) {
  auto getIntegerType = [](IntegerType integer) {
    using E = plan::ElementType;
    switch (integer.getWidth()) {
    case 1:
      return E::Bool;
    case 8:
      return integer.isUnsigned() ? E::U8 : E::I8;
    case 16:
      return integer.isUnsigned() ? E::U16 : E::I16;
    case 32:
      return integer.isUnsigned() ? E::U32 : E::I32;
    case 64:
      return integer.isUnsigned() ? E::U64 : E::I64;
    default:
      return E::Unspecified;
    }
  };
  if (type.isF32())
    elementType = plan::ElementType::F32;
  else if (type.isF64())
    elementType = plan::ElementType::F64;
  else if (type.isF16())
    elementType = plan::ElementType::F16;
  else if (type.isBF16())
    elementType = plan::ElementType::BF16;
  else if (auto integer = dyn_cast<IntegerType>(type))
    elementType = getIntegerType(integer);
  if (elementType == plan::ElementType::Unspecified)
    return op->emitOpError("expected an element type of the plan, got ")
           << type;
  return success();
}

//===----------------------------------------------------------------------===//
// Tables and declarations
//===----------------------------------------------------------------------===//

LogicalResult PlanBuilder::buildTables(planir::PlanModuleOp module) {
  for (Operation &op : module.getBody().front()) {
    if (auto symbol = dyn_cast<planir::SymbolOp>(op)) {
      plan::Symbol row{symbol.getName().str(), symbol.getLo(), symbol.getHi(),
                       symbol.getStep(), 0};
      if (std::optional<StringRef> text = symbol.getDefinition()) {
        if (failed(addExpr(symbol, *text, row.definition)))
          return failure();
        ++row.definition;
      }
      symbolIds[row.name] = result.symbols.size();
      result.symbols.push_back(std::move(row));
    } else if (auto kernel = dyn_cast<planir::KernelOp>(op)) {
      kernelIds[kernel.getSymName()] = result.kernels.size();
      result.kernels.push_back({kernel.getSymName().str(),
                                uint32_t(kernel.getNumOperands()),
                                uint32_t(kernel.getNumSizes())});
    } else if (auto slice = dyn_cast<planir::StateSliceOp>(op)) {
      plan::StateSlice row;
      row.name = slice.getName().str();
      row.offset = slice.getOffset();
      row.size = slice.getSize();
      if (failed(setElementType(slice, slice.getType(), row.type)) ||
          failed(addExprs(slice, slice.getDims(), row.dims)))
        return failure();
      result.state.push_back(std::move(row));
    }
  }
  return success();
}

LogicalResult PlanBuilder::buildBuffer(planir::BufferOp op,
                                       plan::Entry &entry) {
  plan::Buffer buffer;
  buffer.name = op.getName().str();
  buffer.segment = plan::Segment(op.getSegment());
  buffer.space = plan::MemorySpace(op.getSpace());
  buffer.device = op.getDevice();
  buffer.offset = op.getOffset();
  buffer.size = op.getSize();
  buffer.elementBits = op.getElementBits();
  if (failed(addExpr(op, op.getSizeExpr(), buffer.sizeExpr)))
    return failure();
  ids.buffers[op.getResult()] = entry.buffers.size();
  entry.buffers.push_back(std::move(buffer));
  return success();
}

template <typename TensorOp>
LogicalResult PlanBuilder::buildTensor(TensorOp op,
                                       std::vector<plan::Tensor> &tensors) {
  plan::Tensor tensor;
  tensor.name = op.getName().str();
  tensor.buffer = ids.buffers.lookup(op.getBuffer());
  if (failed(setElementType(op, op.getType(), tensor.type)) ||
      failed(addExprs(op, op.getDims(), tensor.dims)))
    return failure();
  tensors.push_back(std::move(tensor));
  return success();
}

LogicalResult PlanBuilder::buildDeclaration(Operation &op, plan::Entry &entry) {
  if (auto stream = dyn_cast<planir::StreamOp>(op)) {
    ids.streams[stream.getResult()] = entry.streams.size();
    entry.streams.push_back(
        {stream.getName().str(), uint32_t(stream.getDevice())});
    return success();
  }
  if (auto scalar = dyn_cast<planir::ScalarOp>(op)) {
    ids.scalars[scalar.getResult()] = entry.scalars.size();
    ids.scalarNames[scalar.getName()] = entry.scalars.size();
    entry.scalars.push_back(
        {scalar.getName().str(), scalar.getLo(), scalar.getHi()});
    return success();
  }
  if (auto buffer = dyn_cast<planir::BufferOp>(op))
    return buildBuffer(buffer, entry);
  if (auto input = dyn_cast<planir::InputOp>(op)) {
    uint32_t id = ids.buffers.lookup(input.getBuffer());
    entry.buffers[id].index = entry.inputs.size();
    return buildTensor(input, entry.inputs);
  }
  if (auto output = dyn_cast<planir::OutputOp>(op)) {
    uint32_t id = ids.buffers.lookup(output.getBuffer());
    entry.buffers[id].index = entry.outputs.size();
    if (failed(buildTensor(output, entry.outputs)))
      return failure();
    if (std::optional<int64_t> input = output.getAliasesInput())
      entry.outputs.back().aliasesInput = *input + 1;
    entry.outputs.back().layer = output.getLayer().value_or("").str();
    entry.outputs.back().position = output.getPosition().value_or(0);
    entry.outputs.back().isKept = output.getKept();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Commands
//===----------------------------------------------------------------------===//

static plan::Operand makeOperand(uint32_t buffer, planir::AccessAttr access) {
  plan::Operand operand;
  operand.buffer = buffer;
  operand.access = plan::Access(access.getKind());
  operand.offset = access.getOffset();
  operand.length = access.getLength();
  operand.inPlaceOf = access.getInPlaceOf() + 1;
  return operand;
}

LogicalResult PlanBuilder::buildLaunch(planir::LaunchOp op,
                                       plan::Command &command) {
  plan::Launch launch;
  launch.kernel = kernelIds.lookup(op.getKernel());
  launch.tilesPerBlock = op.getTilesPerBlock();
  launch.scratchBytesPerThread = op.getScratchBytesPerThread();
  if (failed(addExprs(op, op.getSizes(), launch.sizes)) ||
      failed(addExpr(op, op.getNumTiles(), launch.numTiles)))
    return failure();
  command.kind = std::move(launch);
  if (op.getScratch())
    command.scratch = makeOperand(ids.buffers.lookup(op.getScratch()),
                                  *op.getScratchAccess());
  return success();
}

LogicalResult PlanBuilder::buildIf(planir::IfOp op, plan::Command &command) {
  plan::If branch;
  if (failed(buildBlock(op.getThenRegion().front(), branch.thenBlock)) ||
      failed(buildBlock(op.getElseRegion().front(), branch.elseBlock)))
    return failure();
  command.kind = std::move(branch);
  return success();
}

LogicalResult PlanBuilder::buildLoop(planir::LoopOp op,
                                     plan::Command &command) {
  plan::Loop loop;
  if (Value scalar = op.getIterationScalar())
    loop.iterationScalar = ids.scalars.lookup(scalar) + 1;
  if (failed(addExpr(op, op.getTripCount(), loop.tripCount)) ||
      failed(buildBlock(op.getBody().front(), loop.body)))
    return failure();
  command.kind = std::move(loop);
  return success();
}

LogicalResult PlanBuilder::buildKind(Operation *op, plan::Command &command) {
  if (auto launch = dyn_cast<planir::LaunchOp>(op))
    return buildLaunch(launch, command);
  if (auto branch = dyn_cast<planir::IfOp>(op))
    return buildIf(branch, command);
  if (auto loop = dyn_cast<planir::LoopOp>(op))
    return buildLoop(loop, command);
  if (auto read = dyn_cast<planir::ReadScalarOp>(op))
    command.kind = plan::ReadScalar{ids.scalars.lookup(read.getScalar())};
  else
    command.kind = plan::Copy{};
  return success();
}

LogicalResult PlanBuilder::buildCommand(planir::CommandOpInterface op,
                                        const DenseMap<Value, uint32_t> &tokens,
                                        plan::Command &command) {
  command.name = op.getName().str();
  command.stream = ids.streams.lookup(op.getStream());
  for (Value token : op.getWaits())
    command.waits.push_back(tokens.lookup(token));
  for (auto [buffer, access] : llvm::zip(
           op.getBuffers(), op.getAccesses().getAsRange<planir::AccessAttr>()))
    command.operands.push_back(makeOperand(ids.buffers.lookup(buffer), access));
  return buildKind(op, command);
}

LogicalResult PlanBuilder::buildBlock(mlir::Block &block, plan::Block &target) {
  DenseMap<Value, uint32_t> tokens;
  for (auto op : block.getOps<planir::CommandOpInterface>()) {
    tokens[op->getResult(0)] = target.commands.size();
    if (failed(buildCommand(op, tokens, target.commands.emplace_back())))
      return failure();
  }
  return success();
}

FailureOr<plan::Entry> PlanBuilder::buildEntry(planir::EntryOp op) {
  ids = EntryIds();
  plan::Entry entry;
  entry.name = op.getSymName().str();
  entry.arenaBytes = op.getArenaBytes();
  entry.usesSeed = op.getUsesSeed();
  entry.memory.maxLiveBytes = op.getMaxLiveBytes();
  entry.memory.lowerBoundBytes = op.getLowerBoundBytes();
  entry.memory.arenaLowerBoundBytes = op.getArenaLowerBoundBytes().value_or(0);
  entry.memory.flops = op.getFlops();
  for (auto tensor : op.getPeakTensors().getAsRange<planir::PeakTensorAttr>())
    entry.memory.peakTensors.push_back(
        {tensor.getName().str(), tensor.getBytes(), tensor.getShape().str()});
  mlir::Block &body = op.getBody().front();
  for (Operation &declaration : body)
    if (failed(buildDeclaration(declaration, entry)))
      return failure();
  if (failed(buildBlock(body, entry.body)))
    return failure();
  return entry;
}

FailureOr<plan::Plan> PlanBuilder::build(planir::PlanModuleOp module) {
  result.kernelAbi = module.getKernelAbi();
  result.producer = module.getProducer().str();
  result.maxThreads = module.getMaxThreads();
  result.constBytes = module.getConstBytes();
  result.stateBytes = module.getStateBytes();
  if (failed(buildTables(module)))
    return failure();
  for (auto op : module.getBody().front().getOps<planir::EntryOp>()) {
    FailureOr<plan::Entry> entry = buildEntry(op);
    if (failed(entry))
      return failure();
    result.entries.push_back(std::move(*entry));
  }
  return std::move(result);
}

FailureOr<plan::Plan> buildPlan(planir::PlanModuleOp module) {
  FailureOr<plan::Plan> plan = PlanBuilder().build(module);
  if (failed(plan))
    return failure();
  if (std::optional<std::string> problem = plan::verifyPlan(*plan))
    return module.emitOpError("is not safe to run: ") << *problem;
  return plan;
}

} // namespace neap
