// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// embed_cpp - runs any .neap model from several threads at once: one model,
// one session for each thread, the caller's own memory for the inputs. Prints
// the memory that a session uses and checks that all threads agree.
#include <neap/neap.hpp>

#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 2;
constexpr int kRuns = 10;

/// What one thread has found: an error, or the bytes of all outputs.
struct Answer {
  std::string error;
  std::string bytes;
};

/// Makes the tensors of a signature.
std::string allocate(neap::Session &session, std::vector<neap::Tensor> &inputs,
                     std::vector<neap::Tensor> &outputs) {
  for (size_t i = 0; i < session.numInputs(); ++i) {
    neap::Result<neap::Tensor> tensor = session.allocateInput(i);
    if (!tensor.ok())
      return tensor.status().text();
    inputs.push_back(std::move(*tensor));
  }
  for (size_t i = 0; i < session.numOutputs(); ++i) {
    neap::Result<neap::Tensor> tensor = session.allocateOutput(i);
    if (!tensor.ok())
      return tensor.status().text();
    outputs.push_back(std::move(*tensor));
  }
  return std::string();
}

/// The work of one thread: a session of its own on the shared model.
Answer work(const neap::Model &model) {
  Answer answer;
  neap::SessionOptions options;
  options.numThreads = 1;
  neap::Result<neap::Session> session =
      neap::Session::create(model, "main", options);
  if (!session.ok())
    return {session.status().text(), ""};
  std::vector<neap::Tensor> inputs, outputs;
  answer.error = allocate(*session, inputs, outputs);
  for (int run = 0; answer.error.empty() && run < kRuns; ++run)
    if (neap::Status status = session->run(inputs, outputs); !status.ok())
      answer.error = status.text();
  for (const neap::Tensor &output : outputs)
    answer.bytes.append(output.data<char>(), output.sizeInBytes());
  return answer;
}

void printMemory(const neap::Model &model) {
  neap::Result<neap::Session> session = neap::Session::create(model);
  if (!session.ok())
    return;
  neap_memory_info_t memory = session->memory();
  std::printf("kernels for %s; weights %llu bytes, arena %llu, state %llu\n",
              model.isa(), static_cast<unsigned long long>(memory.const_bytes),
              static_cast<unsigned long long>(memory.arena_bytes),
              static_cast<unsigned long long>(memory.state_bytes));
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fputs("usage: embed_cpp MODEL.neap\n", stderr);
    return 2;
  }
  neap::Result<neap::Model> model = neap::Model::loadFile(argv[1]);
  if (!model.ok()) {
    std::fprintf(stderr, "embed_cpp: %s\n", model.status().text().c_str());
    return 1;
  }
  printMemory(*model);
  std::vector<Answer> answers(kThreads);
  std::vector<std::thread> threads;
  for (Answer &answer : answers)
    threads.emplace_back([&answer, &model] { answer = work(*model); });
  for (std::thread &thread : threads)
    thread.join();
  for (const Answer &answer : answers) {
    if (!answer.error.empty()) {
      std::fprintf(stderr, "embed_cpp: %s\n", answer.error.c_str());
      return 1;
    }
    if (answer.bytes != answers[0].bytes) {
      std::fputs("embed_cpp: the threads' outputs differ\n", stderr);
      return 1;
    }
  }
  std::printf("%d threads ran the model %d times each: the same %zu bytes\n",
              kThreads, kRuns, answers[0].bytes.size());
  return 0;
}
