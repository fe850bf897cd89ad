// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExternalData.h - opens the files that a model keeps weights in, and only
// those that it may name.
#ifndef NEAP_FRONTENDS_ONNX_EXTERNALDATA_H
#define NEAP_FRONTENDS_ONNX_EXTERNALDATA_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace neap::frontend {

/// One open file with external data.
struct ExternalFile {
  /// Canonical path.
  std::string path;
  uint64_t sizeInBytes = 0;
  int descriptor = -1;
};

/// Opens external data of one model; each file once. Closes them at the end.
class ExternalData {
public:
  /// `folder` is the model's own. With an empty `root`, locations are resolved
  /// below `folder` and no component may be a symbolic link; else whatever a
  /// location leads to must lie below `root`.
  ExternalData(llvm::StringRef folder, llvm::StringRef root)
      : folder(folder.str()), root(root.str()) {}
  ~ExternalData();
  ExternalData(const ExternalData &) = delete;
  ExternalData &operator=(const ExternalData &) = delete;

  /// Returns the open file of `location`, which `tensor` names.
  llvm::Expected<const ExternalFile *> open(llvm::StringRef location,
                                            llvm::StringRef tensor);

private:
  llvm::Expected<ExternalFile> openBelowFolder(llvm::StringRef location,
                                               llvm::StringRef tensor) const;
  llvm::Expected<ExternalFile> openBelowRoot(llvm::StringRef location,
                                             llvm::StringRef tensor) const;

  std::string folder;
  std::string root;
  llvm::StringMap<ExternalFile> files;
};

} // namespace neap::frontend

#endif // NEAP_FRONTENDS_ONNX_EXTERNALDATA_H
