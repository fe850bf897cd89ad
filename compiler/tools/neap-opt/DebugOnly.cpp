// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DebugOnly.cpp - the flag --debug-only of our own LDBG() lines. The packaged
// LLVM is built without assertions and does not register it. A build with
// NDEBUG has no such lines, and no flag.
#include "compiler/tools/neap-opt/DebugOnly.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Debug.h"

#ifdef NDEBUG

void neap::registerDebugOnlyFlag() {}

#else

/// Enables the debug lines of `types`.
static void enableDebugTypes(const std::vector<std::string> &types) {
  std::vector<const char *> names;
  for (const std::string &type : types)
    names.push_back(type.c_str());
  llvm::DebugFlag = true;
  llvm::setCurrentDebugTypes(names.data(), names.size());
}

void neap::registerDebugOnlyFlag() {
  static std::vector<std::string> types;
  static llvm::cl::list<std::string> debugOnly(
      "debug-only", llvm::cl::CommaSeparated, llvm::cl::value_desc("pass"),
      llvm::cl::desc("Print the debug lines of these passes"),
      llvm::cl::callback([](const std::string &type) {
        types.push_back(type);
        enableDebugTypes(types);
      }));
}

#endif
