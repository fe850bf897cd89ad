// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanReader.cpp - from the bytes of plan.proto to the structs of Plan.h.
//
// One function per message; those of blocks are in BlockReader.cpp. protozero
// reports damage by exceptions: these two files alone are compiled with them,
// and none leaves readPlan. A field whose wire type is not the expected one is
// skipped like an unknown field.
#include "runtime/plan/PlanReader.h"

#include "runtime/plan/BlockReader.h"
#include "runtime/plan/WireReading.h"

#include <exception>
#include <new>

namespace neap::plan {
namespace {

using protozero::pbf_reader;

Symbol readSymbol(pbf_reader reader) {
  Symbol symbol;
  symbol.step = 0;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      symbol.name = reader.get_string();
      break;
    case varint(2):
      symbol.lo = reader.get_int64();
      break;
    case varint(3):
      symbol.hi = reader.get_int64();
      break;
    case varint(4):
      symbol.step = reader.get_int64();
      break;
    case varint(5):
      symbol.definition = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return symbol;
}

Expr readExpr(pbf_reader reader) {
  Expr expr;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      expr.op = static_cast<Expr::Op>(reader.get_enum());
      break;
    case varint(2):
      expr.value = reader.get_int64();
      break;
    case varint(3):
      expr.lhs = reader.get_uint32();
      break;
    case varint(4):
      expr.rhs = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return expr;
}

Buffer readBuffer(pbf_reader reader) {
  Buffer buffer;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      buffer.name = reader.get_string();
      break;
    case varint(2):
      buffer.segment = static_cast<Segment>(reader.get_enum());
      break;
    case varint(3):
      buffer.space = static_cast<MemorySpace>(reader.get_enum());
      break;
    case varint(4):
      buffer.device = reader.get_uint32();
      break;
    case varint(5):
      buffer.offset = reader.get_uint64();
      break;
    case varint(6):
      buffer.size = reader.get_uint64();
      break;
    case varint(7):
      buffer.sizeExpr = reader.get_uint32();
      break;
    case varint(8):
      buffer.elementBits = reader.get_uint32();
      break;
    case varint(9):
      buffer.index = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return buffer;
}

Tensor readTensor(pbf_reader reader) {
  Tensor tensor;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      tensor.name = reader.get_string();
      break;
    case varint(2):
      tensor.type = static_cast<ElementType>(reader.get_enum());
      break;
    case varint(3):
      tensor.dims.push_back(reader.get_uint32());
      break;
    case bytes(3):
      readPacked(reader, tensor.dims);
      break;
    case varint(4):
      tensor.buffer = reader.get_uint32();
      break;
    case varint(5):
      tensor.aliasesInput = reader.get_uint32();
      break;
    case bytes(6):
      tensor.layer = reader.get_string();
      break;
    case varint(7):
      tensor.position = reader.get_uint32();
      break;
    case varint(8):
      tensor.isKept = reader.get_bool();
      break;
    default:
      reader.skip();
    }
  }
  return tensor;
}

Stream readStream(pbf_reader reader) {
  Stream stream;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      stream.name = reader.get_string();
      break;
    case varint(2):
      stream.device = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return stream;
}

Scalar readScalar(pbf_reader reader) {
  Scalar scalar;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      scalar.name = reader.get_string();
      break;
    case varint(2):
      scalar.lo = reader.get_int64();
      break;
    case varint(3):
      scalar.hi = reader.get_int64();
      break;
    default:
      reader.skip();
    }
  }
  return scalar;
}

StateSlice readStateSlice(pbf_reader reader) {
  StateSlice slice;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      slice.name = reader.get_string();
      break;
    case varint(2):
      slice.type = static_cast<ElementType>(reader.get_enum());
      break;
    case varint(3):
      slice.dims.push_back(reader.get_uint32());
      break;
    case bytes(3):
      readPacked(reader, slice.dims);
      break;
    case varint(4):
      slice.offset = reader.get_uint64();
      break;
    case varint(5):
      slice.size = reader.get_uint64();
      break;
    default:
      reader.skip();
    }
  }
  return slice;
}

PeakTensor readPeakTensor(pbf_reader reader) {
  PeakTensor tensor;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      tensor.name = reader.get_string();
      break;
    case varint(2):
      tensor.bytes = reader.get_uint64();
      break;
    case bytes(3):
      tensor.shape = reader.get_string();
      break;
    default:
      reader.skip();
    }
  }
  return tensor;
}

MemorySummary readMemorySummary(pbf_reader reader) {
  MemorySummary summary;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      summary.maxLiveBytes = reader.get_uint64();
      break;
    case varint(2):
      summary.lowerBoundBytes = reader.get_uint64();
      break;
    case varint(3):
      summary.flops = reader.get_uint64();
      break;
    case bytes(4):
      summary.peakTensors.push_back(readPeakTensor(reader.get_message()));
      break;
    case varint(5):
      summary.arenaLowerBoundBytes = reader.get_uint64();
      break;
    default:
      reader.skip();
    }
  }
  return summary;
}

Entry readEntry(pbf_reader reader) {
  Entry entry;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      entry.name = reader.get_string();
      break;
    case bytes(2):
      entry.inputs.push_back(readTensor(reader.get_message()));
      break;
    case bytes(3):
      entry.outputs.push_back(readTensor(reader.get_message()));
      break;
    case bytes(4):
      entry.buffers.push_back(readBuffer(reader.get_message()));
      break;
    case bytes(5):
      entry.streams.push_back(readStream(reader.get_message()));
      break;
    case bytes(6):
      entry.scalars.push_back(readScalar(reader.get_message()));
      break;
    case bytes(7):
      readBlock(reader.get_message(), entry.body);
      break;
    case varint(8):
      entry.arenaBytes = reader.get_uint64();
      break;
    case varint(9):
      entry.usesSeed = reader.get_bool();
      break;
    case bytes(10):
      entry.memory = readMemorySummary(reader.get_message());
      break;
    default:
      reader.skip();
    }
  }
  return entry;
}

Kernel readKernel(pbf_reader reader) {
  Kernel kernel;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      kernel.symbol = reader.get_string();
      break;
    case varint(2):
      kernel.numOperands = reader.get_uint32();
      break;
    case varint(3):
      kernel.numSizes = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return kernel;
}

void readPlanMessage(pbf_reader reader, Plan &plan) {
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      plan.kernelAbi = reader.get_uint32();
      break;
    case bytes(2):
      plan.producer = reader.get_string();
      break;
    case varint(3):
      plan.maxThreads = reader.get_uint32();
      break;
    case bytes(4):
      plan.symbols.push_back(readSymbol(reader.get_message()));
      break;
    case bytes(5):
      plan.exprs.push_back(readExpr(reader.get_message()));
      break;
    case bytes(6):
      plan.kernels.push_back(readKernel(reader.get_message()));
      break;
    case bytes(7):
      plan.entries.push_back(readEntry(reader.get_message()));
      break;
    case bytes(8):
      plan.state.push_back(readStateSlice(reader.get_message()));
      break;
    case varint(9):
      plan.constBytes = reader.get_uint64();
      break;
    case varint(10):
      plan.stateBytes = reader.get_uint64();
      break;
    default:
      reader.skip();
    }
  }
}

} // namespace

rt::Status readPlan(const void *data, size_t sizeInBytes, Plan &outPlan) {
  try {
    outPlan = Plan();
    readPlanMessage(pbf_reader(static_cast<const char *>(data), sizeInBytes),
                    outPlan);
    return rt::Status();
  } catch (const NestedTooDeeply &) {
    return rt::Status::error(rt::StatusCode::DataLoss,
                             "blocks of the plan nest deeper than %d",
                             kMostNestedBlocks);
  } catch (const std::bad_alloc &) {
    return rt::Status::error(rt::StatusCode::ResourceExhausted,
                             "no memory for the plan of %zu bytes",
                             sizeInBytes);
  } catch (const std::exception &damage) {
    return rt::Status::error(rt::StatusCode::DataLoss,
                             "the plan is not a protobuf message of its kind "
                             "(%s)",
                             damage.what());
  }
}

} // namespace neap::plan
