// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanBytes.cpp - serializes plans and containers for the tests.
#include "test/runtime/support/PlanBytes.h"

#include <protozero/pbf_writer.hpp>

#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace neap::test {
namespace {

using protozero::pbf_writer;

void writeBlock(pbf_writer &writer, const plan::Block &block);

void writePacked(pbf_writer &writer, uint32_t field,
                 const std::vector<uint32_t> &values) {
  writer.add_packed_uint32(field, values.begin(), values.end());
}

void writeSymbol(pbf_writer &&writer, const plan::Symbol &symbol) {
  writer.add_string(1, symbol.name);
  writer.add_int64(2, symbol.lo);
  writer.add_int64(3, symbol.hi);
  writer.add_int64(4, symbol.step);
  writer.add_uint32(5, symbol.definition);
}

void writeExpr(pbf_writer &&writer, const plan::Expr &expr) {
  writer.add_enum(1, static_cast<int32_t>(expr.op));
  writer.add_int64(2, expr.value);
  writer.add_uint32(3, expr.lhs);
  writer.add_uint32(4, expr.rhs);
}

void writeOperand(pbf_writer &&writer, const plan::Operand &operand) {
  writer.add_uint32(1, operand.buffer);
  writer.add_enum(2, static_cast<int32_t>(operand.access));
  writer.add_uint64(3, operand.offset);
  writer.add_uint64(4, operand.length);
  writer.add_uint32(5, operand.inPlaceOf);
}

void writeBuffer(pbf_writer &&writer, const plan::Buffer &buffer) {
  writer.add_string(1, buffer.name);
  writer.add_enum(2, static_cast<int32_t>(buffer.segment));
  writer.add_enum(3, static_cast<int32_t>(buffer.space));
  writer.add_uint32(4, buffer.device);
  writer.add_uint64(5, buffer.offset);
  writer.add_uint64(6, buffer.size);
  writer.add_uint32(7, buffer.sizeExpr);
  writer.add_uint32(8, buffer.elementBits);
  writer.add_uint32(9, buffer.index);
}

void writeLaunch(pbf_writer &&writer, const plan::Launch &launch) {
  writer.add_uint32(1, launch.kernel);
  writePacked(writer, 2, launch.sizes);
  writer.add_uint32(3, launch.numTiles);
  writer.add_uint32(4, launch.tilesPerBlock);
  writer.add_uint64(5, launch.scratchBytesPerThread);
}

void writeKind(pbf_writer &writer, const plan::CommandKind &kind) {
  if (const auto *launch = std::get_if<plan::Launch>(&kind))
    writeLaunch(pbf_writer(writer, 5), *launch);
  if (std::holds_alternative<plan::Copy>(kind))
    writer.add_message(6, std::string());
  if (const auto *branch = std::get_if<plan::If>(&kind)) {
    pbf_writer message(writer, 7);
    for (uint32_t field : {1u, 2u}) {
      pbf_writer block(message, field);
      writeBlock(block, field == 1 ? branch->thenBlock : branch->elseBlock);
    }
  }
  if (const auto *loop = std::get_if<plan::Loop>(&kind)) {
    pbf_writer message(writer, 8);
    message.add_uint32(1, loop->tripCount);
    message.add_uint32(2, loop->iterationScalar);
    pbf_writer block(message, 3);
    writeBlock(block, loop->body);
  }
  if (const auto *read = std::get_if<plan::ReadScalar>(&kind)) {
    pbf_writer message(writer, 9);
    message.add_uint32(1, read->scalar);
  }
}

void writeBlock(pbf_writer &writer, const plan::Block &block) {
  for (const plan::Command &command : block.commands) {
    pbf_writer message(writer, 1);
    message.add_string(1, command.name);
    message.add_uint32(2, command.stream);
    writePacked(message, 3, command.waits);
    for (const plan::Operand &operand : command.operands)
      writeOperand(pbf_writer(message, 4), operand);
    writeKind(message, command.kind);
    if (command.scratch)
      writeOperand(pbf_writer(message, 10), *command.scratch);
  }
}

void writeTensor(pbf_writer &&writer, const plan::Tensor &tensor) {
  writer.add_string(1, tensor.name);
  writer.add_enum(2, static_cast<int32_t>(tensor.type));
  writePacked(writer, 3, tensor.dims);
  writer.add_uint32(4, tensor.buffer);
  writer.add_uint32(5, tensor.aliasesInput);
}

void writeNamedPair(pbf_writer &&writer, const std::string &name, int64_t lo,
                    int64_t hi) {
  writer.add_string(1, name);
  writer.add_int64(2, lo);
  writer.add_int64(3, hi);
}

void writeMemory(pbf_writer &&writer, const plan::MemorySummary &memory) {
  writer.add_uint64(1, memory.maxLiveBytes);
  writer.add_uint64(2, memory.lowerBoundBytes);
  writer.add_uint64(3, memory.flops);
  for (const plan::PeakTensor &tensor : memory.peakTensors) {
    pbf_writer message(writer, 4);
    message.add_string(1, tensor.name);
    message.add_uint64(2, tensor.bytes);
    message.add_string(3, tensor.shape);
  }
}

void writeEntry(pbf_writer &&writer, const plan::Entry &entry) {
  writer.add_string(1, entry.name);
  for (const plan::Tensor &tensor : entry.inputs)
    writeTensor(pbf_writer(writer, 2), tensor);
  for (const plan::Tensor &tensor : entry.outputs)
    writeTensor(pbf_writer(writer, 3), tensor);
  for (const plan::Buffer &buffer : entry.buffers)
    writeBuffer(pbf_writer(writer, 4), buffer);
  for (const plan::Stream &stream : entry.streams) {
    pbf_writer message(writer, 5);
    message.add_string(1, stream.name);
    message.add_uint32(2, stream.device);
  }
  for (const plan::Scalar &scalar : entry.scalars)
    writeNamedPair(pbf_writer(writer, 6), scalar.name, scalar.lo, scalar.hi);
  {
    pbf_writer body(writer, 7);
    writeBlock(body, entry.body);
  }
  writer.add_uint64(8, entry.arenaBytes);
  writer.add_bool(9, entry.usesSeed);
  writeMemory(pbf_writer(writer, 10), entry.memory);
}

void writeStateSlice(pbf_writer &&writer, const plan::StateSlice &slice) {
  writer.add_string(1, slice.name);
  writer.add_enum(2, static_cast<int32_t>(slice.type));
  writePacked(writer, 3, slice.dims);
  writer.add_uint64(4, slice.offset);
  writer.add_uint64(5, slice.size);
}

uint64_t alignSection(uint64_t offset) {
  return (offset + NEAP_SECTION_ALIGNMENT - 1) / NEAP_SECTION_ALIGNMENT *
         NEAP_SECTION_ALIGNMENT;
}

} // namespace

std::string serializePlan(const plan::Plan &plan) {
  std::string bytes;
  pbf_writer writer(bytes);
  writer.add_uint32(1, plan.kernelAbi);
  writer.add_string(2, plan.producer);
  writer.add_uint32(3, plan.maxThreads);
  for (const plan::Symbol &symbol : plan.symbols)
    writeSymbol(pbf_writer(writer, 4), symbol);
  for (const plan::Expr &expr : plan.exprs)
    writeExpr(pbf_writer(writer, 5), expr);
  for (const plan::Kernel &kernel : plan.kernels) {
    pbf_writer message(writer, 6);
    message.add_string(1, kernel.symbol);
    message.add_uint32(2, kernel.numOperands);
    message.add_uint32(3, kernel.numSizes);
  }
  for (const plan::Entry &entry : plan.entries)
    writeEntry(pbf_writer(writer, 7), entry);
  for (const plan::StateSlice &slice : plan.state)
    writeStateSlice(pbf_writer(writer, 8), slice);
  writer.add_uint64(9, plan.constBytes);
  writer.add_uint64(10, plan.stateBytes);
  return bytes;
}

std::string writeContainer(const std::vector<SectionBytes> &sections) {
  neap_file_header header = {};
  std::memcpy(header.magic, NEAP_MAGIC, NEAP_MAGIC_SIZE);
  header.format = NEAP_FORMAT_VERSION;
  header.section_count = static_cast<uint32_t>(sections.size());
  uint64_t end = sizeof(header) + sections.size() * sizeof(neap_section_entry);
  std::vector<neap_section_entry> table;
  for (const SectionBytes &section : sections) {
    uint64_t offset = alignSection(end);
    end = offset + section.bytes.size();
    table.push_back({section.kind, section.isa, offset, section.bytes.size(),
                     XXH3_64bits(section.bytes.data(), section.bytes.size())});
  }
  header.file_size = end;
  std::string file(end, '\0');
  std::memcpy(&file[0], &header, sizeof(header));
  std::memcpy(&file[sizeof(header)], table.data(),
              table.size() * sizeof(neap_section_entry));
  for (size_t i = 0; i < sections.size(); ++i)
    if (!sections[i].bytes.empty())
      std::memcpy(&file[table[i].offset], sections[i].bytes.data(),
                  sections[i].bytes.size());
  resealHeader(file);
  return file;
}

void resealHeader(std::string &file) {
  neap_file_header header;
  std::memcpy(&header, file.data(), sizeof(header));
  header.checksum = 0;
  std::string sealed(reinterpret_cast<const char *>(&header), sizeof(header));
  sealed += file.substr(sizeof(header),
                        header.section_count * sizeof(neap_section_entry));
  header.checksum = XXH3_64bits(sealed.data(), sealed.size());
  std::memcpy(&file[0], &header, sizeof(header));
}

} // namespace neap::test
