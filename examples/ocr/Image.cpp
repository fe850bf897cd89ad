// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Image.h"

#include <algorithm>
#include <fstream>
#include <tuple>
#include <utility>

namespace {

constexpr float kThreshold = 0.3f, kBoxScore = 0.5f, kUnclip = 1.6f;
constexpr int kLeastSide = 3, kLargestSide = 1 << 14;

/// Where between which old pixels a new one of an axis is.
struct Tap {
  int low, high;
  double rest;
};

std::vector<Tap> getTaps(int oldSize, int newSize) {
  std::vector<Tap> taps(newSize);
  for (int i = 0; i < newSize; ++i) {
    double place = (i + 0.5) * oldSize / newSize - 0.5;
    place = std::clamp(place, 0.0, oldSize - 1.0);
    int low = std::min(static_cast<int>(place), std::max(oldSize - 2, 0));
    taps[i] = {low, std::min(low + 1, oldSize - 1), place - low};
  }
  return taps;
}

double mix(double low, double high, double rest) {
  return low * (1 - rest) + high * rest;
}

/// Takes the connected pixels around a place out of `mask`; returns their box.
Box takeComponent(Image &mask, int y, int x) {
  Box box{y, x, y + 1, x + 1};
  std::vector<std::pair<int, int>> stack;
  auto visit = [&](int y, int x) {
    if (y < 0 || x < 0 || y >= mask.height || x >= mask.width || !mask.at(y, x))
      return;
    mask.at(y, x) = 0;
    box = {std::min(box.top, y), std::min(box.left, x),
           std::max(box.bottom, y + 1), std::max(box.right, x + 1)};
    stack.push_back({y, x});
  };
  visit(y, x);
  while (!stack.empty()) {
    auto [py, px] = stack.back();
    stack.pop_back();
    visit(py - 1, px), visit(py + 1, px), visit(py, px - 1), visit(py, px + 1);
  }
  return box;
}

double meanOf(const Image &image) {
  double sum = 0;
  for (float pixel : image.pixels)
    sum += pixel;
  return sum / static_cast<double>(image.pixels.size());
}

} // namespace

bool readPgm(const std::string &path, Image &image) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int width = 0, height = 0, largest = 0;
  file >> magic >> width >> height >> largest;
  if (!file || magic != "P5" || largest != 255 || std::min(width, height) < 1 ||
      std::max(width, height) > kLargestSide)
    return false;
  file.get();
  std::vector<unsigned char> bytes(static_cast<size_t>(height) * width);
  file.read(reinterpret_cast<char *>(bytes.data()), bytes.size());
  image = Image(height, width);
  image.pixels.assign(bytes.begin(), bytes.end());
  return static_cast<bool>(file);
}

Image crop(const Image &image, const Box &box, float fill) {
  Image result(box.bottom - box.top, box.right - box.left, fill);
  for (int y = box.top; y < std::min(box.bottom, image.height); ++y)
    for (int x = box.left; x < std::min(box.right, image.width); ++x)
      result.at(y - box.top, x - box.left) = image.at(y, x);
  return result;
}

Image resize(const Image &image, int height, int width) {
  Image result(height, width);
  std::vector<Tap> rows = getTaps(image.height, height);
  std::vector<Tap> columns = getTaps(image.width, width);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Tap &row = rows[y], &column = columns[x];
      auto mixRows = [&](int at) {
        return mix(image.at(row.low, at), image.at(row.high, at), row.rest);
      };
      result.at(y, x) = static_cast<float>(
          mix(mixRows(column.low), mixRows(column.high), column.rest));
    }
  return result;
}

Image turn(const Image &image) {
  Image result = image;
  std::reverse(result.pixels.begin(), result.pixels.end());
  return result;
}

std::vector<Box> findBoxes(const Image &probability, int height, int width) {
  Image mask = probability;
  for (float &pixel : mask.pixels)
    pixel = pixel > kThreshold;
  std::vector<Box> boxes;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      if (!mask.at(y, x))
        continue;
      Box box = takeComponent(mask, y, x);
      int boxHeight = box.bottom - box.top, boxWidth = box.right - box.left;
      if (std::min(boxHeight, boxWidth) < kLeastSide ||
          meanOf(crop(probability, box)) < kBoxScore)
        continue;
      int grow = static_cast<int>(boxHeight * boxWidth * kUnclip /
                                  (2 * (boxHeight + boxWidth)));
      boxes.push_back({std::max(box.top - grow, 0),
                       std::max(box.left - grow, 0),
                       std::min(box.bottom + grow, height),
                       std::min(box.right + grow, width)});
    }
  std::sort(boxes.begin(), boxes.end(), [](const Box &lhs, const Box &rhs) {
    return std::tie(lhs.top, lhs.left) < std::tie(rhs.top, rhs.left);
  });
  return boxes;
}
