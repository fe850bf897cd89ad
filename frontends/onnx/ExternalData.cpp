// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ExternalData.cpp - see ExternalData.h. The default walks a location component
// by component and follows no link, so that what is checked is what is opened.
#include "frontends/onnx/ExternalData.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace neap::frontend;

/// Returns an error about the external data of `tensor`.
static llvm::Error refuse(llvm::StringRef tensor, llvm::StringRef location,
                          const llvm::Twine &why) {
  return llvm::createStringError(llvm::Twine("external data '") + location +
                                 "' of tensor '" + tensor + "' " + why);
}

/// Fills in the size of the open `file`, which must be a regular file.
static llvm::Expected<ExternalFile>
describe(ExternalFile file, llvm::StringRef tensor, llvm::StringRef location) {
  struct stat status;
  if (fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file.descriptor);
    return refuse(tensor, location, "is not a regular file");
  }
  file.sizeInBytes = static_cast<uint64_t>(status.st_size);
  return file;
}

/// Returns what is wrong with opening a component, from `errno`.
static std::string whyNotOpened(int error) {
  if (error == ELOOP || error == ENOTDIR)
    return "goes through a symbolic link, or through a file as if it were a "
           "folder; "
           "allow it with --external-data-root";
  if (error == ENOENT)
    return "does not exist; expected it beside the model";
  return std::string("cannot be opened: ") + std::strerror(error);
}

ExternalData::~ExternalData() {
  for (auto &entry : files)
    close(entry.second.descriptor);
}

llvm::Expected<const ExternalFile *>
ExternalData::open(llvm::StringRef location, llvm::StringRef tensor) {
  auto known = files.find(location);
  if (known != files.end())
    return &known->second;
  if (location.empty())
    return refuse(tensor, location, "has no location");
  if (location.contains('\0'))
    return refuse(tensor, location.split('\0').first, "has a NUL in its name");
  if (llvm::sys::path::is_absolute(location))
    return refuse(tensor, location,
                  "is an absolute path; expected one relative to the model");
  llvm::Expected<ExternalFile> file = root.empty()
                                          ? openBelowFolder(location, tensor)
                                          : openBelowRoot(location, tensor);
  if (!file)
    return file.takeError();
  return &files.try_emplace(location, std::move(*file)).first->second;
}

llvm::Expected<ExternalFile>
ExternalData::openBelowFolder(llvm::StringRef location,
                              llvm::StringRef tensor) const {
  llvm::SmallVector<llvm::StringRef> components;
  location.split(components, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  if (components.empty())
    return refuse(tensor, location, "is not a file");
  int current = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (size_t i = 0, e = components.size(); i < e && current >= 0; ++i) {
    if (components[i] == "..") {
      close(current);
      return refuse(tensor, location, "leads outside of the model's folder");
    }
    bool isLast = i + 1 == e;
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                (isLast ? 0 : O_DIRECTORY);
    int next = openat(current, components[i].str().c_str(), flags);
    int error = errno;
    close(current);
    if (next < 0)
      return refuse(tensor, location, whyNotOpened(error));
    current = next;
  }
  if (current < 0)
    return refuse(tensor, location, whyNotOpened(errno));
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, location);
  llvm::sys::path::remove_dots(path);
  return describe({path.str().str(), 0, current}, tensor, location);
}

llvm::Expected<ExternalFile>
ExternalData::openBelowRoot(llvm::StringRef location,
                            llvm::StringRef tensor) const {
  llvm::SmallString<256> wanted(folder), real, realRoot;
  llvm::sys::path::append(wanted, location);
  if (std::error_code error = llvm::sys::fs::real_path(wanted, real))
    return refuse(tensor, location, whyNotOpened(error.value()));
  if (std::error_code error = llvm::sys::fs::real_path(root, realRoot))
    return llvm::createStringError(llvm::Twine("--external-data-root '") +
                                   root +
                                   "' cannot be opened: " + error.message());
  llvm::StringRef rest = real;
  bool inside = rest.consume_front(realRoot) &&
                (rest.starts_with("/") || realRoot.str().ends_with("/"));
  if (!inside)
    return refuse(tensor, location,
                  llvm::Twine("lies outside of --external-data-root '") + root +
                      "'");
  int descriptor =
      ::open(real.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return refuse(tensor, location, whyNotOpened(errno));
  return describe({real.str().str(), 0, descriptor}, tensor, location);
}
