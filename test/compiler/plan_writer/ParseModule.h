// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ParseModule.h - IR for the tests of the plan writer.
#ifndef NEAP_TEST_COMPILER_PLAN_WRITER_PARSEMODULE_H
#define NEAP_TEST_COMPILER_PLAN_WRITER_PARSEMODULE_H

#include "dialects/neap/IR/NeapOps.h"
#include "dialects/plan/IR/PlanOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include <string>

namespace neap::test {

/// A context with our dialects that keeps what it is told.
class DiagnosticContext {
public:
  DiagnosticContext()
      : handler(&context, [this](mlir::Diagnostic &diagnostic) {
          messages += diagnostic.str() + "\n";
          return mlir::success();
        }) {
    context.loadDialect<NeapDialect, planir::PlanDialect,
                        mlir::func::FuncDialect>();
  }

  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }
  const std::string &getMessages() const { return messages; }

private:
  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace neap::test

#endif // NEAP_TEST_COMPILER_PLAN_WRITER_PARSEMODULE_H
