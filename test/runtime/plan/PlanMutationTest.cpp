// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanMutationTest.cpp - a right plan with one thing broken is refused with a
// message that names it.
#include "test/runtime/support/PlanExpectations.h"
#include "test/runtime/support/TestModel.h"

#include <functional>
#include <ostream>

namespace {

using namespace neap::plan;
using neap::test::expectRefused;
using neap::test::makeSumPlan;

/// One thing to break in the plan of makeSumPlan (commands: add, square;
/// buffers: x, y, sum, r), and what the message must say.
struct Mutation {
  const char *name;
  std::function<void(Plan &)> apply;
  const char *message;
};

void PrintTo(const Mutation &mutation, std::ostream *out) {
  *out << mutation.name;
}

Command &command(Plan &plan, size_t index) {
  return plan.entries[0].body.commands[index];
}

const Mutation kMutations[] = {
    {"NoThreads", [](Plan &p) { p.maxThreads = 0; }, "for 0 threads"},
    {"NoEntry", [](Plan &p) { p.entries.clear(); }, "no entry"},
    {"NamelessEntry", [](Plan &p) { p.entries[0].name = ""; }, "no name"},
    {"HugeConst", [](Plan &p) { p.constBytes = UINT64_MAX; }, "const"},
    {"KernelWithoutSymbol", [](Plan &p) { p.kernels[0].symbol = ""; },
     "no symbol"},
    {"ExprOperandNotSmaller",
     [](Plan &p) { p.exprs[0] = {Expr::Op::Add, 0, 0, 0}; },
     "expected smaller ids"},
    {"ExprUnknownOperator",
     [](Plan &p) { p.exprs[0].op = static_cast<Expr::Op>(99); },
     "unknown operator 99"},
    {"ExprNamesSymbol",
     [](Plan &p) { p.exprs[0] = {Expr::Op::Symbol, 3, 0, 0}; },
     "names symbol 3 of 0"},
    {"ArenaTooSmall", [](Plan &p) { p.entries[0].arenaBytes = 192; },
     "has 256 bytes from byte 0 of a segment of 192"},
    {"ArenaOffsetOverflows",
     [](Plan &p) { p.entries[0].buffers[2].offset = UINT64_MAX - 63; },
     "of a segment of 256"},
    {"ArenaUnaligned",
     [](Plan &p) {
       p.entries[0].arenaBytes = 512;
       p.entries[0].buffers[2].offset = 32;
     },
     "expected a multiple of 64"},
    {"SizeExprOutOfRange",
     [](Plan &p) { p.entries[0].buffers[2].sizeExpr = 1000; },
     "size expression 1000"},
    {"SizeExprTooLarge",
     [](Plan &p) { p.exprs[p.entries[0].buffers[2].sizeExpr].value = 257; },
     "may need 257 bytes, but has 256"},
    {"InputBufferShort",
     [](Plan &p) {
       p.entries[0].buffers[0].size = 128;
       p.exprs[p.entries[0].buffers[0].sizeExpr].value = 128;
     },
     "expected all 256 of the tensor"},
    {"InputIndexOutOfRange", [](Plan &p) { p.entries[0].buffers[0].index = 9; },
     "expected a buffer of input 0"},
    {"TensorBufferOutOfRange",
     [](Plan &p) { p.entries[0].inputs[0].buffer = 77; }, "buffer 77 of 4"},
    {"TensorUnknownType",
     [](Plan &p) {
       p.entries[0].inputs[0].type = static_cast<ElementType>(40);
     },
     "unknown element type 40"},
    {"TensorDimOutOfRange",
     [](Plan &p) { p.entries[0].inputs[0].dims = {999}; }, "expression 999"},
    {"TensorNegative",
     [](Plan &p) { p.exprs[p.entries[0].inputs[0].dims[0]].value = -1; },
     "negative"},
    {"TensorHuge",
     [](Plan &p) { p.exprs[p.entries[0].inputs[0].dims[0]].value = INT64_MAX; },
     "may have more than"},
    {"TensorTwice", [](Plan &p) { p.entries[0].inputs[1].name = "x"; },
     "exists twice"},
    {"StreamOutOfRange", [](Plan &p) { command(p, 1).stream = 4; },
     "stream 4 of 1"},
    {"WaitsForItself", [](Plan &p) { command(p, 1).waits = {1}; },
     "waits for command 1"},
    {"KernelOutOfRange",
     [](Plan &p) { std::get<Launch>(command(p, 0).kind).kernel = 8; },
     "kernel 8 of 2"},
    {"KernelOperandMissing", [](Plan &p) { command(p, 0).operands.pop_back(); },
     "has 2 operands, expected 3"},
    {"KernelSizeMissing",
     [](Plan &p) { std::get<Launch>(command(p, 0).kind).sizes.clear(); },
     "gives 0 sizes"},
    {"SizeOutOfRange",
     [](Plan &p) { std::get<Launch>(command(p, 0).kind).sizes[0] = 500; },
     "as size expression 500"},
    {"TilesOutOfRange",
     [](Plan &p) { std::get<Launch>(command(p, 0).kind).numTiles = 500; },
     "number of tiles expression 500"},
    {"NegativeTiles",
     [](Plan &p) {
       p.exprs[std::get<Launch>(command(p, 0).kind).numTiles].value = -2;
     },
     "has -2 to -2 tiles"},
    {"NoTilesPerBlock",
     [](Plan &p) { std::get<Launch>(command(p, 0).kind).tilesPerBlock = 0; },
     "0 tiles per block"},
    {"OperandBufferOutOfRange",
     [](Plan &p) { command(p, 0).operands[1].buffer = 12; },
     "operand 1 names buffer 12 of 4"},
    {"OperandBeyondBuffer",
     [](Plan &p) { command(p, 0).operands[1].offset = 64; },
     "touches 256 bytes from byte 64"},
    {"OperandOverflows",
     [](Plan &p) { command(p, 0).operands[1].offset = UINT64_MAX; },
     "operand 1 touches"},
    {"UnknownAccess",
     [](Plan &p) { command(p, 0).operands[1].access = static_cast<Access>(7); },
     "unknown access 7"},
    {"WritesInput",
     [](Plan &p) { command(p, 0).operands[1].access = Access::Write; },
     "is written, expected it to be only read"},
    {"ReadsBeforeWrite",
     [](Plan &p) { std::swap(command(p, 0), command(p, 1)); },
     "nothing has written byte 0"},
    {"ReadsPartlyWritten",
     [](Plan &p) { command(p, 0).operands[2].length = 128; },
     "nothing has written byte 128"},
    {"OutputIncomplete",
     [](Plan &p) { command(p, 1).operands[1].length = 128; },
     "byte 128 is not written"},
    {"OutputNeverWritten",
     [](Plan &p) { p.entries[0].body.commands.pop_back(); }, "output 'r'"},
    {"CommandWithoutKind",
     [](Plan &p) { command(p, 0).kind = std::monostate(); }, "has no kind"},
    {"InPlaceOfOtherBytes",
     [](Plan &p) { command(p, 1).operands[1].inPlaceOf = 1; },
     "expected the same bytes"},
    {"InPlaceOfWrite", [](Plan &p) { command(p, 1).operands[1].inPlaceOf = 2; },
     "in place of operand 1"},
    {"InPlaceOutOfRange",
     [](Plan &p) { command(p, 1).operands[1].inPlaceOf = 9; },
     "in place of operand 8"},
    {"ScratchMissing",
     [](Plan &p) {
       std::get<Launch>(command(p, 0).kind).scratchBytesPerThread = 64;
     },
     "has no scratch operand"},
    {"ScratchUnaligned",
     [](Plan &p) {
       std::get<Launch>(command(p, 0).kind).scratchBytesPerThread = 8;
     },
     "expected a multiple of 64"},
    {"ScratchOfNoKernel",
     [](Plan &p) {
       command(p, 0).scratch = Operand{2, Access::Scratch, 0, 64, 0};
     },
     "scratch"},
    {"AliasOutOfRange",
     [](Plan &p) { p.entries[0].outputs[0].aliasesInput = 5; }, "input 4 of 2"},
    {"UnknownSegment",
     [](Plan &p) { p.entries[0].buffers[2].segment = static_cast<Segment>(9); },
     "unknown segment 9"},
    {"TooManyStreams", [](Plan &p) { p.entries[0].streams.resize(65); },
     "65 streams"},
};

class PlanMutation : public testing::TestWithParam<Mutation> {};

TEST_P(PlanMutation, IsRefused) {
  Plan plan = makeSumPlan().plan;
  GetParam().apply(plan);
  expectRefused(plan, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(All, PlanMutation, testing::ValuesIn(kMutations),
                         [](const auto &info) { return info.param.name; });

} // namespace
