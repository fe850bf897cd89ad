// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DebugOnly.h - the flag --debug-only.
#ifndef NEAP_COMPILER_TOOLS_NEAP_OPT_DEBUGONLY_H
#define NEAP_COMPILER_TOOLS_NEAP_OPT_DEBUGONLY_H

namespace neap {

/// Registers --debug-only=PASS,... in builds that have debug lines. Call
/// before the command line is parsed.
void registerDebugOnlyFlag();

} // namespace neap

#endif // NEAP_COMPILER_TOOLS_NEAP_OPT_DEBUGONLY_H
