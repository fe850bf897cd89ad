// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MappedFiles.h - the files that weight handles point into, mapped read-only.
#ifndef NEAP_COMPILER_PLAN_WRITER_MAPPEDFILES_H
#define NEAP_COMPILER_PLAN_WRITER_MAPPEDFILES_H

#include "dialects/neap/IR/NeapAttrs.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <vector>

namespace neap {

class MappedFiles {
public:
  /// Maps the files of `module`'s `neap.files`; on failure emits a diagnostic.
  static mlir::FailureOr<MappedFiles> open(mlir::ModuleOp module);

  /// Returns the bytes of `blob`; an error on `op` if the file has too few.
  mlir::FailureOr<llvm::ArrayRef<uint8_t>> getBytes(mlir::Operation *op,
                                                    BlobAttr blob) const;

private:
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> files;
};

} // namespace neap

#endif // NEAP_COMPILER_PLAN_WRITER_MAPPEDFILES_H
