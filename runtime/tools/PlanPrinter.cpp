// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanPrinter.cpp - a plan as text.
#include "runtime/tools/PlanPrinter.h"

#include "runtime/base/Format.h"
#include "runtime/tools/ModelSummary.h"

namespace neap::tools {
namespace {

using rt::format;
using rt::quoted;
using ULL = unsigned long long;

/// Returns names[number], or the number where there is no name.
template <size_t N>
std::string pick(const char *const (&names)[N], uint32_t number) {
  return number < N ? names[number] : std::to_string(number);
}

constexpr const char *kSegments[] = {"arena", "const", "state", "input",
                                     "output"};
constexpr const char *kSpaces[] = {"host", "device", "host_pinned"};
constexpr const char *kAccesses[] = {"read", "write", "read_write", "scratch"};

/// Prints one entry.
class EntryPrinter {
public:
  EntryPrinter(const plan::Plan &plan, const plan::Entry &entry,
               std::string &text)
      : plan(plan), entry(entry), text(text) {}

  void print() {
    text += format("entry %s arena %llu%s\n", quoted(entry.name).c_str(),
                   ULL(entry.arenaBytes), entry.usesSeed ? " seed" : "");
    for (const plan::Tensor &tensor : entry.inputs)
      printTensor("input", tensor);
    for (const plan::Tensor &tensor : entry.outputs)
      printTensor("output", tensor);
    for (size_t i = 0; i < entry.streams.size(); ++i)
      text += format("  stream %zu %s device %u\n", i,
                     quoted(entry.streams[i].name).c_str(),
                     entry.streams[i].device);
    for (size_t i = 0; i < entry.scalars.size(); ++i)
      text += format("  scalar %zu %s %lld..%lld\n", i,
                     quoted(entry.scalars[i].name).c_str(),
                     static_cast<long long>(entry.scalars[i].lo),
                     static_cast<long long>(entry.scalars[i].hi));
    for (size_t i = 0; i < entry.buffers.size(); ++i)
      printBuffer(i, entry.buffers[i]);
    printBlock(entry.body, 2);
    text += format(
        "  max_live %llu lower_bound %llu arena_lower_bound %llu flops %llu\n",
        ULL(entry.memory.maxLiveBytes), ULL(entry.memory.lowerBoundBytes),
        ULL(entry.memory.arenaLowerBoundBytes), ULL(entry.memory.flops));
  }

private:
  void printTensor(const char *kind, const plan::Tensor &tensor) {
    text += format("  %s %s %s buffer %u", kind, quoted(tensor.name).c_str(),
                   tensorText(plan, entry, tensor).c_str(), tensor.buffer);
    if (tensor.aliasesInput != 0)
      text += format(" aliases input %u", tensor.aliasesInput - 1);
    if (tensor.isKept)
      text += " kept";
    text += "\n";
  }

  void printBuffer(size_t id, const plan::Buffer &buffer) {
    text +=
        format("  buffer %zu %s %s", id, quoted(buffer.name).c_str(),
               pick(kSegments, static_cast<uint32_t>(buffer.segment)).c_str());
    bool callers = buffer.segment == plan::Segment::Input ||
                   buffer.segment == plan::Segment::Output;
    if (callers)
      text += format(" %u", buffer.index);
    if (buffer.space != plan::MemorySpace::Host || buffer.device != 0)
      text += format(" %s %u",
                     pick(kSpaces, static_cast<uint32_t>(buffer.space)).c_str(),
                     buffer.device);
    text += format(" offset %llu size %llu bits %u", ULL(buffer.offset),
                   ULL(buffer.size), buffer.elementBits);
    std::string size = exprText(plan, entry, buffer.sizeExpr);
    if (size != std::to_string(buffer.size))
      text += " = " + size;
    text += "\n";
  }

  void printOperand(const plan::Operand &operand) {
    text +=
        format(" %s(%u[%llu, %llu)",
               pick(kAccesses, static_cast<uint32_t>(operand.access)).c_str(),
               operand.buffer, ULL(operand.offset),
               ULL(operand.offset) + operand.length);
    if (operand.inPlaceOf != 0)
      text += format(" in place of %u", operand.inPlaceOf - 1);
    text += ")";
  }

  void printCommand(const plan::Command &command, size_t id, size_t indent) {
    std::string margin(indent, ' ');
    text += margin + format("%zu: stream %u", id, command.stream);
    for (size_t i = 0; i < command.waits.size(); ++i)
      text += format("%s%u", i == 0 ? " waits " : ",", command.waits[i]);
    text += " " + kindText(command);
    for (const plan::Operand &operand : command.operands)
      printOperand(operand);
    if (command.scratch) {
      text += " scratch";
      printOperand(*command.scratch);
    }
    text += " " + quoted(command.name) + "\n";
    if (const auto *kind = std::get_if<plan::If>(&command.kind)) {
      printBlock(kind->thenBlock, indent + 2);
      text += margin + "else\n";
      printBlock(kind->elseBlock, indent + 2);
    }
    if (const auto *kind = std::get_if<plan::Loop>(&command.kind))
      printBlock(kind->body, indent + 2);
  }

  void printBlock(const plan::Block &block, size_t indent) {
    for (size_t i = 0; i < block.commands.size(); ++i)
      printCommand(block.commands[i], i, indent);
  }

  std::string kindText(const plan::Command &command) {
    if (const auto *launch = std::get_if<plan::Launch>(&command.kind))
      return launchText(*launch);
    if (std::holds_alternative<plan::Copy>(command.kind))
      return "copy";
    if (std::holds_alternative<plan::If>(command.kind))
      return "if";
    if (const auto *kind = std::get_if<plan::Loop>(&command.kind)) {
      std::string counter;
      if (kind->iterationScalar != 0)
        counter = format(" counter scalar %u", kind->iterationScalar - 1);
      return "loop " + exprText(plan, entry, kind->tripCount) + counter;
    }
    if (const auto *kind = std::get_if<plan::ReadScalar>(&command.kind))
      return format("read_scalar %u", kind->scalar);
    return "nothing";
  }

  std::string launchText(const plan::Launch &launch) {
    std::string result = "launch ";
    result += launch.kernel < plan.kernels.size()
                  ? plan.kernels[launch.kernel].symbol
                  : std::to_string(launch.kernel);
    result += " tiles " + exprText(plan, entry, launch.numTiles) +
              format("/%u", launch.tilesPerBlock);
    for (size_t i = 0; i < launch.sizes.size(); ++i)
      result +=
          (i == 0 ? " sizes " : ",") + exprText(plan, entry, launch.sizes[i]);
    if (launch.scratchBytesPerThread != 0)
      result +=
          format(" scratch_per_thread %llu", ULL(launch.scratchBytesPerThread));
    return result;
  }

  const plan::Plan &plan;
  const plan::Entry &entry;
  std::string &text;
};

} // namespace

std::string printPlan(const plan::Plan &plan) {
  std::string text =
      format("plan kernel_abi %u producer %s max_threads %u const %llu state "
             "%llu\n",
             plan.kernelAbi, quoted(plan.producer).c_str(), plan.maxThreads,
             ULL(plan.constBytes), ULL(plan.stateBytes));
  const plan::Entry none;
  for (const plan::Symbol &symbol : plan.symbols) {
    text += format("symbol %s %lld..%lld:%lld", quoted(symbol.name).c_str(),
                   static_cast<long long>(symbol.lo),
                   static_cast<long long>(symbol.hi),
                   static_cast<long long>(symbol.step));
    if (symbol.definition != 0)
      text += " = " + exprText(plan, none, symbol.definition - 1);
    text += "\n";
  }
  for (size_t i = 0; i < plan.kernels.size(); ++i)
    text += format("kernel %zu %s operands %u sizes %u\n", i,
                   plan.kernels[i].symbol.c_str(), plan.kernels[i].numOperands,
                   plan.kernels[i].numSizes);
  for (const plan::StateSlice &slice : plan.state)
    text +=
        format("state %s offset %llu size %llu\n", quoted(slice.name).c_str(),
               ULL(slice.offset), ULL(slice.size));
  for (const plan::Entry &entry : plan.entries)
    EntryPrinter(plan, entry, text).print();
  return text;
}

} // namespace neap::tools
