// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/api/DiagnosticPrinter.h"

#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace neap {

llvm::SmallVector<llvm::StringRef> getNodeNames(Location location) {
  llvm::SmallVector<llvm::StringRef> names;
  location->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      if (!llvm::is_contained(names, name.getName().getValue()))
        names.push_back(name.getName());
    return WalkResult::advance();
  });
  return names;
}

/// Returns the file, line and column in `location`, or `modelPath`.
static std::string getPlace(Location location, llvm::StringRef modelPath) {
  std::string place = modelPath.str();
  location->walk([&](Location part) {
    auto file = dyn_cast<FileLineColLoc>(part);
    if (!file)
      return WalkResult::advance();
    place = file.getFilename().str();
    if (file.getLine())
      place += ":" + std::to_string(file.getLine()) + ":" +
               std::to_string(file.getColumn());
    return WalkResult::interrupt();
  });
  return place;
}

static llvm::StringRef getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("all severities are named");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext *context,
                                     llvm::StringRef modelPath,
                                     llvm::raw_ostream &os)
    : ScopedDiagnosticHandler(context), modelPath(modelPath), os(os) {
  setHandler([this](Diagnostic &diagnostic) { return print(diagnostic); });
}

LogicalResult DiagnosticPrinter::print(Diagnostic &diagnostic) {
  std::string message = diagnostic.str();
  os << getPlace(diagnostic.getLocation(), modelPath) << ": "
     << getSeverityName(diagnostic.getSeverity()) << ": " << message << "\n";
  llvm::SmallVector<llvm::StringRef> names =
      getNodeNames(diagnostic.getLocation());
  if (!names.empty() && !llvm::StringRef(message).contains(names.front()))
    os << modelPath << ": note: node '" << names.front() << "'\n";
  for (Diagnostic &note : diagnostic.getNotes())
    os << modelPath << ": note: " << note.str() << "\n";
  return success();
}

} // namespace neap
