// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FileName.cpp - see FileName.h.
#include "runtime/tools/FileName.h"

namespace neap::tools {
namespace {

/// Returns how many bytes the UTF-8 character at `begin` of `text` has; 1 if
/// they make none.
size_t characterLength(const std::string &text, size_t begin) {
  auto byteAt = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byteAt(begin);
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  for (size_t i = 1; i < length; ++i)
    if (begin + i == text.size() || (byteAt(begin + i) & 0xc0) != 0x80)
      return 1;
  return length;
}

} // namespace

std::string getFileName(const std::string &name, size_t index,
                        std::set<std::string> &taken) {
  std::string result;
  for (size_t i = 0; i < name.size(); i += characterLength(name, i)) {
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
