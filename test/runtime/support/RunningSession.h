// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RunningSession.h - one session of a hand-written model, with its tensors.
#ifndef NEAP_TEST_RUNTIME_SUPPORT_RUNNINGSESSION_H
#define NEAP_TEST_RUNTIME_SUPPORT_RUNNINGSESSION_H

#include "test/runtime/support/TestModel.h"

#include <neap/neap.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace neap::test {

/// A model in memory and one session of it.
class Running {
public:
  explicit Running(const plan::Plan &plan, SessionOptions options = {},
                   const std::string &weights = "")
      : bytes(makeModel(plan, weights)),
        model(Model::loadMemory(bytes.data(), bytes.size())) {
    EXPECT_TRUE(model.ok()) << model.status().text();
    if (!model.ok())
      return;
    session.emplace(Session::create(*model, "main", options));
    EXPECT_TRUE(session->ok()) << session->status().text();
    if (!session->ok())
      return;
    allocate();
  }

  /// Makes tensors for the shapes as bound now.
  void allocate() {
    inputs.clear();
    outputs.clear();
    for (size_t i = 0; i < get().numInputs(); ++i)
      inputs.push_back(std::move(*get().allocateInput(i)));
    for (size_t i = 0; i < get().numOutputs(); ++i)
      outputs.push_back(std::move(*get().allocateOutput(i)));
  }

  Session &get() { return **session; }
  Status run() { return get().run(inputs, outputs); }

  AlignedBytes bytes;
  Result<Model> model;
  std::optional<Result<Session>> session;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

/// Fills a tensor with different numbers from `start` on.
inline void fill(const Tensor &tensor, float start) {
  for (size_t i = 0; i < tensor.numElements(); ++i)
    tensor.data<float>()[i] = start + static_cast<float>(i) * 0.37f;
}

/// Options for `numThreads` threads.
inline SessionOptions withThreads(uint32_t numThreads) {
  SessionOptions options;
  options.numThreads = numThreads;
  return options;
}

} // namespace neap::test

#endif // NEAP_TEST_RUNTIME_SUPPORT_RUNNINGSESSION_H
