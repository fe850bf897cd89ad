// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Format.cpp - printf into a std::string, for messages.
#include "runtime/base/Format.h"

#include <cstdio>

namespace neap::rt {

std::string formatV(const char *pattern, va_list arguments) {
  va_list measured;
  va_copy(measured, arguments);
  int length = std::vsnprintf(nullptr, 0, pattern, measured);
  va_end(measured);
  if (length <= 0)
    return std::string();
  std::string text(static_cast<size_t>(length), '\0');
  std::vsnprintf(&text[0], text.size() + 1, pattern, arguments);
  return text;
}

std::string format(const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  std::string text = formatV(pattern, arguments);
  va_end(arguments);
  return text;
}

std::string quoted(const std::string &text) {
  constexpr size_t kLongest = 200;
  std::string result = "'";
  for (size_t i = 0; i < text.size() && i < kLongest; ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f)
      result += format("\\x%02x", c);
    else
      result += text[i];
  }
  if (text.size() > kLongest)
    result += "...";
  return result + "'";
}

} // namespace neap::rt
