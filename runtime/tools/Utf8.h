// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Utf8.h - the characters of a text that comes from a file.
#ifndef NEAP_RUNTIME_TOOLS_UTF8_H
#define NEAP_RUNTIME_TOOLS_UTF8_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace neap::tools {

/// Returns how many bytes the UTF-8 character at `begin` of `text` has; 0 if
/// they make none (RFC 3629: too long forms and surrogates are none).
inline size_t characterLength(const std::string &text, size_t begin) {
  auto byteAt = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byteAt(begin);
  if (lead < 0x80)
    return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - begin < length)
    return 0;
  uint32_t code = lead & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byteAt(begin + i) & 0xc0) != 0x80)
      return 0;
    code = code << 6 | (byteAt(begin + i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  bool isSurrogate = code >= 0xd800 && code < 0xe000;
  return code < kLeast[length] || code > 0x10ffff || isSurrogate ? 0 : length;
}

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_UTF8_H
