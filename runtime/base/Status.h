// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Status.h - how the runtime reports what went wrong: a code and one sentence.
// No exception is thrown; success is a null pointer.
#ifndef NEAP_RUNTIME_BASE_STATUS_H
#define NEAP_RUNTIME_BASE_STATUS_H

#include <memory>
#include <string>
#include <utility>

/// What the C API's neap_status_t points to.
struct neap_status {
  int code;
  std::string message;
};

namespace neap::rt {

/// The canonical codes; the numbers are those of neap.h.
enum class StatusCode : int {
  Ok = 0,
  Cancelled = 1,
  InvalidArgument = 3,
  NotFound = 5,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  OutOfRange = 11,
  Unimplemented = 12,
  Internal = 13,
  DataLoss = 15
};

/// Returns the name of `code` in capitals, such as "DATA_LOSS".
const char *statusCodeName(int code);

/// The result of something that may fail. Thread-compatible: one thread at a
/// time.
class [[nodiscard]] Status {
public:
  /// Success.
  Status() = default;

  /// An error; `pattern` and what follows are as in printf.
  static Status error(StatusCode code, const char *pattern, ...)
      __attribute__((format(printf, 2, 3)));

  bool isOk() const { return !rep; }
  StatusCode code() const {
    return rep ? static_cast<StatusCode>(rep->code) : StatusCode::Ok;
  }
  std::string message() const { return rep ? rep->message : std::string(); }

  /// Returns this with `context` and ": " before the message.
  Status withContext(const std::string &context) &&;

  /// Gives the representation away; null for success.
  neap_status *release() { return rep.release(); }

private:
  std::unique_ptr<neap_status> rep;
};

} // namespace neap::rt

/// Returns from the function with the status of `expr` if that is an error.
#define NEAP_RETURN_IF_ERROR(expr)                                             \
  do {                                                                         \
    if (::neap::rt::Status neapStatus = (expr); !neapStatus.isOk())            \
      return neapStatus;                                                       \
  } while (false)

#endif // NEAP_RUNTIME_BASE_STATUS_H
