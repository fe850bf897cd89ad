// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LinkSharedObject.h - object files to one shared object, with lld as a
// library.
#ifndef NEAP_COMPILER_TARGETS_CPU_LINKSHAREDOBJECT_H
#define NEAP_COMPILER_TARGETS_CPU_LINKSHAREDOBJECT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace neap {

/// Links `objects` (bytes of ELF files) in their order and returns the bytes of
/// the shared object, which exports their global symbols. An import other than
/// memcpy, memmove and memset is an error. The same objects give the same
/// bytes. Thread-safe: one link runs at a time.
llvm::Expected<std::string>
linkSharedObject(llvm::ArrayRef<std::string> objects);

} // namespace neap

#endif // NEAP_COMPILER_TARGETS_CPU_LINKSHAREDOBJECT_H
