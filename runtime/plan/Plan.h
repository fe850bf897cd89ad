// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plan.h - the plan as plain structs: a mirror of plan.proto, message by
// message and field by field. The compiler fills them and serializes them; the
// runtime reads them from a file. PlanVerifier works on them. Depends on the
// C++ standard library alone. dialects/plan/docs/format.md has the rules.
#ifndef NEAP_RUNTIME_PLAN_PLAN_H
#define NEAP_RUNTIME_PLAN_PLAN_H

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace neap::plan {

/// Type of a tensor's elements; the numbers are those of plan.proto.
enum class ElementType : uint32_t {
  Unspecified = 0,
  F32 = 1,
  F64 = 2,
  F16 = 3,
  BF16 = 4,
  Bool = 5,
  I8 = 6,
  I16 = 7,
  I32 = 8,
  I64 = 9,
  U8 = 10,
  U16 = 11,
  U32 = 12,
  U64 = 13
};

/// Returns the bytes of one element, or 0 if `type` is not a type.
inline uint32_t elementSizeInBytes(ElementType type) {
  switch (type) {
  case ElementType::F64:
  case ElementType::I64:
  case ElementType::U64:
    return 8;
  case ElementType::F32:
  case ElementType::I32:
  case ElementType::U32:
    return 4;
  case ElementType::F16:
  case ElementType::BF16:
  case ElementType::I16:
  case ElementType::U16:
    return 2;
  case ElementType::Bool:
  case ElementType::I8:
  case ElementType::U8:
    return 1;
  case ElementType::Unspecified:
    break;
  }
  return 0;
}

/// A named integer that is bound when a session runs: lo <= value <= hi and
/// (value - lo) % step == 0.
struct Symbol {
  std::string name;
  int64_t lo = 0;
  int64_t hi = 0;
  int64_t step = 1;
  /// 1 + id in Plan::exprs of its definition; 0 for a free symbol.
  uint32_t definition = 0;
};

/// One node of the expression table; operands have smaller ids.
struct Expr {
  enum class Op : uint32_t {
    Constant = 0,
    Symbol = 1,
    Add = 2,
    Mul = 3,
    FloorDiv = 4,
    CeilDiv = 5,
    Min = 6,
    Max = 7,
    Scalar = 8
  };
  Op op = Op::Constant;
  /// Constant: the value; Symbol: id in Plan::symbols; Scalar: id in
  /// Entry::scalars.
  int64_t value = 0;
  uint32_t lhs = 0;
  uint32_t rhs = 0;
};

/// Where a buffer's memory comes from.
enum class Segment : uint32_t {
  Arena = 0,
  Const = 1,
  State = 2,
  Input = 3,
  Output = 4
};

enum class MemorySpace : uint32_t { Host = 0, Device = 1, HostPinned = 2 };

/// A region of memory. Buffers may overlap; the verifier proves what is live.
struct Buffer {
  std::string name;
  Segment segment = Segment::Arena;
  MemorySpace space = MemorySpace::Host;
  uint32_t device = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint32_t sizeExpr = 0;
  uint32_t elementBits = 0;
  /// Input, Output: position in Entry::inputs or Entry::outputs.
  uint32_t index = 0;
};

enum class Access : uint32_t {
  Read = 0,
  Write = 1,
  ReadWrite = 2,
  Scratch = 3
};

/// What one command does to one buffer.
struct Operand {
  uint32_t buffer = 0;
  Access access = Access::Read;
  uint64_t offset = 0;
  uint64_t length = 0;
  /// Write only: 1 + position of the Read operand whose bytes it may replace.
  uint32_t inPlaceOf = 0;
};

/// Calls a kernel; the operands are in the kernel's order.
struct Launch {
  uint32_t kernel = 0;
  std::vector<uint32_t> sizes;
  uint32_t numTiles = 0;
  uint32_t tilesPerBlock = 1;
  uint64_t scratchBytesPerThread = 0;
};

/// operands[0] Read to operands[1] Write, equal lengths.
struct Copy {};

struct Command;

/// A list of commands with tokens of its own.
struct Block {
  std::vector<Command> commands;
};

/// operands[0]: Read of one Bool element.
struct If {
  Block thenBlock;
  Block elseBlock;
};

/// Runs the body tripCount times.
struct Loop {
  uint32_t tripCount = 0;
  /// 1 + id in Entry::scalars of the iteration number; 0: none.
  uint32_t iterationScalar = 0;
  Block body;
};

/// Reads one I64 or I32 element (operands[0]) into a scalar.
struct ReadScalar {
  uint32_t scalar = 0;
};

/// What a command does; monostate is a command without a kind, an error.
using CommandKind =
    std::variant<std::monostate, Launch, Copy, If, Loop, ReadScalar>;

/// One command. Its token is its position in its block.
struct Command {
  std::string name;
  uint32_t stream = 0;
  std::vector<uint32_t> waits;
  std::vector<Operand> operands;
  CommandKind kind;
  /// length = Launch::scratchBytesPerThread * Plan::maxThreads.
  std::optional<Operand> scratch;
};

/// An input or output of an entry.
struct Tensor {
  std::string name;
  ElementType type = ElementType::Unspecified;
  std::vector<uint32_t> dims;
  uint32_t buffer = 0;
  /// Outputs: 1 + index of the input whose memory it shares; 0: none.
  uint32_t aliasesInput = 0;
  /// Outputs: the layer that makes it; may be empty.
  std::string layer;
  /// Outputs: 1 + index of that layer among all of the model; 0: not said.
  uint32_t position = 0;
  /// Outputs: whether it is not the model's own, but a value kept by name.
  bool isKept = false;
};

struct Stream {
  std::string name;
  uint32_t device = 0;
};

/// A value that is known only at run time: lo <= value <= hi.
struct Scalar {
  std::string name;
  int64_t lo = 0;
  int64_t hi = 0;
};

/// A named part of the state segment.
struct StateSlice {
  std::string name;
  ElementType type = ElementType::Unspecified;
  std::vector<uint32_t> dims;
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct PeakTensor {
  std::string name;
  uint64_t bytes = 0;
  std::string shape;
};

/// Figures of the planner, for the summary.
struct MemorySummary {
  uint64_t maxLiveBytes = 0;
  uint64_t lowerBoundBytes = 0;
  /// No offsets for this order need a smaller arena; 0 in files without it.
  uint64_t arenaLowerBoundBytes = 0;
  uint64_t flops = 0;
  std::vector<PeakTensor> peakTensors;
};

/// One callable program of the plan.
struct Entry {
  std::string name;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  std::vector<Buffer> buffers;
  std::vector<Stream> streams;
  std::vector<Scalar> scalars;
  Block body;
  uint64_t arenaBytes = 0;
  bool usesSeed = false;
  MemorySummary memory;
};

struct Kernel {
  std::string symbol;
  uint32_t numOperands = 0;
  uint32_t numSizes = 0;
};

struct Plan {
  uint32_t kernelAbi = 0;
  std::string producer;
  uint32_t maxThreads = 0;
  std::vector<Symbol> symbols;
  std::vector<Expr> exprs;
  std::vector<Kernel> kernels;
  std::vector<Entry> entries;
  std::vector<StateSlice> state;
  uint64_t constBytes = 0;
  uint64_t stateBytes = 0;
};

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_PLAN_H
