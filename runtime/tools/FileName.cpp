// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FileName.cpp - see FileName.h.
#include "runtime/tools/FileName.h"

#include "runtime/tools/Utf8.h"

#include <algorithm>

namespace neap::tools {

std::string getFileName(const std::string &name, size_t index,
                        std::set<std::string> &taken) {
  std::string result;
  for (size_t i = 0; i < name.size();
       i += std::max<size_t>(1, characterLength(name, i))) {
    char c = name[i];
    bool kept = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    result += kept ? c : '_';
  }
  while (!taken.insert(result).second)
    result += "." + std::to_string(index);
  return result + ".npy";
}

} // namespace neap::tools
