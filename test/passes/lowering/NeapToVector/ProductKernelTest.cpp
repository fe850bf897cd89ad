// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/NeapToVector/ProductKernelTest.h"

#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"
#include "passes/lowering/NeapToVector/GemmEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;

namespace neap::test {

ProductKernelTest::ProductKernelTest() {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

OwningOpRef<ModuleOp> ProductKernelTest::parseKernel(const std::string &kind,
                                                     const std::string &block) {
  std::string text =
      "neap.kernel " + kind +
      " @kernel attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64, "
      "scratch_bytes = 0 : i64, in_place = [array<i64>]} {\n" +
      block + "\n}";
  return parseSourceString<ModuleOp>(text, &context);
}

static FailureOr<KernelTraits> computeTraits(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  return kernel.getKind() == KernelKind::Matmul
             ? computeGemmTraits(body, {})
             : computeConvolutionTraits(body, {});
}

static LogicalResult emit(KernelOp kernel, const CpuTarget &target,
                          ModuleOp code) {
  return kernel.getKind() == KernelKind::Matmul
             ? emitGemm(kernel, target.features, code)
             : emitConvolution(kernel, target.features, code);
}

FailureOr<KernelTraits> ProductKernelTest::getTraits(const std::string &kind,
                                                     const std::string &block) {
  OwningOpRef<ModuleOp> module = parseKernel(kind, block);
  EXPECT_TRUE(module) << block;
  if (!module)
    return failure();
  return computeTraits(*module->getOps<KernelOp>().begin());
}

/// Fills a tensor with values in [-1, 1).
template <typename T>
static Tensor<T> createRandom(Type type, std::mt19937 &random) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(type).getShape();
  Tensor<T> tensor(std::vector<int64_t>(shape.begin(), shape.end()));
  for (T &element : tensor.elements)
    element = T(random() % 20000) / 10000 - 1;
  return tensor;
}

/// Tile ranges to try: one call, a call per tile, a few uneven calls.
static std::vector<std::vector<int64_t>> getCuts(int64_t numTiles) {
  std::vector<int64_t> single;
  for (int64_t tile = 0; tile <= numTiles; ++tile)
    single.push_back(tile);
  return {{0, numTiles},
          single,
          {0, numTiles / 3, numTiles / 3, (numTiles + 1) / 2, numTiles}};
}

template <typename T>
void ProductKernelTest::checkTarget(KernelOp kernel, const KernelTraits &traits,
                                    const CpuTarget &target,
                                    const std::vector<Tensor<T>> &inputs,
                                    const Tensor<T> &expected,
                                    Agreement agreement,
                                    std::vector<T> &fused) {
  OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
  ASSERT_TRUE(succeeded(emit(kernel, target, *code)));
  LoadedKernels kernels = compileAndLoad(*code, target);
  ASSERT_TRUE(kernels);
  neap_kernel_fn function = kernels.lookup("kernel");
  ASSERT_TRUE(function);

  std::vector<GuardedBuffer> buffers;
  for (const Tensor<T> &input : inputs) {
    buffers.emplace_back(input.elements.size() * sizeof(T));
    std::memcpy(buffers.back().as<void>(), input.elements.data(),
                buffers.back().getSizeInBytes());
  }
  size_t numElements = expected.elements.size();
  buffers.emplace_back(numElements * sizeof(T));
  GuardedBuffer scratch(traits.scratchBytes);
  std::vector<void *> pointers;
  for (GuardedBuffer &buffer : buffers)
    pointers.push_back(buffer.as<void>());
  T *result = buffers.back().as<T>();
  std::vector<T> first;
  T largest = 0;
  for (T element : expected.elements)
    largest = std::max(largest, std::abs(element));
  bool exact = agreement == Agreement::Exact && target.features.hasFma;
  T bound = exact ? 0 : 64 * std::numeric_limits<T>::epsilon() * largest;
  int64_t numTiles = *traits.numTiles.getConstant();
  for (const std::vector<int64_t> &cuts : getCuts(numTiles)) {
    std::fill(result, result + numElements, std::nan(""));
    ASSERT_EQ(runTiles(function, pointers, scratch.as<void>(), cuts), 0);
    for (size_t i = 0; i < numElements; ++i)
      ASSERT_LE(std::abs(result[i] - expected.elements[i]), bound)
          << "element " << i << " of " << numElements << ": got " << result[i]
          << ", expected " << expected.elements[i];
    if (first.empty())
      first.assign(result, result + numElements);
    EXPECT_EQ(std::memcmp(first.data(), result, numElements * sizeof(T)), 0);
  }
  if (target.features.hasFma && fused.empty())
    fused = first;
  if (target.features.hasFma)
    EXPECT_EQ(std::memcmp(first.data(), fused.data(), numElements * sizeof(T)),
              0)
        << "between instruction sets";
  for (unsigned input : traits.inPlace[0]) {
    std::vector<void *> inPlace(pointers);
    inPlace[input] = result;
    std::memcpy(result, inputs[input].elements.data(), numElements * sizeof(T));
    ASSERT_EQ(runTiles(function, inPlace, scratch.as<void>(),
                       {0, numTiles / 2, numTiles}),
              0);
    EXPECT_EQ(std::memcmp(first.data(), result, numElements * sizeof(T)), 0);
  }
  for (GuardedBuffer &buffer : buffers)
    EXPECT_TRUE(buffer.isFrontIntact());
  EXPECT_TRUE(scratch.isFrontIntact());
}

template <typename T>
void ProductKernelTest::check(const std::string &kind, const std::string &block,
                              Agreement agreement) {
  SCOPED_TRACE(block);
  OwningOpRef<ModuleOp> module = parseKernel(kind, block);
  ASSERT_TRUE(module);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  FailureOr<KernelTraits> traits = computeTraits(kernel);
  ASSERT_TRUE(succeeded(traits));
  std::mt19937 random(block.size());
  std::vector<Tensor<T>> inputs;
  Block &body = kernel.getBody().front();
  for (BlockArgument argument : body.getArguments())
    inputs.push_back(createRandom<T>(argument.getType(), random));
  Tensor<T> expected = interpretBody(body, inputs);
  std::vector<T> fused;
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    checkTarget(kernel, *traits, *target, inputs, expected, agreement, fused);
    if (HasFatalFailure())
      return;
  }
}

template void ProductKernelTest::check<float>(const std::string &,
                                              const std::string &, Agreement);
template void ProductKernelTest::check<double>(const std::string &,
                                               const std::string &, Agreement);

void ProductKernelTest::checkCompiles(const std::string &kind,
                                      const std::string &block) {
  OwningOpRef<ModuleOp> module = parseKernel(kind, block);
  ASSERT_TRUE(module);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  for (const CpuTarget &target : getCpuTargets()) {
    OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
    ASSERT_TRUE(succeeded(emit(kernel, target, *code)));
    ASSERT_TRUE(succeeded(lowerToLLVM(*code)));
    EXPECT_TRUE(succeeded(emitObject(*code, target)));
  }
}

} // namespace neap::test
