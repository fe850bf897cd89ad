// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BlockReader.h - from the bytes of a Block of plan.proto to the struct of
// Plan.h.
#ifndef NEAP_RUNTIME_PLAN_BLOCKREADER_H
#define NEAP_RUNTIME_PLAN_BLOCKREADER_H

#include "runtime/plan/Plan.h"

#include <protozero/pbf_reader.hpp>

namespace neap::plan {

/// Deeper blocks are refused, so that damage cannot exhaust the stack.
constexpr int kMostNestedBlocks = 16;

/// Thrown by readBlock for blocks that are nested deeper.
struct NestedTooDeeply {};

/// Appends the commands of a serialized block, with the blocks inside them, to
/// `block`. Throws NestedTooDeeply and what protozero throws.
void readBlock(protozero::pbf_reader reader, Block &block);

} // namespace neap::plan

#endif // NEAP_RUNTIME_PLAN_BLOCKREADER_H
