// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interpreter.h - the slow, obvious version of the ops: every element in f64,
// every index written out.
#ifndef NEAP_TEST_REFERENCE_INTERPRETER_H
#define NEAP_TEST_REFERENCE_INTERPRETER_H

#include "mlir/IR/Block.h"
#include <vector>

namespace neap::test {

/// The elements of a tensor in row-major order.
using Elements = std::vector<double>;

/// Evaluates the body of a kernel and returns what it yields. Fails on ops that
/// it does not know.
mlir::FailureOr<std::vector<Elements>>
interpret(mlir::Block &body, const std::vector<Elements> &inputs);

} // namespace neap::test

#endif // NEAP_TEST_REFERENCE_INTERPRETER_H
