// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BlockReader.cpp - from the bytes of a Block of plan.proto to the struct of
// Plan.h. One function per message; see PlanReader.cpp.
#include "runtime/plan/BlockReader.h"

#include "runtime/plan/WireReading.h"

namespace neap::plan {
namespace {

using protozero::pbf_reader;

/// Reads a block inside `depth` others.
void readBlockAt(pbf_reader reader, Block &block, int depth);

Operand readOperand(pbf_reader reader) {
  Operand operand;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      operand.buffer = reader.get_uint32();
      break;
    case varint(2):
      operand.access = static_cast<Access>(reader.get_enum());
      break;
    case varint(3):
      operand.offset = reader.get_uint64();
      break;
    case varint(4):
      operand.length = reader.get_uint64();
      break;
    case varint(5):
      operand.inPlaceOf = reader.get_uint32();
      break;
    default:
      reader.skip();
    }
  }
  return operand;
}

Launch readLaunch(pbf_reader reader) {
  Launch launch;
  launch.tilesPerBlock = 0;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      launch.kernel = reader.get_uint32();
      break;
    case varint(2):
      launch.sizes.push_back(reader.get_uint32());
      break;
    case bytes(2):
      readPacked(reader, launch.sizes);
      break;
    case varint(3):
      launch.numTiles = reader.get_uint32();
      break;
    case varint(4):
      launch.tilesPerBlock = reader.get_uint32();
      break;
    case varint(5):
      launch.scratchBytesPerThread = reader.get_uint64();
      break;
    default:
      reader.skip();
    }
  }
  return launch;
}

If readIf(pbf_reader reader, int depth) {
  If kind;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      readBlockAt(reader.get_message(), kind.thenBlock, depth);
      break;
    case bytes(2):
      readBlockAt(reader.get_message(), kind.elseBlock, depth);
      break;
    default:
      reader.skip();
    }
  }
  return kind;
}

Loop readLoop(pbf_reader reader, int depth) {
  Loop kind;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case varint(1):
      kind.tripCount = reader.get_uint32();
      break;
    case varint(2):
      kind.iterationScalar = reader.get_uint32();
      break;
    case bytes(3):
      readBlockAt(reader.get_message(), kind.body, depth);
      break;
    default:
      reader.skip();
    }
  }
  return kind;
}

ReadScalar readReadScalar(pbf_reader reader) {
  ReadScalar kind;
  while (reader.next()) {
    if (reader.tag_and_type() == varint(1))
      kind.scalar = reader.get_uint32();
    else
      reader.skip();
  }
  return kind;
}

/// Copy has no field: skips what there is, which also checks its form.
Copy readCopy(pbf_reader reader) {
  while (reader.next())
    reader.skip();
  return Copy();
}

Command readCommand(pbf_reader reader, int depth) {
  Command command;
  while (reader.next()) {
    switch (reader.tag_and_type()) {
    case bytes(1):
      command.name = reader.get_string();
      break;
    case varint(2):
      command.stream = reader.get_uint32();
      break;
    case varint(3):
      command.waits.push_back(reader.get_uint32());
      break;
    case bytes(3):
      readPacked(reader, command.waits);
      break;
    case bytes(4):
      command.operands.push_back(readOperand(reader.get_message()));
      break;
    case bytes(5):
      command.kind = readLaunch(reader.get_message());
      break;
    case bytes(6):
      command.kind = readCopy(reader.get_message());
      break;
    case bytes(7):
      command.kind = readIf(reader.get_message(), depth + 1);
      break;
    case bytes(8):
      command.kind = readLoop(reader.get_message(), depth + 1);
      break;
    case bytes(9):
      command.kind = readReadScalar(reader.get_message());
      break;
    case bytes(10):
      command.scratch = readOperand(reader.get_message());
      break;
    default:
      reader.skip();
    }
  }
  return command;
}

void readBlockAt(pbf_reader reader, Block &block, int depth) {
  if (depth > kMostNestedBlocks)
    throw NestedTooDeeply();
  while (reader.next()) {
    if (reader.tag_and_type() == bytes(1))
      block.commands.push_back(readCommand(reader.get_message(), depth));
    else
      reader.skip();
  }
}

} // namespace

void readBlock(pbf_reader reader, Block &block) {
  readBlockAt(reader, block, /*depth=*/0);
}

} // namespace neap::plan
