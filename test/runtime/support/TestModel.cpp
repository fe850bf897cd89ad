// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TestModel.cpp - builds small plans and models for the tests.
#include "test/runtime/support/TestModel.h"

#include "runtime/include/neap/kernel_abi.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace neap::test {

using plan::Access;
using plan::Operand;
using plan::Segment;

PlanBuilder::PlanBuilder() {
  plan.kernelAbi = NEAP_KERNEL_ABI_VERSION;
  plan.producer = "test";
  plan.maxThreads = 8;
  plan.entries.emplace_back();
  entry().name = "main";
  entry().streams.push_back({"cpu", 0});
}

uint32_t PlanBuilder::constant(int64_t value) {
  plan.exprs.push_back({plan::Expr::Op::Constant, value, 0, 0});
  return static_cast<uint32_t>(plan.exprs.size() - 1);
}

uint32_t PlanBuilder::expr(plan::Expr::Op op, uint32_t lhs, uint32_t rhs) {
  plan.exprs.push_back({op, 0, lhs, rhs});
  return static_cast<uint32_t>(plan.exprs.size() - 1);
}

uint32_t PlanBuilder::symbol(const std::string &name, int64_t lo, int64_t hi) {
  plan.symbols.push_back({name, lo, hi, 1, 0});
  plan.exprs.push_back({plan::Expr::Op::Symbol,
                        static_cast<int64_t>(plan.symbols.size() - 1), 0, 0});
  return static_cast<uint32_t>(plan.exprs.size() - 1);
}

uint32_t PlanBuilder::kernel(const std::string &name, uint32_t operands,
                             uint32_t sizes) {
  plan.kernels.push_back({name, operands, sizes});
  return static_cast<uint32_t>(plan.kernels.size() - 1);
}

uint32_t PlanBuilder::buffer(const std::string &name, Segment segment,
                             uint64_t offset, uint64_t size) {
  plan::Buffer buffer;
  buffer.name = name;
  buffer.segment = segment;
  buffer.offset = offset;
  buffer.size = size;
  buffer.sizeExpr = constant(static_cast<int64_t>(size));
  buffer.elementBits = 32;
  entry().buffers.push_back(buffer);
  return static_cast<uint32_t>(entry().buffers.size() - 1);
}

uint32_t PlanBuilder::input(const std::string &name, int64_t numFloats) {
  uint32_t id = buffer(name, Segment::Input, 0, 4 * numFloats);
  entry().buffers[id].index = static_cast<uint32_t>(entry().inputs.size());
  entry().inputs.push_back(
      {name, plan::ElementType::F32, {constant(numFloats)}, id, 0});
  return id;
}

uint32_t PlanBuilder::output(const std::string &name, int64_t numFloats) {
  uint32_t id = buffer(name, Segment::Output, 0, 4 * numFloats);
  entry().buffers[id].index = static_cast<uint32_t>(entry().outputs.size());
  entry().outputs.push_back(
      {name, plan::ElementType::F32, {constant(numFloats)}, id, 0});
  return id;
}

Operand PlanBuilder::access(uint32_t buffer, Access access) const {
  return {buffer, access, 0, plan.entries[0].buffers[buffer].size, 0};
}

Operand PlanBuilder::read(uint32_t buffer) const {
  return access(buffer, Access::Read);
}

Operand PlanBuilder::write(uint32_t buffer) const {
  return access(buffer, Access::Write);
}

plan::Command &PlanBuilder::launch(const std::string &name, uint32_t kernel,
                                   std::vector<Operand> operands,
                                   std::vector<uint32_t> sizes,
                                   uint32_t numTiles) {
  plan::Command command;
  command.name = name;
  command.operands = std::move(operands);
  command.kind = plan::Launch{kernel, std::move(sizes), numTiles, 1, 0};
  entry().body.commands.push_back(std::move(command));
  return entry().body.commands.back();
}

plan::Command &PlanBuilder::copy(const std::string &name, uint32_t from,
                                 uint32_t to) {
  plan::Command command;
  command.name = name;
  command.operands = {read(from), write(to)};
  command.kind = plan::Copy{};
  entry().body.commands.push_back(std::move(command));
  return entry().body.commands.back();
}

std::string readTestKernels() {
  std::ifstream file(NEAP_TEST_KERNELS, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file),
                     std::istreambuf_iterator<char>());
}

std::string makeModel(const plan::Plan &plan, const std::string &weights) {
  std::vector<SectionBytes> sections = {
      {NEAP_SECTION_PLAN, NEAP_ISA_ANY, serializePlan(plan)},
      {NEAP_SECTION_KERNELS, NEAP_ISA_ANY, readTestKernels()}};
  if (!weights.empty())
    sections.push_back({NEAP_SECTION_WEIGHTS, NEAP_ISA_ANY, weights});
  return writeContainer(sections);
}

AlignedBytes::AlignedBytes(const std::string &bytes) : numBytes(bytes.size()) {
  begin = static_cast<unsigned char *>(
      std::aligned_alloc(64, (numBytes + 64) / 64 * 64));
  std::memcpy(begin, bytes.data(), numBytes);
}

AlignedBytes::~AlignedBytes() { std::free(begin); }

PlanBuilder makeSumPlan(int64_t elementsPerTile, int64_t tiles) {
  PlanBuilder b;
  int64_t floats = elementsPerTile * tiles;
  uint64_t bytes = static_cast<uint64_t>(4 * floats);
  uint32_t x = b.input("x", floats);
  uint32_t y = b.input("y", floats);
  uint32_t sum = b.buffer("sum", Segment::Arena, 0, bytes);
  uint32_t r = b.output("r", floats);
  b.entry().arenaBytes = bytes;
  uint32_t n = b.constant(elementsPerTile);
  uint32_t count = b.constant(tiles);
  b.launch("/add", b.kernel("add_f32", 3, 1),
           {b.read(x), b.read(y), b.write(sum)}, {n}, count);
  b.launch("/square", b.kernel("square_plus_one_f32", 2, 1),
           {b.read(sum), b.write(r)}, {n}, count);
  return b;
}

} // namespace neap::test
