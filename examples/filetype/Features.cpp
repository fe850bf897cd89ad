// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Features.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace {
/// The text right behind `"key":`, or nullptr.
const char *findValue(const std::string &json, const char *key) {
  std::string quoted = std::string("\"") + key + "\":";
  size_t at = json.find(quoted);
  return at == std::string::npos ? nullptr : json.c_str() + at + quoted.size();
}

bool readNumber(const std::string &json, const char *key, long &value) {
  const char *text = findValue(json, key);
  if (!text)
    return false;
  value = std::strtol(text, nullptr, 10);
  return true;
}

/// Reads `["a","b",...]`; the labels hold no escapes.
bool readLabels(const std::string &json, std::vector<std::string> &labels) {
  const char *text = findValue(json, "target_labels_space");
  if (!text)
    return false;
  while (*text && *text != ']') {
    if (*text != '"') {
      ++text;
      continue;
    }
    const char *end = std::strchr(text + 1, '"');
    if (!end)
      return false;
    labels.emplace_back(text + 1, end);
    text = end + 1;
  }
  return !labels.empty();
}

/// White space as Python's bytes.strip() takes it.
bool isSpace(char c) { return std::strchr(" \t\n\r\v\f", c) && c; }
} // namespace

bool readConfig(const std::string &path, ModelConfig &config) {
  std::ifstream file(path);
  std::string json{std::istreambuf_iterator<char>(file), {}};
  long beg, end, block, padding;
  if (!readNumber(json, "beg_size", beg) ||
      !readNumber(json, "end_size", end) ||
      !readNumber(json, "block_size", block) ||
      !readNumber(json, "padding_token", padding))
    return false;
  config.begSize = beg;
  config.endSize = end;
  config.blockSize = block;
  config.paddingToken = static_cast<int32_t>(padding);
  return readLabels(json, config.labels);
}

bool extractFeatures(const std::string &path, const ModelConfig &config,
                     std::vector<int32_t> &features) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file)
    return false;
  size_t size = file.tellg();
  size_t block = std::min(config.blockSize, size);
  std::string head(block, 0), tail(block, 0);
  file.seekg(0).read(head.data(), block);
  file.seekg(size - block).read(tail.data(), block);
  if (!file && block)
    return false;
  head.erase(head.begin(), std::find_if_not(head.begin(), head.end(), isSpace));
  tail.erase(std::find_if_not(tail.rbegin(), tail.rend(), isSpace).base(),
             tail.end());

  features.assign(config.begSize + config.endSize, config.paddingToken);
  size_t numHead = std::min(head.size(), config.begSize);
  size_t numTail = std::min(tail.size(), config.endSize);
  auto toInt = [](char c) {
    return static_cast<int32_t>(static_cast<uint8_t>(c));
  };
  std::transform(head.begin(), head.begin() + numHead, features.begin(), toInt);
  std::transform(tail.end() - numTail, tail.end(), features.end() - numTail,
                 toInt);
  return true;
}
