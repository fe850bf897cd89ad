// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanVerifier.cpp - checks a plan's tables, one after the other, then
// simulates each entry (BlockSimulation).
#include "runtime/plan/PlanVerifier.h"

#include "runtime/base/Format.h"
#include "runtime/include/neap/plan_format.h"
#include "runtime/plan/BlockSimulation.h"
#include "runtime/plan/ExprRange.h"

#include <set>

namespace neap::plan {
namespace {

using Error = std::optional<std::string>;
using rt::format;
using rt::quoted;

/// No segment or tensor is larger: sums of two sizes stay in 63 bits.
constexpr uint64_t kMostBytes = uint64_t(1) << 61;
constexpr uint32_t kMostThreads = 1024;

using ULL = unsigned long long;

/// Checks the tables and then the commands of one entry.
class EntryVerifier {
public:
  EntryVerifier(const Plan &plan, const Entry &entry)
      : plan(plan), entry(entry), ranges(computeExprRanges(plan, entry)) {}

  Error verify() {
    if (Error error = checkSmallTables())
      return error;
    if (Error error = checkTensors(entry.inputs, Segment::Input, "input"))
      return error;
    if (Error error = checkTensors(entry.outputs, Segment::Output, "output"))
      return error;
    for (const Buffer &buffer : entry.buffers)
      if (Error error = checkBuffer(buffer))
        return error;
    if (Error error = checkAliases())
      return error;
    if (Error error = checkKept())
      return error;
    return BlockSimulation(plan, entry, ranges).run();
  }

private:
  Error fail(const std::string &problem) const {
    return "entry " + quoted(entry.name) + ": " + problem;
  }

  Error checkSmallTables() const {
    if (entry.arenaBytes > kMostBytes)
      return fail(format("has an arena of %llu bytes, expected at most %llu",
                         ULL(entry.arenaBytes), ULL(kMostBytes)));
    if (entry.streams.size() > kMaxStreams)
      return fail(format("has %zu streams, expected at most %zu",
                         entry.streams.size(), kMaxStreams));
    for (const Scalar &scalar : entry.scalars)
      if (scalar.lo > scalar.hi)
        return fail("scalar " + quoted(scalar.name) + " has an empty range");
    return std::nullopt;
  }

  /// Sets `bytes` to the bytes of `tensor` at the upper bound of its sizes.
  Error countBytes(const Tensor &tensor, const char *kind,
                   uint64_t &bytes) const {
    std::string name = format("%s %s", kind, quoted(tensor.name).c_str());
    bytes = elementSizeInBytes(tensor.type);
    if (bytes == 0)
      return fail(name + format(" has the unknown element type %u",
                                static_cast<uint32_t>(tensor.type)));
    uint64_t positive = bytes;
    bool empty = false;
    for (size_t axis = 0; axis < tensor.dims.size(); ++axis) {
      uint32_t id = tensor.dims[axis];
      std::string where = name + format(", axis %zu", axis);
      if (id >= ranges.size())
        return fail(where +
                    format(" is expression %u of %zu", id, ranges.size()));
      const ExprRange &range = ranges[id];
      if (range.problem)
        return fail(where + " " + range.problem);
      if (range.usesScalars || range.lo < 0)
        return fail(where + " is negative or known only during a run");
      empty |= range.hi == 0;
      uint64_t size = range.hi == 0 ? 1 : static_cast<uint64_t>(range.hi);
      if (__builtin_mul_overflow(positive, size, &positive) ||
          positive > kMostBytes)
        return fail(name +
                    format(" may have more than %llu bytes", ULL(kMostBytes)));
    }
    bytes = empty ? 0 : positive;
    return std::nullopt;
  }

  Error checkTensors(const std::vector<Tensor> &tensors, Segment segment,
                     const char *kind) const {
    std::set<std::string> names;
    for (size_t i = 0; i < tensors.size(); ++i) {
      const Tensor &tensor = tensors[i];
      std::string name = format("%s %s", kind, quoted(tensor.name).c_str());
      if (!names.insert(tensor.name).second)
        return fail(name + " exists twice");
      uint64_t bytes = 0;
      if (Error error = countBytes(tensor, kind, bytes))
        return error;
      if (tensor.buffer >= entry.buffers.size())
        return fail(name + format(" is in buffer %u of %zu", tensor.buffer,
                                  entry.buffers.size()));
      const Buffer &buffer = entry.buffers[tensor.buffer];
      if (buffer.segment != segment || buffer.index != i)
        return fail(name + format(" is in buffer %s, expected a buffer of "
                                  "%s %zu",
                                  quoted(buffer.name).c_str(), kind, i));
    }
    return std::nullopt;
  }

  /// Returns the bytes that a buffer may occupy, from the segment's start.
  Error segmentBytes(const Buffer &buffer, uint64_t &bytes) const {
    bool isInput = buffer.segment == Segment::Input;
    const std::vector<Tensor> &tensors = isInput ? entry.inputs : entry.outputs;
    switch (buffer.segment) {
    case Segment::Arena:
      bytes = entry.arenaBytes;
      return std::nullopt;
    case Segment::Const:
      bytes = plan.constBytes;
      return std::nullopt;
    case Segment::State:
      bytes = plan.stateBytes;
      return std::nullopt;
    case Segment::Input:
    case Segment::Output:
      if (buffer.index >= tensors.size())
        return fail(
            format("buffer %s is %s %u of %zu", quoted(buffer.name).c_str(),
                   isInput ? "input" : "output", buffer.index, tensors.size()));
      return countBytes(tensors[buffer.index], isInput ? "input" : "output",
                        bytes);
    }
    return fail(format("buffer %s is in the unknown segment %u",
                       quoted(buffer.name).c_str(),
                       static_cast<uint32_t>(buffer.segment)));
  }

  Error checkBuffer(const Buffer &buffer) const {
    std::string name = "buffer " + quoted(buffer.name);
    uint64_t available = 0;
    if (Error error = segmentBytes(buffer, available))
      return error;
    if (buffer.size > available || buffer.offset > available - buffer.size)
      return fail(name + format(" has %llu bytes from byte %llu of a segment "
                                "of %llu",
                                ULL(buffer.size), ULL(buffer.offset),
                                ULL(available)));
    bool callers =
        buffer.segment == Segment::Input || buffer.segment == Segment::Output;
    if (callers && (buffer.size != available || buffer.offset != 0))
      return fail(name + format(" has %llu bytes from byte %llu, expected all "
                                "%llu of the tensor",
                                ULL(buffer.size), ULL(buffer.offset),
                                ULL(available)));
    if (!callers && buffer.offset % NEAP_BUFFER_ALIGNMENT != 0)
      return fail(name + format(" is at byte %llu, expected a multiple of %u",
                                ULL(buffer.offset), NEAP_BUFFER_ALIGNMENT));
    if (static_cast<uint32_t>(buffer.space) >
        static_cast<uint32_t>(MemorySpace::HostPinned))
      return fail(name + format(" is in the unknown memory space %u",
                                static_cast<uint32_t>(buffer.space)));
    return checkSizeExpr(buffer, name);
  }

  Error checkSizeExpr(const Buffer &buffer, const std::string &name) const {
    if (buffer.sizeExpr >= ranges.size())
      return fail(name + format(" has as size expression %u of %zu",
                                buffer.sizeExpr, ranges.size()));
    const ExprRange &range = ranges[buffer.sizeExpr];
    if (range.problem)
      return fail(name + " has a size that " + range.problem);
    if (range.usesScalars || range.lo < 0)
      return fail(name + " has a size that is negative or known only during a "
                         "run");
    if (static_cast<uint64_t>(range.hi) > buffer.size)
      return fail(name + format(" may need %lld bytes, but has %llu",
                                static_cast<long long>(range.hi),
                                ULL(buffer.size)));
    return std::nullopt;
  }

  /// Checks outputs that share the memory of an input.
  Error checkAliases() const {
    for (const Tensor &output : entry.outputs) {
      if (output.aliasesInput == 0)
        continue;
      std::string name = "output " + quoted(output.name);
      if (output.aliasesInput > entry.inputs.size())
        return fail(name + format(" shares the memory of input %u of %zu",
                                  output.aliasesInput - 1,
                                  entry.inputs.size()));
      const Tensor &input = entry.inputs[output.aliasesInput - 1];
      const Buffer &from = entry.buffers[input.buffer];
      const Buffer &to = entry.buffers[output.buffer];
      if (from.size != to.size || from.space != to.space ||
          from.device != to.device)
        return fail(name + " shares the memory of input " + quoted(input.name) +
                    format(", expected %llu bytes as in "
                           "it, got %llu",
                           ULL(from.size), ULL(to.size)));
    }
    return std::nullopt;
  }

  /// Checks that values kept by name come behind the model's own outputs.
  Error checkKept() const {
    for (size_t i = 1; i < entry.outputs.size(); ++i)
      if (entry.outputs[i - 1].isKept && !entry.outputs[i].isKept)
        return fail("output " + quoted(entry.outputs[i].name) +
                    " comes behind the kept value " +
                    quoted(entry.outputs[i - 1].name));
    for (const Tensor &input : entry.inputs)
      if (input.isKept)
        return fail("input " + quoted(input.name) +
                    " is marked as kept, expected so of outputs only");
    return std::nullopt;
  }

  const Plan &plan;
  const Entry &entry;
  std::vector<ExprRange> ranges;
};

Error checkStateSlice(const Plan &plan, const StateSlice &slice) {
  std::string name = "state slice " + quoted(slice.name);
  uint32_t bytes = elementSizeInBytes(slice.type);
  if (bytes == 0)
    return name + format(" has the unknown element type %u",
                         static_cast<uint32_t>(slice.type));
  if (slice.size > plan.stateBytes ||
      slice.offset > plan.stateBytes - slice.size || slice.offset % bytes != 0)
    return name + format(" has %llu bytes from byte %llu of a segment of %llu",
                         ULL(slice.size), ULL(slice.offset),
                         ULL(plan.stateBytes));
  for (uint32_t dim : slice.dims)
    if (dim >= plan.exprs.size())
      return name + format(" has as size expression %u of %zu", dim,
                           plan.exprs.size());
  return std::nullopt;
}

Error checkPlanTables(const Plan &plan) {
  if (plan.maxThreads < 1 || plan.maxThreads > kMostThreads)
    return format("the plan is for %u threads, expected 1 to %u",
                  plan.maxThreads, kMostThreads);
  if (plan.constBytes > kMostBytes || plan.stateBytes > kMostBytes)
    return format("the plan has %llu const and %llu state bytes, expected at "
                  "most %llu",
                  ULL(plan.constBytes), ULL(plan.stateBytes), ULL(kMostBytes));
  for (size_t i = 0; i < plan.kernels.size(); ++i)
    if (plan.kernels[i].symbol.empty())
      return format("kernel %zu has no symbol", i);
  std::set<std::string> names;
  for (const StateSlice &slice : plan.state) {
    if (!names.insert(slice.name).second)
      return "state slice " + quoted(slice.name) + " exists twice";
    if (Error error = checkStateSlice(plan, slice))
      return error;
  }
  if (plan.entries.empty())
    return std::string("the plan has no entry");
  names.clear();
  for (const Entry &entry : plan.entries)
    if (entry.name.empty() || !names.insert(entry.name).second)
      return "entry " + quoted(entry.name) + " has no name of its own";
  return std::nullopt;
}

} // namespace

std::optional<std::string> verifyPlan(const Plan &plan) {
  if (Error error = checkExprTable(plan))
    return error;
  if (Error error = checkPlanTables(plan))
    return error;
  for (const Entry &entry : plan.entries)
    if (Error error = EntryVerifier(plan, entry).verify())
      return error;
  return std::nullopt;
}

} // namespace neap::plan
