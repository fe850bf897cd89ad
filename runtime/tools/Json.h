// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Json.h - strings of JSON.
#ifndef NEAP_RUNTIME_TOOLS_JSON_H
#define NEAP_RUNTIME_TOOLS_JSON_H

#include "runtime/tools/Utf8.h"

#include <cstdio>
#include <string>

namespace neap::tools {

/// Returns `text` in double quotes, with RFC 8259's escapes; bytes that are no
/// UTF-8 become U+FFFD each.
inline std::string jsonString(const std::string &text) {
  std::string result = "\"";
  for (size_t i = 0, length; i < text.size(); i += length) {
    const char c = text[i];
    length = characterLength(text, i);
    if (length == 0) {
      result += "\\ufffd";
      length = 1;
    } else if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escaped;
    } else {
      result.append(text, i, length);
    }
  }
  return result + "\"";
}

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_JSON_H
