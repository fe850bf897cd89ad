// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// filetype MODEL.neap CONFIG.json [--json=FILE] FILE ... names the types of
// files with a compiled magika model: the smallest useful program around
// neap.hpp.
#include "Features.h"
#include <neap/neap.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace {

struct Answer {
  std::string path;
  std::vector<int32_t> features;
  std::vector<float> probabilities;
  size_t best = 0;
};

/// The process's anonymous memory in bytes.
long readAnonymousBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (long kilobytes; word == "RssAnon:" && status >> kilobytes)
      return kilobytes * 1024;
  return 0;
}

neap::Status classify(neap::Session &session, Answer &answer) {
  neap::TensorView input(answer.features.data(),
                         {1, static_cast<int64_t>(answer.features.size())});
  neap::TensorView output(
      answer.probabilities.data(),
      {1, static_cast<int64_t>(answer.probabilities.size())});
  neap::Status status = session.run({&input.view()}, {&output.view()});
  answer.best = std::max_element(answer.probabilities.begin(),
                                 answer.probabilities.end()) -
                answer.probabilities.begin();
  return status;
}

/// The shortest of 20 runs, in milliseconds.
double measure(neap::Session &session, Answer &answer) {
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    auto begin = std::chrono::steady_clock::now();
    if (!classify(session, answer).ok())
      break;
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, time.count());
  }
  return best;
}

template <typename T>
void writeArray(std::ostream &os, const char *key,
                const std::vector<T> &values) {
  os << '"' << key << "\": [";
  for (size_t i = 0; i < values.size(); ++i)
    os << (i ? "," : "") << values[i];
  os << ']';
}

void writeJson(const std::string &path, const ModelConfig &config,
               const std::vector<Answer> &answers, double milliseconds,
               long gained, uint64_t planned) {
  std::ofstream os(path);
  os.precision(9);
  os << "{\"min_ms\": " << milliseconds << ", \"rss_anon_gained\": " << gained
     << ", \"planned_bytes\": " << planned << ", \"files\": [\n";
  for (size_t i = 0; i < answers.size(); ++i) {
    os << (i ? ",\n" : "") << "{\"path\": \"" << answers[i].path
       << "\", \"label\": \"" << config.labels[answers[i].best] << "\", ";
    writeArray(os, "features", answers[i].features);
    os << ", ";
    writeArray(os, "probabilities", answers[i].probabilities);
    os << '}';
  }
  os << "]}\n";
}

int fail(const std::string &message) {
  std::fprintf(stderr, "filetype: error: %s\n", message.c_str());
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  std::string jsonPath;
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    if (!std::strncmp(argv[i], "--json=", 7))
      jsonPath = argv[i] + 7;
    else
      arguments.push_back(argv[i]);
  }
  if (arguments.size() < 3) {
    std::fprintf(
        stderr,
        "usage: filetype MODEL.neap CONFIG.json [--json=FILE] FILE ...\n");
    return 2;
  }
  ModelConfig config;
  if (!readConfig(arguments[1], config))
    return fail("'" + arguments[1] + "' is not magika's config.min.json");

  long before = readAnonymousBytes();
  neap::Result<neap::Model> model = neap::Model::loadFile(arguments[0]);
  if (!model.ok())
    return fail(model.status().text());
  neap::SessionOptions options;
  options.numThreads = 1;
  neap::Result<neap::Session> session =
      neap::Session::create(*model, "main", options);
  if (!session.ok())
    return fail(session.status().text());

  std::vector<Answer> answers;
  for (size_t i = 2; i < arguments.size(); ++i) {
    Answer answer{
        arguments[i], {}, std::vector<float>(config.labels.size()), 0};
    if (!extractFeatures(answer.path, config, answer.features))
      return fail("cannot read '" + answer.path + "'");
    if (neap::Status status = classify(*session, answer); !status.ok())
      return fail(status.text());
    std::printf("%-44s %-16s %6.2f %%\n", answer.path.c_str(),
                config.labels[answer.best].c_str(),
                100 * answer.probabilities[answer.best]);
    answers.push_back(std::move(answer));
  }
  if (jsonPath.empty())
    return 0;
  double milliseconds = measure(*session, answers.front());
  long gained = readAnonymousBytes() - before;
  neap_memory_info_t memory = session->memory();
  writeJson(jsonPath, config, answers, milliseconds, gained,
            memory.arena_bytes);
  return 0;
}
