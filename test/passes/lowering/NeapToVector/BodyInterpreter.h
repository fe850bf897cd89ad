// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BodyInterpreter.h - the slow, obvious meaning of a product kernel's body:
// each op computed by loops over indices, sums as one chain of fused
// multiply-adds.
#ifndef NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_BODYINTERPRETER_H
#define NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_BODYINTERPRETER_H

#include "mlir/IR/Block.h"
#include <cstdint>
#include <vector>

namespace neap::test {

/// A tensor in row-major order.
template <typename T>
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<T> elements;

  explicit Tensor(std::vector<int64_t> shape);
  T &at(const std::vector<int64_t> &index) { return elements[offset(index)]; }
  T at(const std::vector<int64_t> &index) const {
    return elements[offset(index)];
  }
  size_t offset(const std::vector<int64_t> &index) const;
  /// Calls `body` with every index in order.
  template <typename Body>
  void forEach(Body body) const {
    std::vector<int64_t> index(shape.size(), 0);
    for (size_t i = 0; i < elements.size(); ++i) {
      body(index);
      for (size_t axis = shape.size(); axis-- > 0;) {
        if (++index[axis] < shape[axis])
          break;
        index[axis] = 0;
      }
    }
  }
};

/// Returns what `body` yields for `inputs`; aborts on an op that it does not
/// know.
template <typename T>
Tensor<T> interpretBody(mlir::Block &body,
                        const std::vector<Tensor<T>> &inputs);

} // namespace neap::test

#endif // NEAP_TEST_PASSES_LOWERING_NEAPTOVECTOR_BODYINTERPRETER_H
