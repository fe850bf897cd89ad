// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/NeapToVector/BodyInterpreter.h"

#include "dialects/neap/IR/NeapOps.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>
#include <map>

using namespace mlir;

namespace neap::test {

using Index = std::vector<int64_t>;

static Index getShape(Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  return Index(shape.begin(), shape.end());
}

template <typename T>
Tensor<T>::Tensor(std::vector<int64_t> shape) : shape(std::move(shape)) {
  size_t size = 1;
  for (int64_t axis : this->shape)
    size *= axis;
  elements.resize(size);
}

template <typename T>
size_t Tensor<T>::offset(const std::vector<int64_t> &index) const {
  size_t result = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    result = result * shape[axis] + index[axis];
  return result;
}

namespace {

/// Evaluates ops one after another.
template <typename T>
class Interpreter {
public:
  std::map<void *, Tensor<T>> values;

  const Tensor<T> &get(Value value) {
    return values.at(value.getAsOpaquePointer());
  }
  void set(Value value, Tensor<T> tensor) {
    values.insert_or_assign(value.getAsOpaquePointer(), std::move(tensor));
  }
  void evaluate(Operation *op);

private:
  T getRight(Operation *product, const Tensor<T> &right, const Index &batch,
             int64_t k, int64_t n);
  void product(Operation *op);
  void convolution(PackedConvOp op);
  void view(Operation *op);
  void elementwise(Operation *op);
};

} // namespace

/// Returns element (k, n) of a product's right operand, packed or not.
template <typename T>
T Interpreter<T>::getRight(Operation *product, const Tensor<T> &right,
                           const Index &batch, int64_t k, int64_t n) {
  if (isa<PackedMatmulOp>(product))
    return right.at({n / 16, k, n % 16});
  Index index;
  if (right.shape.size() > 2)
    index = batch;
  index.push_back(k);
  index.push_back(n);
  return right.at(index);
}

template <typename T>
void Interpreter<T>::product(Operation *op) {
  const Tensor<T> &left = get(op->getOperand(0));
  const Tensor<T> &right = get(op->getOperand(1));
  Tensor<T> result(getShape(op->getResult(0)));
  result.forEach([&](const Index &index) {
    Index batch(index.begin(), index.end() - 2);
    Index leftIndex(index);
    T sum = 0;
    for (int64_t k = 0; k < left.shape.back(); ++k) {
      leftIndex.back() = k;
      sum = std::fma(left.at(leftIndex),
                     getRight(op, right, batch, k, index.back()), sum);
    }
    result.at(index) = sum;
  });
  set(op->getResult(0), result);
}

template <typename T>
void Interpreter<T>::convolution(PackedConvOp op) {
  const Tensor<T> &input = get(op.getInput());
  const Tensor<T> &packed = get(op.getPacked());
  Tensor<T> result(getShape(op.getResult()));
  Index kernel(op.getKernel().begin(), op.getKernel().end());
  Tensor<char> taps(kernel);
  int64_t groups = op.getGroups();
  int64_t inChannels = input.shape.back() / groups;
  int64_t outChannels = result.shape.back() / groups;
  result.forEach([&](const Index &index) {
    int64_t group = index.back() / outChannels;
    int64_t column = index.back() % outChannels;
    T sum = 0;
    int64_t depth = 0;
    taps.forEach([&](const Index &tap) {
      Index place{index.front()};
      bool inside = true;
      for (size_t axis = 0; axis < tap.size(); ++axis) {
        int64_t at = index[axis + 1] * op.getStrides()[axis] +
                     tap[axis] * op.getDilations()[axis] - op.getPads()[axis];
        inside &= at >= 0 && at < input.shape[axis + 1];
        place.push_back(at);
      }
      place.push_back(0);
      for (int64_t channel = 0; channel < inChannels; ++channel, ++depth) {
        place.back() = group * inChannels + channel;
        T weight = packed.at({group, column / 16, depth, column % 16});
        if (inside)
          sum = std::fma(input.at(place), weight, sum);
      }
    });
    result.at(index) = sum;
  });
  set(op.getResult(), result);
}

template <typename T>
void Interpreter<T>::view(Operation *op) {
  const Tensor<T> &input = get(op->getOperand(0));
  Tensor<T> result(getShape(op->getResult(0)));
  if (isa<ReshapeOp>(op)) {
    result.elements = input.elements;
    return set(op->getResult(0), result);
  }
  result.forEach([&](const Index &index) {
    Index source(input.shape.size());
    for (size_t axis = 0; axis < source.size(); ++axis) {
      if (auto slice = dyn_cast<SliceOp>(op))
        source[axis] = *slice.getStarts()[axis].getConstant() +
                       index[axis] * slice.getSteps()[axis];
      else if (isa<BroadcastOp>(op))
        source[axis] = input.shape[axis] == 1
                           ? 0
                           : index[index.size() - source.size() + axis];
    }
    if (auto transpose = dyn_cast<TransposeOp>(op))
      for (size_t axis = 0; axis < index.size(); ++axis)
        source[transpose.getPermutation()[axis]] = index[axis];
    result.at(index) = input.at(source);
  });
  set(op->getResult(0), result);
}

template <typename T>
static T apply(Operation *op, T a, T b) {
  if (isa<AddOp>(op))
    return a + b;
  if (isa<SubOp>(op))
    return a - b;
  if (isa<MulOp>(op))
    return a * b;
  if (isa<MaxOp>(op))
    return std::max(a, b);
  if (isa<NegOp>(op))
    return -a;
  if (isa<TanhOp>(op))
    return std::tanh(a);
  llvm_unreachable("an op that the interpreter does not know");
}

template <typename T>
void Interpreter<T>::elementwise(Operation *op) {
  Tensor<T> result(getShape(op->getResult(0)));
  const Tensor<T> &first = get(op->getOperand(0));
  const Tensor<T> &last = get(op->getOperands().back());
  for (size_t i = 0; i < result.elements.size(); ++i)
    result.elements[i] = apply(op, first.elements[i], last.elements[i]);
  set(op->getResult(0), result);
}

template <typename T>
void Interpreter<T>::evaluate(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    Tensor<T> result(getShape(constant.getResult()));
    double value = cast<SplatElementsAttr>(constant.getValue())
                       .getSplatValue<APFloat>()
                       .convertToDouble();
    result.elements.assign(result.elements.size(), T(value));
    return set(constant.getResult(), result);
  }
  if (isa<MatmulOp, PackedMatmulOp>(op))
    return product(op);
  if (auto conv = dyn_cast<PackedConvOp>(op))
    return convolution(conv);
  if (isa<ReshapeOp, TransposeOp, SliceOp, BroadcastOp>(op))
    return view(op);
  return elementwise(op);
}

template <typename T>
Tensor<T> interpretBody(Block &body, const std::vector<Tensor<T>> &inputs) {
  Interpreter<T> interpreter;
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), inputs))
    interpreter.set(argument, input);
  for (Operation &op : body.without_terminator())
    interpreter.evaluate(&op);
  return interpreter.get(body.getTerminator()->getOperand(0));
}

template struct Tensor<float>;
template struct Tensor<double>;
template Tensor<float> interpretBody(Block &,
                                     const std::vector<Tensor<float>> &);
template Tensor<double> interpretBody(Block &,
                                      const std::vector<Tensor<double>> &);

} // namespace neap::test
