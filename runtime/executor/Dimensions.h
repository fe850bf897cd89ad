// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dimensions.h - the values of a session's named dimensions, and the sizes and
// shapes that follow from them.
#ifndef NEAP_RUNTIME_EXECUTOR_DIMENSIONS_H
#define NEAP_RUNTIME_EXECUTOR_DIMENSIONS_H

#include "runtime/base/Status.h"
#include "runtime/executor/Program.h"
#include "runtime/plan/Plan.h"

#include <neap/dlpack.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace neap::rt {

/// Shape of one tensor of the signature.
struct TensorShape {
  const plan::Tensor *tensor = nullptr;
  /// Sizes as bound now; the upper bound where nothing is bound, and where a
  /// run that counts the size has not ended.
  std::vector<int64_t> dims;
  std::vector<int64_t> maxDims;
  /// What the caller's tensor must have: `dims`, and the upper bound where a
  /// run counts the size.
  std::vector<int64_t> capacity;

  /// Bytes of `dims`.
  uint64_t sizeInBytes() const;
  /// Bytes of `capacity`.
  uint64_t capacityInBytes() const;
};

/// Thread-compatible: one thread at a time.
class Dimensions {
public:
  /// `values` and `symbols` have room for all expressions and symbols of the
  /// plan; they outlive this, as do `plan` and `program`.
  void initialize(const plan::Plan &plan, const Program &program,
                  int64_t *values, int64_t *symbols);

  /// Binds a free symbol. Errors: NOT_FOUND, INVALID_ARGUMENT.
  Status bind(const std::string &name, int64_t value);

  /// Gives the symbols that are not bound the sizes that `tensors` (one for
  /// each input) have, then evaluates all expressions. Sets `outChanged` if a
  /// value may differ from the last time.
  ///
  /// Errors: INVALID_ARGUMENT for a size outside its range;
  /// FAILED_PRECONDITION if a symbol has no value.
  Status resolve(const DLTensor *const *tensors, bool &outChanged);

  /// Sets the sizes of outputs that the run has counted into `scalars`.
  void setCounted(const int64_t *scalars);

  /// Returns why the first axis where `tensor` differs from `shape` has the
  /// size that it has now: "axis 1 follows from seq = 128 (input 'ids')". Empty
  /// if that is fixed, or if the ranks differ.
  std::string explainSize(const TensorShape &shape,
                          const DLTensor &tensor) const;

  /// Returns the shapes of inputs or outputs.
  const std::vector<TensorShape> &inputs() const { return inputShapes; }
  const std::vector<TensorShape> &outputs() const { return outputShapes; }

private:
  enum class Binding : uint8_t { None, Explicit, FromInput };

  /// An axis of an input whose size is computed from symbols.
  struct ComputedAxis {
    size_t input;
    size_t axis;
    /// What the size depends on, operands first; it is the last.
    std::vector<uint32_t> exprs;
  };

  Status setFromInputs(const DLTensor *const *tensors);
  Status setFromSize(const ComputedAxis &computed, int64_t size);
  std::optional<uint32_t> findOneUnbound(const ComputedAxis &computed) const;
  std::optional<int64_t> solve(const ComputedAxis &computed, uint32_t symbol,
                               int64_t size);
  Status setSymbol(uint32_t symbol, int64_t value, size_t input);
  Status checkRange(uint32_t symbol, int64_t value) const;
  void evaluate();
  void updateShapes(std::vector<TensorShape> &shapes);
  bool isCounted(uint32_t expr) const {
    return program->ranges[expr].usesScalars;
  }

  const plan::Plan *plan = nullptr;
  const Program *program = nullptr;
  int64_t *values = nullptr;
  int64_t *symbols = nullptr;
  std::vector<Binding> bindings;
  /// Per symbol that is bound from an input: which one.
  std::vector<size_t> sources;
  bool stale = true;
  std::vector<ComputedAxis> computedAxes;
  /// What the sizes that a run counts depend on, operands first.
  std::vector<uint32_t> countedExprs;
  std::vector<TensorShape> inputShapes;
  std::vector<TensorShape> outputShapes;
};

} // namespace neap::rt

#endif // NEAP_RUNTIME_EXECUTOR_DIMENSIONS_H
