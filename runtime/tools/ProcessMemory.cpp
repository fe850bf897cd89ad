// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ProcessMemory.cpp - what the system says this process uses.
//
// Source: Linux documentation, filesystems/proc.
#include "runtime/tools/ProcessMemory.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace neap::tools {
namespace {

/// Returns the bytes of a line such as "VmHWM:   123 kB" if it has this key.
bool readKilobytes(const char *line, const char *key, uint64_t &outBytes) {
  size_t length = std::strlen(key);
  if (std::strncmp(line, key, length) != 0)
    return false;
  outBytes = std::strtoull(line + length, nullptr, 10) * 1024;
  return true;
}

/// Adds up mappings, line by line.
class SmapsReader {
public:
  void addLine(const char *line) {
    unsigned long long begin = 0, end = 0, inode = 0;
    char flags[8] = {};
    // "begin-end rw-p offset device inode path"
    // The kernel writes no number that does not fit.
    // NOLINTNEXTLINE(bugprone-unchecked-string-to-number-conversion)
    if (std::sscanf(line, "%llx-%llx %7s %*x %*s %llu", &begin, &end, flags,
                    &inode) == 4) {
      counts = inode == 0 && flags[1] == 'w' && flags[3] == 'p';
      if (counts)
        mapped += end - begin;
      return;
    }
    uint64_t bytes = 0;
    if (counts && readKilobytes(line, "Rss:", bytes))
      resident += bytes;
  }

  uint64_t mapped = 0;
  uint64_t resident = 0;

private:
  bool counts = false;
};

} // namespace

ProcessMemory readProcessMemory() {
  ProcessMemory memory;
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    readKilobytes(line.c_str(), "VmHWM:", memory.peakRss);
    readKilobytes(line.c_str(), "RssAnon:", memory.rssAnon);
    readKilobytes(line.c_str(), "RssFile:", memory.rssFile);
  }
  return memory;
}

uint64_t readAnonymousWritable(uint64_t &outResident) {
  SmapsReader reader;
  int file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
  char block[4096], line[512];
  size_t length = 0;
  ssize_t got = 0;
  while (file >= 0 && (got = read(file, block, sizeof(block))) > 0) {
    for (ssize_t i = 0; i < got; ++i) {
      if (block[i] != '\n') {
        if (length + 1 < sizeof(line))
          line[length++] = block[i];
        continue;
      }
      line[length] = '\0';
      reader.addLine(line);
      length = 0;
    }
  }
  if (file >= 0)
    close(file);
  outResident = reader.resident;
  return reader.mapped;
}

} // namespace neap::tools
