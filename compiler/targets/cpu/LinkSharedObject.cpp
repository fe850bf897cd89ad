// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LinkSharedObject.cpp - lld reads and writes paths: a private temporary
// directory holds the inputs and the result. Two links at once in one process
// crash lld, hence one lock.
#include "compiler/targets/cpu/LinkSharedObject.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

namespace neap {
namespace {

/// A directory that disappears with its content.
class TemporaryDirectory {
public:
  TemporaryDirectory() {
    error = llvm::sys::fs::createUniqueDirectory("neap", path);
  }
  ~TemporaryDirectory() {
    if (!error)
      (void)llvm::sys::fs::remove_directories(path);
  }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  std::error_code getError() const { return error; }
  std::string getPath(llvm::Twine name) const {
    llvm::SmallString<128> result = path;
    llvm::sys::path::append(result, name);
    return std::string(result);
  }

private:
  llvm::SmallString<128> path;
  std::error_code error;
};

} // namespace

/// Writes `bytes` to a new file.
static llvm::Error writeFile(const std::string &path, llvm::StringRef bytes) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    return llvm::createFileError(path, code);
  stream << bytes;
  stream.close();
  if (stream.has_error()) {
    code = stream.error();
    stream.clear_error();
    return llvm::createFileError(path, code);
  }
  return llvm::Error::success();
}

/// Runs the linker on files.
static llvm::Error runLinker(llvm::ArrayRef<std::string> inputs,
                             const std::string &output) {
  std::vector<const char *> arguments{"ld.lld",
                                      "-shared",
                                      "--threads=1",
                                      "--build-id=none",
                                      "--strip-all",
                                      "--hash-style=gnu",
                                      "-z",
                                      "now",
                                      "-z",
                                      "noexecstack",
                                      "--gc-sections",
                                      "-o",
                                      output.c_str()};
  for (const std::string &input : inputs)
    arguments.push_back(input.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  static std::mutex oneLink;
  std::lock_guard<std::mutex> guard(oneLink);
  lld::Result result =
      lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return llvm::createStringError("cannot link the kernels: " + messages);
  return llvm::Error::success();
}

/// Fails if the shared object imports more than kernel_abi.h allows.
static llvm::Error checkImports(llvm::MemoryBufferRef bytes) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(bytes);
  if (!file)
    return file.takeError();
  auto &elf = llvm::cast<llvm::object::ELFObjectFileBase>(**file);
  for (llvm::object::ELFSymbolRef symbol : elf.getDynamicSymbolIterators()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (!(*flags & llvm::object::SymbolRef::SF_Undefined))
      continue;
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!name->empty() &&
        !llvm::is_contained({"memcpy", "memmove", "memset"}, *name))
      return llvm::createStringError(
          "a kernel calls '" + *name +
          "', expected only memcpy, memmove, memset");
  }
  return llvm::Error::success();
}

llvm::Expected<std::string>
linkSharedObject(llvm::ArrayRef<std::string> objects) {
  TemporaryDirectory directory;
  if (directory.getError())
    return llvm::createStringError(directory.getError(),
                                   "cannot create a temporary directory");
  std::vector<std::string> inputs;
  for (auto [index, object] : llvm::enumerate(objects)) {
    inputs.push_back(directory.getPath(llvm::Twine(index) + ".o"));
    if (llvm::Error error = writeFile(inputs.back(), object))
      return std::move(error);
  }
  std::string output = directory.getPath("kernels.so");
  if (llvm::Error error = runLinker(inputs, output))
    return std::move(error);
  auto buffer = llvm::MemoryBuffer::getFile(output, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createFileError(output, buffer.getError());
  if (llvm::Error error = checkImports((*buffer)->getMemBufferRef()))
    return std::move(error);
  return (*buffer)->getBuffer().str();
}

} // namespace neap
