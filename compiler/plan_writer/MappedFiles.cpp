// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MappedFiles.cpp - maps files and checks ranges.
#include "compiler/plan_writer/MappedFiles.h"

#include "dialects/neap/IR/NeapDialect.h"

using namespace mlir;

namespace neap {

FailureOr<MappedFiles> MappedFiles::open(ModuleOp module) {
  MappedFiles mapped;
  auto paths = module->getAttrOfType<ArrayAttr>(NeapDialect::kFilesAttr);
  if (!paths)
    return mapped;
  for (Attribute attribute : paths) {
    auto path = dyn_cast<StringAttr>(attribute);
    if (!path)
      return module.emitOpError("expected '")
             << NeapDialect::kFilesAttr << "' to hold paths, got " << attribute;
    // No terminator is asked for, so that the file is mapped and not copied.
    auto buffer = llvm::MemoryBuffer::getFile(path.getValue(), /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
    if (!buffer)
      return mlir::emitError(module.getLoc())
             << "cannot read '" << path.getValue()
             << "': " << buffer.getError().message();
    mapped.files.push_back(std::move(*buffer));
  }
  return mapped;
}

FailureOr<ArrayRef<uint8_t>> MappedFiles::getBytes(Operation *op,
                                                   BlobAttr blob) const {
  if (blob.getFile() < 0 || uint64_t(blob.getFile()) >= files.size())
    return op->emitOpError("expected a file of '")
           << NeapDialect::kFilesAttr << "' (" << files.size() << "), got "
           << blob.getFile();
  const llvm::MemoryBuffer &file = *files[blob.getFile()];
  const uint64_t size = file.getBufferSize();
  if (blob.getOffset() > size || blob.getLength() > size - blob.getOffset())
    return op->emitOpError("expected bytes inside '")
           << file.getBufferIdentifier() << "' of " << size << " bytes, got "
           << blob.getLength() << " at offset " << blob.getOffset();
  auto *start = reinterpret_cast<const uint8_t *>(file.getBufferStart());
  return ArrayRef<uint8_t>(start + blob.getOffset(), blob.getLength());
}

} // namespace neap
