// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Status.cpp - how the runtime reports what went wrong.
#include "runtime/base/Status.h"

#include "runtime/base/Format.h"

#include <cstdarg>

namespace neap::rt {

const char *statusCodeName(int code) {
  static const char *const kNames[] = {"OK",
                                       "CANCELLED",
                                       "UNKNOWN",
                                       "INVALID_ARGUMENT",
                                       "DEADLINE_EXCEEDED",
                                       "NOT_FOUND",
                                       "ALREADY_EXISTS",
                                       "PERMISSION_DENIED",
                                       "RESOURCE_EXHAUSTED",
                                       "FAILED_PRECONDITION",
                                       "ABORTED",
                                       "OUT_OF_RANGE",
                                       "UNIMPLEMENTED",
                                       "INTERNAL",
                                       "UNAVAILABLE",
                                       "DATA_LOSS",
                                       "UNAUTHENTICATED"};
  constexpr int kCount = sizeof(kNames) / sizeof(kNames[0]);
  return code >= 0 && code < kCount ? kNames[code] : "UNKNOWN";
}

Status Status::error(StatusCode code, const char *pattern, ...) {
  Status status;
  va_list arguments;
  va_start(arguments, pattern);
  status.rep.reset(
      new neap_status{static_cast<int>(code), formatV(pattern, arguments)});
  va_end(arguments);
  return status;
}

Status Status::withContext(const std::string &context) && {
  if (rep)
    rep->message = context + ": " + rep->message;
  return std::move(*this);
}

} // namespace neap::rt
