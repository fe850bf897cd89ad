// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NEAP_OPS_TD
#define NEAP_OPS_TD

include "dialects/neap/IR/ops/Elementwise.td"
include "dialects/neap/IR/ops/Linear.td"
include "dialects/neap/IR/ops/Normalization.td"
include "dialects/neap/IR/ops/Attention.td"
include "dialects/neap/IR/ops/Convolution.td"
include "dialects/neap/IR/ops/Pooling.td"
include "dialects/neap/IR/ops/Reduction.td"
include "dialects/neap/IR/ops/Shape.td"
include "dialects/neap/IR/ops/Indexing.td"
include "dialects/neap/IR/ops/Constant.td"
include "dialects/neap/IR/ops/Kernel.td"

#endif // NEAP_OPS_TD
