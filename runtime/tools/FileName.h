// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FileName.h - which file a tensor goes to, by its name.
#ifndef NEAP_RUNTIME_TOOLS_FILENAME_H
#define NEAP_RUNTIME_TOOLS_FILENAME_H

#include <cstddef>
#include <set>
#include <string>

namespace neap::tools {

/// Returns the file for tensor `index` of the signature: its name, every
/// character outside [A-Za-z0-9_.-] as _, the index behind it if that name is
/// taken, and .npy. `taken` holds the names before it, and then this one.
std::string getFileName(const std::string &name, size_t index,
                        std::set<std::string> &taken);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_FILENAME_H
