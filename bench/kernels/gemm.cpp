// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// gemm.cpp - speed of generated matrix products and convolutions against this
// machine's peak of fused multiply-adds: minima over repeated runs, one and two
// threads. Their results are checked by GemmEmitterTest and
// ConvolutionEmitterTest.
#include "bench/kernels/Peak.h"
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/NeapToVector/ConvolutionEmitter.h"
#include "passes/lowering/NeapToVector/GemmEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;
using namespace neap;
using namespace neap::test;
using llvm::formatv;

namespace {

/// A kernel with operands, ready to run.
struct Case {
  std::string name;
  std::string kind;
  std::string block;
  double flops = 0;
  double weightBytes = 0;
};

/// A buffer aligned as the arena's are.
struct AlignedBuffer {
  explicit AlignedBuffer(size_t sizeInBytes)
      : data(std::aligned_alloc(64, (sizeInBytes + 63) / 64 * 64 + 64)) {}
  ~AlignedBuffer() { std::free(data); }
  AlignedBuffer(AlignedBuffer &&other)
      : data(std::exchange(other.data, nullptr)) {}
  void *data;
};

class Bench {
public:
  Bench();
  void run(const Case &benchCase);

private:
  std::vector<AlignedBuffer> createOperands(Block &body);
  double time(neap_kernel_fn kernel, const KernelTraits &traits,
              std::vector<void *> pointers, int numThreads);

  MLIRContext context;
  double peak[3] = {};
};

} // namespace

Bench::Bench() {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
  for (int threads : {1, 2})
    peak[threads] = bench::measurePeakGflops(threads);
  llvm::outs() << formatv("peak {0:F1} / {1:F1} GFLOP/s (1 / 2 threads)\n",
                          peak[1], peak[2]);
  for (long megabytes : {8, 256}) {
    long bytes = megabytes << 20;
    llvm::outs() << formatv("read {0} MiB: {1:F1} / {2:F1} GB/s\n", megabytes,
                            bench::measureReadBandwidth(1, bytes),
                            bench::measureReadBandwidth(2, bytes));
  }
}

std::vector<AlignedBuffer> Bench::createOperands(Block &body) {
  std::vector<AlignedBuffer> operands;
  std::mt19937 random(1);
  auto add = [&](Type type) {
    int64_t size = cast<RankedTensorType>(type).getNumElements();
    operands.emplace_back(size * sizeof(float));
    float *elements = static_cast<float *>(operands.back().data);
    for (int64_t i = 0; i < size; ++i)
      elements[i] = float(random() % 2000) / 1000 - 1;
  };
  for (Type type : body.getArgumentTypes())
    add(type);
  add(body.getTerminator()->getOperand(0).getType());
  return operands;
}

double Bench::time(neap_kernel_fn kernel, const KernelTraits &traits,
                   std::vector<void *> pointers, int numThreads) {
  std::vector<AlignedBuffer> scratch;
  int64_t numTiles = *traits.numTiles.getConstant();
  for (int thread = 0; thread < numThreads; ++thread)
    scratch.emplace_back(traits.scratchBytes);
  return bench::measureSeconds(numThreads, 40, [&](int thread) {
    neap_kernel_args arguments{
        pointers.data(), nullptr, numTiles * thread / numThreads,
        numTiles * (thread + 1) / numThreads, scratch[thread].data};
    kernel(&arguments);
  });
}

void Bench::run(const Case &benchCase) {
  std::string text =
      "neap.kernel " + benchCase.kind +
      " @kernel attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64, "
      "scratch_bytes = 0 : i64, in_place = [array<i64>]} {\n" +
      benchCase.block + "\n}";
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  Block &body = kernel.getBody().front();
  bool isMatmul = kernel.getKind() == KernelKind::Matmul;
  FailureOr<KernelTraits> traits = isMatmul
                                       ? computeGemmTraits(body, {})
                                       : computeConvolutionTraits(body, {});
  OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
  const CpuTarget &target = *getHostCpuTarget();
  if (failed(traits) ||
      failed(isMatmul ? emitGemm(kernel, target.features, *code)
                      : emitConvolution(kernel, target.features, *code))) {
    llvm::outs() << benchCase.name << ": not taken\n";
    return;
  }
  LoadedKernels kernels = compileAndLoad(*code, target);
  std::vector<AlignedBuffer> operands = createOperands(body);
  std::vector<void *> pointers;
  for (AlignedBuffer &operand : operands)
    pointers.push_back(operand.data);
  llvm::outs() << formatv("{0,-34}", benchCase.name);
  for (int threads : {1, 2}) {
    double seconds = time(kernels.lookup("kernel"), *traits, pointers, threads);
    double gflops = benchCase.flops / seconds / 1e9;
    llvm::outs() << formatv(" | {0,9:F1} us {1,6:F1} GFLOP/s {2,5:F1} %",
                            seconds * 1e6, gflops,
                            100 * gflops / peak[threads]);
    if (benchCase.weightBytes > 0)
      llvm::outs() << formatv(" {0,5:F1} GB/s",
                              benchCase.weightBytes / seconds / 1e9);
  }
  llvm::outs() << formatv("  ({0} tiles, {1} B scratch)\n", traits->numTiles,
                          traits->scratchBytes);
  llvm::outs().flush();
}

static Case getProduct(int64_t m, int64_t n, int64_t k) {
  Case result;
  result.name = formatv("packed {0}x{1}x{2}", m, n, k);
  result.kind = "matmul";
  result.flops = 2.0 * m * n * k;
  result.weightBytes = m <= 4 ? 4.0 * n * k : 0;
  result.block = formatv(R"(
^bb0(%a: tensor<{0}x{2}xf32>, %b: tensor<{3}x{2}x16xf32>, %bias: tensor<{1}xf32>):
  %0 = neap.packed_matmul %a, %b : tensor<{0}x{2}xf32>, tensor<{3}x{2}x16xf32> -> tensor<{0}x{1}xf32>
  %wide = neap.broadcast %bias : tensor<{1}xf32> -> tensor<{0}x{1}xf32>
  %1 = neap.add %0, %wide : tensor<{0}x{1}xf32>
  neap.yield %1 : tensor<{0}x{1}xf32>)",
                         m, n, k, (n + 15) / 16);
  return result;
}

/// A product with bias and the exact GELU behind it.
static Case getGelu(int64_t m, int64_t n, int64_t k) {
  Case result = getProduct(m, n, k);
  result.name += " gelu";
  size_t yield = result.block.find("  neap.yield");
  result.block.resize(yield);
  result.block +=
      formatv(R"(  %half = neap.constant dense<0.5> : tensor<{0}x{1}xf32>
  %one = neap.constant dense<1.0> : tensor<{0}x{1}xf32>
  %root = neap.constant dense<0.70710678> : tensor<{0}x{1}xf32>
  %2 = neap.mul %1, %root : tensor<{0}x{1}xf32>
  %3 = neap.erf %2 : tensor<{0}x{1}xf32>
  %4 = neap.add %3, %one : tensor<{0}x{1}xf32>
  %5 = neap.mul %1, %half : tensor<{0}x{1}xf32>
  %6 = neap.mul %4, %5 : tensor<{0}x{1}xf32>
  neap.yield %6 : tensor<{0}x{1}xf32>)",
              m, n);
  return result;
}

/// Attention: scores (right operand transposed) and weighted values.
static Case getScores(int64_t heads, int64_t seq, int64_t size) {
  Case result;
  result.name = formatv("scores {0} heads, {1}, {2}", heads, seq, size);
  result.kind = "matmul";
  result.flops = 2.0 * heads * seq * seq * size;
  result.block = formatv(R"(
^bb0(%q: tensor<{0}x{1}x{2}xf32>, %k: tensor<{0}x{1}x{2}xf32>):
  %kt = neap.transpose %k, [0, 2, 1] : tensor<{0}x{1}x{2}xf32> -> tensor<{0}x{2}x{1}xf32>
  %0 = neap.matmul %q, %kt : tensor<{0}x{1}x{2}xf32>, tensor<{0}x{2}x{1}xf32> -> tensor<{0}x{1}x{1}xf32>
  neap.yield %0 : tensor<{0}x{1}x{1}xf32>)",
                         heads, seq, size);
  return result;
}

static Case getValues(int64_t heads, int64_t seq, int64_t size) {
  Case result;
  result.name = formatv("values {0} heads, {1}, {2}", heads, seq, size);
  result.kind = "matmul";
  result.flops = 2.0 * heads * seq * seq * size;
  result.block = formatv(R"(
^bb0(%p: tensor<{0}x{1}x{1}xf32>, %v: tensor<{0}x{1}x{2}xf32>):
  %0 = neap.matmul %p, %v : tensor<{0}x{1}x{1}xf32>, tensor<{0}x{1}x{2}xf32> -> tensor<{0}x{1}x{2}xf32>
  %1 = neap.transpose %0, [1, 0, 2] : tensor<{0}x{1}x{2}xf32> -> tensor<{1}x{0}x{2}xf32>
  neap.yield %1 : tensor<{1}x{0}x{2}xf32>)",
                         heads, seq, size);
  return result;
}

/// A square convolution with padding (kernel - 1) / 2, bias and relu.
static Case getConvolution(int64_t in, int64_t out, int64_t size,
                           int64_t kernel, int64_t stride, int64_t groups) {
  int64_t pad = kernel / 2, outSize = (size + 2 * pad - kernel) / stride + 1;
  int64_t depth = kernel * kernel * in / groups;
  Case result;
  result.name = formatv("conv {0}->{1} {2}x{2} {3}x{3}{4}{5}", in, out, size,
                        kernel, stride > 1 ? " s2" : "",
                        groups > 1 ? formatv(" g{0}", groups).str() : "");
  result.kind = "convolution";
  result.flops = 2.0 * outSize * outSize * out * depth;
  result.block = formatv(R"(
^bb0(%x: tensor<1x{0}x{0}x{1}xf32>, %w: tensor<{2}x{3}x{4}x16xf32>, %bias: tensor<{5}xf32>):
  %0 = neap.packed_conv %x, %w {{kernel = array<i64: {6}, {6}>, strides = array<i64: {7}, {7}>, pads = array<i64: {8}, {8}, {8}, {8}>, dilations = array<i64: 1, 1>, groups = {2} : i64} : tensor<1x{0}x{0}x{1}xf32>, tensor<{2}x{3}x{4}x16xf32> -> tensor<1x{9}x{9}x{5}xf32>
  %wide = neap.broadcast %bias : tensor<{5}xf32> -> tensor<1x{9}x{9}x{5}xf32>
  %1 = neap.add %0, %wide : tensor<1x{9}x{9}x{5}xf32>
  %zero = neap.constant dense<0.0> : tensor<1x{9}x{9}x{5}xf32>
  %2 = neap.max %1, %zero : tensor<1x{9}x{9}x{5}xf32>
  neap.yield %2 : tensor<1x{9}x{9}x{5}xf32>)",
                         size, in, groups, (out / groups + 15) / 16, depth, out,
                         kernel, stride, pad, outSize);
  return result;
}

int main() {
  Bench bench;
  constexpr int64_t kProducts[][3] = {
      {128, 768, 768},   {128, 3072, 768},   {128, 768, 3072},
      {512, 768, 768},   {1024, 1024, 1024}, {197, 768, 768},
      {196, 256, 2304},  {128, 1024, 4096},  {8, 768, 768},
      {4, 768, 768},     {2, 768, 768},      {1, 768, 768},
      {1, 3072, 768},    {1, 768, 3072},     {1, 50257, 768},
      {128, 50257, 768}, {1, 1000, 2048},    {3136, 64, 576},
      {512, 4096, 1024}, {512, 1024, 4096},  {2048, 2048, 2048},
      {256, 4096, 11008}};
  for (auto [m, n, k] : kProducts)
    bench.run(getProduct(m, n, k));
  bench.run(getGelu(128, 3072, 768));
  for (int64_t seq : {128, 512}) {
    bench.run(getScores(12, seq, 64));
    bench.run(getValues(12, seq, 64));
  }
  constexpr int64_t kConvolutions[][6] = {
      // ResNet-50: in, out, size, kernel, stride, groups.
      {3, 64, 224, 7, 2, 1},     {64, 64, 56, 1, 1, 1},
      {64, 64, 56, 3, 1, 1},     {64, 256, 56, 1, 1, 1},
      {256, 64, 56, 1, 1, 1},    {256, 128, 56, 1, 1, 1},
      {128, 128, 56, 3, 2, 1},   {128, 512, 28, 1, 1, 1},
      {256, 512, 56, 1, 2, 1},   {512, 128, 28, 1, 1, 1},
      {128, 128, 28, 3, 1, 1},   {512, 256, 28, 1, 1, 1},
      {256, 256, 28, 3, 2, 1},   {256, 1024, 14, 1, 1, 1},
      {512, 1024, 28, 1, 2, 1},  {1024, 256, 14, 1, 1, 1},
      {256, 256, 14, 3, 1, 1},   {1024, 512, 14, 1, 1, 1},
      {512, 512, 14, 3, 2, 1},   {512, 2048, 7, 1, 1, 1},
      {1024, 2048, 14, 1, 2, 1}, {2048, 512, 7, 1, 1, 1},
      {512, 512, 7, 3, 1, 1},    {144, 144, 56, 3, 1, 144},
      {240, 240, 28, 1, 1, 3}};
  for (auto [in, out, size, kernel, stride, groups] : kConvolutions)
    bench.run(getConvolution(in, out, size, kernel, stride, groups));
  return 0;
}
