// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Program.h - an entry's commands in the form that is executed: flat arrays,
// made once at load. Sessions keep arrays of their own of the same lengths for
// pointers and sizes.
#ifndef NEAP_RUNTIME_EXECUTOR_PROGRAM_H
#define NEAP_RUNTIME_EXECUTOR_PROGRAM_H

#include "runtime/base/Status.h"
#include "runtime/include/neap/kernel_abi.h"
#include "runtime/plan/ExprRange.h"
#include "runtime/plan/Plan.h"

#include <cstdint>
#include <vector>

namespace neap::rt {

class KernelLibrary;

/// What a step does.
enum class StepKind : uint8_t { Launch, Copy, If, Loop, ReadScalar };

/// One command. The steps of nested blocks follow their If or Loop.
struct Step {
  StepKind kind = StepKind::Launch;
  const plan::Command *command = nullptr;

  /// Its part of Program::operands; a launch's scratch is the one after them.
  uint32_t firstOperand = 0;
  bool hasScratch = false;

  // Launch
  neap_kernel_fn kernel = nullptr;
  const char *kernelName = nullptr;
  uint32_t firstSize = 0;
  uint32_t numSizes = 0;
  /// Launch: number of tiles; Loop: trip count. Id in Plan::exprs.
  uint32_t countExpr = 0;
  uint32_t tilesPerBlock = 1;
  uint64_t scratchBytesPerThread = 0;

  /// Its part of Program::scalarExprs: to be evaluated before the step.
  uint32_t firstScalarExpr = 0;
  uint32_t numScalarExprs = 0;

  /// If: the steps [next, middle) are the then-block, [middle, end) the
  /// else-block. Loop: [next, end) is the body. Others: end is the next step.
  uint32_t middle = 0;
  uint32_t end = 0;

  /// Loop: 1 + the scalar that counts, or 0. ReadScalar: the scalar.
  uint32_t scalar = 0;
};

/// Where an operand's bytes are.
struct OperandPlace {
  uint32_t buffer = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
};

/// An entry, ready to be executed. Immutable. Thread-safe.
struct Program {
  const plan::Entry *entry = nullptr;
  std::vector<plan::ExprRange> ranges;
  std::vector<Step> steps;
  std::vector<OperandPlace> operands;
  /// Expressions that launches pass to kernels, step by step.
  std::vector<uint32_t> sizeExprs;
  std::vector<uint32_t> scalarExprs;
  /// One symbol that follows from others: its definition's expressions are
  /// [begin, end) of definitionExprs, operands first.
  struct Definition {
    uint32_t symbol = 0;
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  std::vector<Definition> definitions;
  std::vector<uint32_t> definitionExprs;
  /// Per symbol: whether something in this entry depends on it.
  std::vector<bool> usedSymbols;
  /// Operands in the caller's memory: their pointers change with each run.
  std::vector<uint32_t> callerOperands;
};

/// Makes the program of `entry`, which has been verified. `plan` and `kernels`
/// must outlive it. Errors: UNIMPLEMENTED if it needs a device or a feature
/// that this runtime does not have.
Status buildProgram(const plan::Plan &plan, const plan::Entry &entry,
                    const KernelLibrary &kernels, Program &outProgram);

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_PROGRAM_H
