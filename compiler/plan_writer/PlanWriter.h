// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PlanWriter.h - a planned module and its kernels as a .neap file.
#ifndef NEAP_COMPILER_PLAN_WRITER_PLANWRITER_H
#define NEAP_COMPILER_PLAN_WRITER_PLANWRITER_H

#include "compiler/plan_writer/ConstantEvaluator.h"
#include "compiler/plan_writer/MappedFiles.h"
#include "dialects/plan/IR/PlanOps.h"
#include "runtime/include/neap/plan_format.h"

namespace neap {

/// The kernels of one instruction set: an ELF shared object.
struct KernelsSection {
  neap_isa isa;
  llvm::ArrayRef<uint8_t> object;
};

/// Writes `module`, as neap-plan-memory leaves it, to `path`, and returns the
/// bytes written. `lookupKernel` has the kernels that the constants need. On
/// failure emits a diagnostic and leaves `path` as it was.
mlir::FailureOr<uint64_t> writeContainer(mlir::ModuleOp module,
                                         llvm::ArrayRef<KernelsSection> kernels,
                                         const MappedFiles &files,
                                         KernelLookup lookupKernel,
                                         llvm::StringRef path);

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_PLANWRITER_H
