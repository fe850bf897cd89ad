// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Format.h - printf into a std::string, for messages.
#ifndef NEAP_RUNTIME_BASE_FORMAT_H
#define NEAP_RUNTIME_BASE_FORMAT_H

#include <cstdarg>
#include <string>

namespace neap::rt {

/// Returns the text that printf would print.
std::string format(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));

/// Returns the text that vprintf would print.
std::string formatV(const char *pattern, va_list arguments)
    __attribute__((format(printf, 1, 0)));

/// Returns `text` in single quotes, control characters as \xNN and cut after
/// 200 bytes: names come from files.
std::string quoted(const std::string &text);

} // namespace neap::rt

#endif // NEAP_RUNTIME_BASE_FORMAT_H
