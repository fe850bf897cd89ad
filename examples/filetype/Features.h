// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Features.h - what magika looks at in a file.
#ifndef FILETYPE_FEATURES_H
#define FILETYPE_FEATURES_H

#include <cstdint>
#include <string>
#include <vector>

/// The numbers of magika's config.min.json that this program uses.
struct ModelConfig {
  size_t begSize = 0;
  size_t endSize = 0;
  size_t blockSize = 0;
  int32_t paddingToken = 0;
  std::vector<std::string> labels;
};

/// Reads `path`; returns false if a key is missing.
bool readConfig(const std::string &path, ModelConfig &config);

/// The model's input for one file: its first bytes without leading white space,
/// padded at the end, then its last bytes without trailing white space, padded
/// at the front. Returns false if the file cannot be read.
bool extractFeatures(const std::string &path, const ModelConfig &config,
                     std::vector<int32_t> &features);

#endif // FILETYPE_FEATURES_H
