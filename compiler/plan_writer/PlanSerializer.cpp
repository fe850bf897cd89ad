// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanSerializer.cpp - writes protobuf's wire format by hand: numbers as
// varints, the rest with a length before it, zeros left out, fields in the
// order of their numbers. The numbers are those of runtime/plan/plan.proto.
#include "compiler/plan_writer/PlanSerializer.h"

// In the structs' namespace, where kSerialize finds the overloads.
namespace neap::plan {

namespace {
/// Bytes of one message.
class Message {
public:
  void addNumber(uint32_t field, uint64_t value) {
    if (value == 0)
      return;
    addVarint(field << 3);
    addVarint(value);
  }
  void addSigned(uint32_t field, int64_t value) {
    addNumber(field, static_cast<uint64_t>(value));
  }
  void addString(uint32_t field, const std::string &text) {
    if (!text.empty())
      addBytes(field, text);
  }
  void addNumbers(uint32_t field, const std::vector<uint32_t> &values) {
    if (values.empty())
      return;
    Message packed;
    for (uint32_t value : values)
      packed.addVarint(value);
    addMessage(field, packed);
  }
  /// Adds `message`, also if it is empty: that it is there says something.
  void addMessage(uint32_t field, const Message &message) {
    addBytes(field, message.bytes);
  }
  template <typename T, typename Serialize>
  void addMessages(uint32_t field, const std::vector<T> &elements,
                   Serialize serialize) {
    for (const T &element : elements)
      addMessage(field, serialize(element));
  }
  std::string take() { return std::move(bytes); }

private:
  static constexpr uint32_t kLengthDelimited = 2;

  void addVarint(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      bytes.push_back(static_cast<char>(value | 0x80));
    bytes.push_back(static_cast<char>(value));
  }
  void addBytes(uint32_t field, const std::string &content) {
    addVarint(field << 3 | kLengthDelimited);
    addVarint(content.size());
    bytes += content;
  }

  std::string bytes;
};
} // namespace

static Message serialize(const Block &block);

/// Calls the overload for the type of `element`.
static constexpr auto kSerialize = [](const auto &element) {
  return serialize(element);
};

static Message serialize(const Symbol &symbol) {
  Message message;
  message.addString(1, symbol.name);
  message.addSigned(2, symbol.lo);
  message.addSigned(3, symbol.hi);
  message.addSigned(4, symbol.step);
  message.addNumber(5, symbol.definition);
  return message;
}

static Message serialize(const Expr &expr) {
  Message message;
  message.addNumber(1, static_cast<uint32_t>(expr.op));
  message.addSigned(2, expr.value);
  message.addNumber(3, expr.lhs);
  message.addNumber(4, expr.rhs);
  return message;
}

static Message serialize(const Buffer &buffer) {
  Message message;
  message.addString(1, buffer.name);
  message.addNumber(2, static_cast<uint32_t>(buffer.segment));
  message.addNumber(3, static_cast<uint32_t>(buffer.space));
  message.addNumber(4, buffer.device);
  message.addNumber(5, buffer.offset);
  message.addNumber(6, buffer.size);
  message.addNumber(7, buffer.sizeExpr);
  message.addNumber(8, buffer.elementBits);
  message.addNumber(9, buffer.index);
  return message;
}

static Message serialize(const Operand &operand) {
  Message message;
  message.addNumber(1, operand.buffer);
  message.addNumber(2, static_cast<uint32_t>(operand.access));
  message.addNumber(3, operand.offset);
  message.addNumber(4, operand.length);
  message.addNumber(5, operand.inPlaceOf);
  return message;
}

static Message serialize(const Launch &launch) {
  Message message;
  message.addNumber(1, launch.kernel);
  message.addNumbers(2, launch.sizes);
  message.addNumber(3, launch.numTiles);
  message.addNumber(4, launch.tilesPerBlock);
  message.addNumber(5, launch.scratchBytesPerThread);
  return message;
}

static Message serialize(const If &branch) {
  Message message;
  message.addMessage(1, serialize(branch.thenBlock));
  message.addMessage(2, serialize(branch.elseBlock));
  return message;
}

static Message serialize(const Loop &loop) {
  Message message;
  message.addNumber(1, loop.tripCount);
  message.addNumber(2, loop.iterationScalar);
  message.addMessage(3, serialize(loop.body));
  return message;
}

static Message serialize(const ReadScalar &read) {
  Message message;
  message.addNumber(1, read.scalar);
  return message;
}

/// Adds the member of the oneof that `command` has.
static void addKind(Message &message, const Command &command) {
  if (auto *launch = std::get_if<Launch>(&command.kind))
    message.addMessage(5, serialize(*launch));
  else if (std::holds_alternative<Copy>(command.kind))
    message.addMessage(6, Message());
  else if (auto *branch = std::get_if<If>(&command.kind))
    message.addMessage(7, serialize(*branch));
  else if (auto *loop = std::get_if<Loop>(&command.kind))
    message.addMessage(8, serialize(*loop));
  else if (auto *read = std::get_if<ReadScalar>(&command.kind))
    message.addMessage(9, serialize(*read));
}

static Message serialize(const Command &command) {
  Message message;
  message.addString(1, command.name);
  message.addNumber(2, command.stream);
  message.addNumbers(3, command.waits);
  message.addMessages(4, command.operands, kSerialize);
  addKind(message, command);
  if (command.scratch)
    message.addMessage(10, serialize(*command.scratch));
  return message;
}

static Message serialize(const Block &block) {
  Message message;
  message.addMessages(1, block.commands, kSerialize);
  return message;
}

static Message serialize(const Tensor &tensor) {
  Message message;
  message.addString(1, tensor.name);
  message.addNumber(2, static_cast<uint32_t>(tensor.type));
  message.addNumbers(3, tensor.dims);
  message.addNumber(4, tensor.buffer);
  message.addNumber(5, tensor.aliasesInput);
  message.addString(6, tensor.layer);
  message.addNumber(7, tensor.position);
  message.addNumber(8, tensor.isKept);
  return message;
}

static Message serialize(const Stream &stream) {
  Message message;
  message.addString(1, stream.name);
  message.addNumber(2, stream.device);
  return message;
}

static Message serialize(const Scalar &scalar) {
  Message message;
  message.addString(1, scalar.name);
  message.addSigned(2, scalar.lo);
  message.addSigned(3, scalar.hi);
  return message;
}

static Message serialize(const StateSlice &slice) {
  Message message;
  message.addString(1, slice.name);
  message.addNumber(2, static_cast<uint32_t>(slice.type));
  message.addNumbers(3, slice.dims);
  message.addNumber(4, slice.offset);
  message.addNumber(5, slice.size);
  return message;
}

static Message serialize(const PeakTensor &tensor) {
  Message message;
  message.addString(1, tensor.name);
  message.addNumber(2, tensor.bytes);
  message.addString(3, tensor.shape);
  return message;
}

static Message serialize(const MemorySummary &memory) {
  Message message;
  message.addNumber(1, memory.maxLiveBytes);
  message.addNumber(2, memory.lowerBoundBytes);
  message.addNumber(3, memory.flops);
  message.addMessages(4, memory.peakTensors, kSerialize);
  message.addNumber(5, memory.arenaLowerBoundBytes);
  return message;
}

static Message serialize(const Kernel &kernel) {
  Message message;
  message.addString(1, kernel.symbol);
  message.addNumber(2, kernel.numOperands);
  message.addNumber(3, kernel.numSizes);
  return message;
}

static Message serialize(const Entry &entry) {
  Message message;
  message.addString(1, entry.name);
  message.addMessages(2, entry.inputs, kSerialize);
  message.addMessages(3, entry.outputs, kSerialize);
  message.addMessages(4, entry.buffers, kSerialize);
  message.addMessages(5, entry.streams, kSerialize);
  message.addMessages(6, entry.scalars, kSerialize);
  message.addMessage(7, serialize(entry.body));
  message.addNumber(8, entry.arenaBytes);
  message.addNumber(9, entry.usesSeed);
  message.addMessage(10, serialize(entry.memory));
  return message;
}

static Message serialize(const Plan &plan) {
  Message message;
  message.addNumber(1, plan.kernelAbi);
  message.addString(2, plan.producer);
  message.addNumber(3, plan.maxThreads);
  message.addMessages(4, plan.symbols, kSerialize);
  message.addMessages(5, plan.exprs, kSerialize);
  message.addMessages(6, plan.kernels, kSerialize);
  message.addMessages(7, plan.entries, kSerialize);
  message.addMessages(8, plan.state, kSerialize);
  message.addNumber(9, plan.constBytes);
  message.addNumber(10, plan.stateBytes);
  return message;
}

} // namespace neap::plan

std::string neap::serializePlan(const plan::Plan &plan) {
  return plan::serialize(plan).take();
}
