// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Image.h - gray images, and boxes around the text that a detector finds.
#ifndef OCR_IMAGE_H
#define OCR_IMAGE_H

#include <string>
#include <vector>

/// Rows of gray levels from 0 to 255, or of probabilities.
struct Image {
  int height = 0, width = 0;
  std::vector<float> pixels;

  Image() = default;
  Image(int height, int width, float value = 0)
      : height(height), width(width),
        pixels(static_cast<size_t>(height) * width, value) {}
  float &at(int y, int x) { return pixels[static_cast<size_t>(y) * width + x]; }
  float at(int y, int x) const {
    return pixels[static_cast<size_t>(y) * width + x];
  }
};

/// The rows from `top` on and below `bottom`, the columns likewise.
struct Box {
  int top, left, bottom, right;
};

/// Reads a binary PGM of 8 bits.
bool readPgm(const std::string &path, Image &image);

/// Returns the box; what lies beyond the image is `fill`.
Image crop(const Image &image, const Box &box, float fill = 255);

/// Resizes linearly, with the centers of pixels kept in place.
Image resize(const Image &image, int height, int width);

/// Turns by half a turn.
Image turn(const Image &image);

/// Returns boxes around connected pixels that are text by `probability`, from
/// top to bottom, grown to the whole letters but within `height` and `width`:
/// the detector is trained to mark a line's core.
std::vector<Box> findBoxes(const Image &probability, int height, int width);

#endif // OCR_IMAGE_H
