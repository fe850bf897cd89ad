// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ocr FOLDER PAGE.pgm ... prints the text of pages. Three compiled models of
// rapidocr in FOLDER do it: det.neap marks where text is, cls.neap says whether
// a line stands on its head, rec.neap reads it. Each runs at whatever size the
// page and its lines have. FOLDER/characters.txt has what rec.neap knows.
#include "Image.h"
#include <neap/neap.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>

namespace {

/// Height of a line, widths that the models are compiled for, and how sure the
/// classifier must be that a line is to be turned.
constexpr int kLineHeight = 48, kClassifierWidth = 192, kMaxWidth = 640;
constexpr float kTurnScore = 0.9f;
/// Sizes of a page are multiples of this.
constexpr int kPageStep = 32;

/// A model of images, and a session that runs it at any size.
struct Network {
  std::optional<neap::Model> model;
  std::optional<neap::Session> session;
  /// What failed; empty if nothing did.
  std::string error;

  bool load(const std::string &path);
  /// Runs on an image of three channels; returns the output, nothing on
  /// failure.
  neap::Tensor run(const std::vector<float> &values, int height, int width);

private:
  bool check(const neap::Status &status) {
    if (!status.ok())
      error = status.text();
    return status.ok();
  }
};

struct Reader {
  Network detector, classifier, recognizer;
  std::vector<std::string> characters;

  std::string load(const std::string &folder);
  std::string readLine(const Image &line);
  /// The first failure of a model; empty if there is none.
  std::string getError() const {
    for (const Network *network : {&detector, &classifier, &recognizer})
      if (!network->error.empty())
        return network->error;
    return "";
  }
};

/// Three equal channels in [-1, 1].
std::vector<float> toInput(const Image &image) {
  std::vector<float> values;
  for (int channel = 0; channel < 3; ++channel)
    for (float pixel : image.pixels)
      values.push_back((pixel / 255 - 0.5f) / 0.5f);
  return values;
}

} // namespace

bool Network::load(const std::string &path) {
  neap::Result<neap::Model> loaded = neap::Model::loadFile(path);
  if (!check(loaded.status()))
    return false;
  model.emplace(std::move(*loaded));
  neap::Result<neap::Session> created = neap::Session::create(*model);
  if (!check(created.status()))
    return false;
  session.emplace(std::move(*created));
  return true;
}

neap::Tensor Network::run(const std::vector<float> &values, int height,
                          int width) {
  neap::TensorView input(values.data(), {1, 3, height, width});
  if (!check(session->bindInputs({&input.view()})))
    return neap::Tensor();
  neap::Result<neap::Tensor> output = session->allocateOutput(0);
  if (!check(output.status()) ||
      !check(session->run({&input.view()}, {&output->view()})))
    return neap::Tensor();
  return std::move(*output);
}

std::string Reader::load(const std::string &folder) {
  if (!detector.load(folder + "/det.neap") ||
      !classifier.load(folder + "/cls.neap") ||
      !recognizer.load(folder + "/rec.neap"))
    return getError();
  std::ifstream file(folder + "/characters.txt");
  for (std::string line; std::getline(file, line);)
    characters.push_back(line);
  if (characters.empty())
    return "'" + folder + "/characters.txt' holds no characters";
  characters.push_back(" ");
  return "";
}

/// Reads a line of text: per step of the output the best character, of equal
/// neighbours one; 0 stands for none.
std::string Reader::readLine(const Image &image) {
  int width = static_cast<int>(std::nearbyint(static_cast<double>(image.width) *
                                              kLineHeight / image.height));
  width = std::clamp(width, kLineHeight, kMaxWidth);
  Image line = resize(image, kLineHeight, width);
  // To the right of a short line the classifier sees gray.
  Image shown = width <= kClassifierWidth
                    ? crop(line, {0, 0, kLineHeight, kClassifierWidth}, 127.5f)
                    : resize(line, kLineHeight, kClassifierWidth);
  neap::Tensor scores =
      classifier.run(toInput(shown), kLineHeight, kClassifierWidth);
  if (classifier.error.empty() && scores.data<float>()[1] > kTurnScore)
    line = turn(line);
  neap::Tensor steps = recognizer.run(toInput(line), kLineHeight, width);
  if (!getError().empty())
    return "";
  std::string text;
  int64_t numClasses = steps.dim(2), previous = 0;
  for (int64_t step = 0; step < steps.dim(1); ++step) {
    const float *begin = steps.data<float>() + step * numClasses;
    int64_t best = std::max_element(begin, begin + numClasses) - begin;
    if (best != previous && best > 0 &&
        best <= static_cast<int64_t>(characters.size()))
      text += characters[best - 1];
    previous = best;
  }
  return text;
}

static int fail(const std::string &message) {
  std::fprintf(stderr, "ocr: error: %s\n", message.c_str());
  return 1;
}

/// Prints the text of one page; returns what failed.
static std::string readPage(Reader &reader, const Image &page) {
  auto roundUp = [](int size) {
    return (size + kPageStep - 1) / kPageStep * kPageStep;
  };
  int height = roundUp(page.height), width = roundUp(page.width);
  Image padded = crop(page, {0, 0, height, width});
  neap::Tensor marks = reader.detector.run(toInput(padded), height, width);
  if (!reader.getError().empty())
    return reader.getError();
  Image probability(height, width);
  std::copy_n(marks.data<float>(), marks.numElements(),
              probability.pixels.begin());
  for (const Box &box : findBoxes(probability, page.height, page.width))
    if (std::string text = reader.readLine(crop(page, box));
        reader.getError().empty())
      std::printf("%s\n", text.c_str());
  return reader.getError();
}

int main(int argc, char **argv) {
  if (argc < 3) {
    std::fputs("usage: ocr FOLDER PAGE.pgm ...\n", stderr);
    return 2;
  }
  Reader reader;
  if (std::string error = reader.load(argv[1]); !error.empty())
    return fail(error);
  for (int i = 2; i < argc; ++i) {
    Image page;
    if (!readPgm(argv[i], page))
      return fail(std::string("'") + argv[i] +
                  "' is not a binary PGM of 8 bits");
    if (std::string error = readPage(reader, page); !error.empty())
      return fail(error);
  }
  return 0;
}
