// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DiagnosticPrinter.h - diagnostics in the words of the user's model.
#ifndef NEAP_COMPILER_API_DIAGNOSTICPRINTER_H
#define NEAP_COMPILER_API_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

namespace neap {

/// While it lives, prints the diagnostics of `context` to `os`: the model's
/// file, the message, then a note that names the node it is about.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext *context, llvm::StringRef modelPath,
                    llvm::raw_ostream &os);

private:
  mlir::LogicalResult print(mlir::Diagnostic &diagnostic);

  std::string modelPath;
  llvm::raw_ostream &os;
};

/// Returns the names in `location`, the innermost op's first: the nodes of the
/// model that it stems from.
llvm::SmallVector<llvm::StringRef> getNodeNames(mlir::Location location);

} // namespace neap

#endif // NEAP_COMPILER_API_DIAGNOSTICPRINTER_H
