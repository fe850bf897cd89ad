// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Json.h - strings of JSON.
#ifndef NEAP_RUNTIME_TOOLS_JSON_H
#define NEAP_RUNTIME_TOOLS_JSON_H

#include <cstdio>
#include <string>

namespace neap::tools {

/// Returns `text` in double quotes, with RFC 8259's escapes.
inline std::string jsonString(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escaped;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_JSON_H
