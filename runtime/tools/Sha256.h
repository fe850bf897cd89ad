// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sha256.h - the hash of FIPS 180-4.
#ifndef NEAP_RUNTIME_TOOLS_SHA256_H
#define NEAP_RUNTIME_TOOLS_SHA256_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace neap::tools {

/// Returns the hash of `sizeInBytes` bytes as 64 hexadecimal digits.
std::string sha256(const uint8_t *data, size_t sizeInBytes);

} // namespace neap::tools

#endif // NEAP_RUNTIME_TOOLS_SHA256_H
