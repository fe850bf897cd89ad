// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Program.cpp - an entry's commands in the form that is executed.
#include "runtime/executor/Program.h"

#include "runtime/base/Format.h"
#include "runtime/device/cpu/KernelLibrary.h"

#include <algorithm>

namespace neap::rt {
namespace {

/// Flattens blocks into the arrays of a program.
class ProgramBuilder {
public:
  ProgramBuilder(const plan::Plan &plan, const KernelLibrary &kernels,
                 Program &program)
      : plan(plan), kernels(kernels), program(program) {}

  /// Appends the steps of `block`; depth is bounded by the verifier.
  void addBlock(const plan::Block &block) {
    for (const plan::Command &command : block.commands)
      addCommand(command);
  }

private:
  void addCommand(const plan::Command &command) {
    uint32_t index = size(program.steps);
    Step step;
    step.command = &command;
    step.firstOperand = size(program.operands);
    step.firstScalarExpr = size(program.scalarExprs);
    for (const plan::Operand &operand : command.operands)
      addOperand(operand);
    program.steps.emplace_back();
    if (const auto *launch = std::get_if<plan::Launch>(&command.kind))
      setLaunch(*launch, step);
    else if (const auto *kind = std::get_if<plan::If>(&command.kind))
      setIf(*kind, step);
    else if (const auto *loop = std::get_if<plan::Loop>(&command.kind))
      setLoop(*loop, step);
    else if (const auto *read = std::get_if<plan::ReadScalar>(&command.kind))
      setReadScalar(*read, step);
    else
      setCopy(step);
    step.end = size(program.steps);
    program.steps[index] = step;
  }

  void setLaunch(const plan::Launch &launch, Step &step) {
    step.kind = StepKind::Launch;
    step.kernel = kernels.kernel(launch.kernel);
    step.kernelName = plan.kernels[launch.kernel].symbol.c_str();
    step.firstSize = size(program.sizeExprs);
    step.numSizes = size(launch.sizes);
    step.countExpr = launch.numTiles;
    step.tilesPerBlock = launch.tilesPerBlock;
    step.scratchBytesPerThread = launch.scratchBytesPerThread;
    if (step.command->scratch) {
      step.hasScratch = true;
      addOperand(*step.command->scratch);
    }
    for (uint32_t expr : launch.sizes) {
      program.sizeExprs.push_back(expr);
      addScalarExprs(expr, step);
    }
    addScalarExprs(launch.numTiles, step);
  }

  void setCopy(Step &step) {
    step.kind = StepKind::Copy;
    for (const plan::Operand &operand : step.command->operands)
      addScalarExprs(program.entry->buffers[operand.buffer].sizeExpr, step);
  }

  void setIf(const plan::If &kind, Step &step) {
    step.kind = StepKind::If;
    addBlock(kind.thenBlock);
    step.middle = size(program.steps);
    addBlock(kind.elseBlock);
  }

  void setLoop(const plan::Loop &kind, Step &step) {
    step.kind = StepKind::Loop;
    step.countExpr = kind.tripCount;
    step.scalar = kind.iterationScalar;
    addScalarExprs(kind.tripCount, step);
    addBlock(kind.body);
  }

  void setReadScalar(const plan::ReadScalar &kind, Step &step) {
    step.kind = StepKind::ReadScalar;
    step.scalar = kind.scalar;
  }

  void addOperand(const plan::Operand &operand) {
    plan::Segment segment = program.entry->buffers[operand.buffer].segment;
    if (segment == plan::Segment::Input || segment == plan::Segment::Output)
      program.callerOperands.push_back(size(program.operands));
    program.operands.push_back(
        {operand.buffer, operand.offset, operand.length});
  }

  /// Appends what must be evaluated again for `expr`, operands first.
  void addScalarExprs(uint32_t expr, Step &step) {
    if (!program.ranges[expr].usesScalars)
      return;
    for (uint32_t id : plan::collectScalarExprs(plan, program.ranges, expr)) {
      program.scalarExprs.push_back(id);
      ++step.numScalarExprs;
    }
  }

  template <typename T>
  static uint32_t size(const std::vector<T> &values) {
    return static_cast<uint32_t>(values.size());
  }

  const plan::Plan &plan;
  const KernelLibrary &kernels;
  Program &program;
};

/// Finds which symbols the entry depends on, also through definitions.
void findUsedSymbols(const plan::Plan &plan, Program &program) {
  std::vector<bool> seen(plan.exprs.size(), false);
  std::vector<uint32_t> pending;
  auto use = [&](uint32_t expr) {
    if (!seen[expr])
      pending.push_back(expr);
    seen[expr] = true;
  };
  for (const auto *tensors : {&program.entry->inputs, &program.entry->outputs})
    for (const plan::Tensor &tensor : *tensors)
      std::for_each(tensor.dims.begin(), tensor.dims.end(), use);
  for (const plan::Buffer &buffer : program.entry->buffers)
    use(buffer.sizeExpr);
  std::for_each(program.sizeExprs.begin(), program.sizeExprs.end(), use);
  for (const Step &step : program.steps)
    if (step.kind == StepKind::Launch || step.kind == StepKind::Loop)
      use(step.countExpr);
  program.usedSymbols.assign(plan.symbols.size(), false);
  while (!pending.empty()) {
    const plan::Expr &expr = plan.exprs[pending.back()];
    pending.pop_back();
    if (expr.op == plan::Expr::Op::Symbol) {
      const plan::Symbol &symbol = plan.symbols[expr.value];
      program.usedSymbols[expr.value] = true;
      if (symbol.definition != 0)
        use(symbol.definition - 1);
    } else if (expr.op != plan::Expr::Op::Constant &&
               expr.op != plan::Expr::Op::Scalar) {
      use(expr.lhs);
      use(expr.rhs);
    }
  }
}

void addDefinitions(const plan::Plan &plan, Program &program) {
  for (uint32_t id = 0; id < plan.symbols.size(); ++id) {
    if (plan.symbols[id].definition == 0)
      continue;
    Program::Definition definition;
    definition.symbol = id;
    definition.begin = static_cast<uint32_t>(program.definitionExprs.size());
    for (uint32_t expr :
         plan::collectExprs(plan, plan.symbols[id].definition - 1))
      program.definitionExprs.push_back(expr);
    definition.end = static_cast<uint32_t>(program.definitionExprs.size());
    program.definitions.push_back(definition);
  }
}

/// Checks that the entry needs nothing but the host.
Status checkHostOnly(const plan::Entry &entry) {
  std::string name = "entry " + quoted(entry.name);
  if (entry.usesSeed)
    return Status::error(StatusCode::Unimplemented,
                         "%s takes a random seed, which this runtime does not "
                         "supply",
                         name.c_str());
  for (const plan::Buffer &buffer : entry.buffers)
    if (buffer.space != plan::MemorySpace::Host || buffer.device != 0)
      return Status::error(StatusCode::Unimplemented,
                           "%s: buffer %s is on a device; this runtime runs on "
                           "the host alone",
                           name.c_str(), quoted(buffer.name).c_str());
  for (const plan::Stream &stream : entry.streams)
    if (stream.device != 0)
      return Status::error(StatusCode::Unimplemented,
                           "%s: stream %s is of device %u; this runtime runs "
                           "on the host alone",
                           name.c_str(), quoted(stream.name).c_str(),
                           stream.device);
  return Status();
}

} // namespace

Status buildProgram(const plan::Plan &plan, const plan::Entry &entry,
                    const KernelLibrary &kernels, Program &outProgram) {
  NEAP_RETURN_IF_ERROR(checkHostOnly(entry));
  outProgram.entry = &entry;
  outProgram.ranges = plan::computeExprRanges(plan, entry);
  ProgramBuilder(plan, kernels, outProgram).addBlock(entry.body);
  findUsedSymbols(plan, outProgram);
  addDefinitions(plan, outProgram);
  return Status();
}

} // namespace neap::rt
