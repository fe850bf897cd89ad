// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// region.cpp - speed of generated fused regions, one thread: minima over
// repeated runs in microseconds and in GB/s of inputs read and results written
// once. Every result is checked against the reference interpreter before it is
// timed.
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/NeapOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include "test/reference/Interpreter.h"
#include <chrono>
#include <cmath>
#include <random>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

/// One kernel: its name, its block arguments, and its ops. All tensors are f32.
struct Case {
  const char *name;
  const char *arguments;
  const char *body;
};

const Case kCases[] = {
    {"layer norm 128x768",
     "%x: tensor<128x768xf32>, %g: tensor<768xf32>, %b: tensor<768xf32>",
     R"(%0 = neap.standardize %x {epsilon = 1.0e-5 : f64} : tensor<128x768xf32>
        %1 = neap.broadcast %g : tensor<768xf32> -> tensor<128x768xf32>
        %2 = neap.mul %0, %1 : tensor<128x768xf32>
        %3 = neap.broadcast %b : tensor<768xf32> -> tensor<128x768xf32>
        %4 = neap.add %2, %3 : tensor<128x768xf32>
        neap.yield %4 : tensor<128x768xf32>)"},
    {"rms norm 128x768", "%x: tensor<128x768xf32>, %g: tensor<768xf32>",
     R"(%0 = neap.rms_standardize %x {epsilon = 1.0e-5 : f64} : tensor<128x768xf32>
        %1 = neap.broadcast %g : tensor<768xf32> -> tensor<128x768xf32>
        %2 = neap.mul %0, %1 : tensor<128x768xf32>
        neap.yield %2 : tensor<128x768xf32>)"},
    {"add + layer norm 128x768",
     "%x: tensor<128x768xf32>, %y: tensor<128x768xf32>, %g: tensor<768xf32>, "
     "%b: tensor<768xf32>",
     R"(%r = neap.add %x, %y : tensor<128x768xf32>
        %0 = neap.standardize %r {epsilon = 1.0e-5 : f64} : tensor<128x768xf32>
        %1 = neap.broadcast %g : tensor<768xf32> -> tensor<128x768xf32>
        %2 = neap.mul %0, %1 : tensor<128x768xf32>
        %3 = neap.broadcast %b : tensor<768xf32> -> tensor<128x768xf32>
        %4 = neap.add %2, %3 : tensor<128x768xf32>
        neap.yield %4, %r : tensor<128x768xf32>, tensor<128x768xf32>)"},
    {"bias + GELU 128x768", "%x: tensor<128x768xf32>, %b: tensor<768xf32>",
     R"(%h = neap.constant dense<0.5> : tensor<128x768xf32>
        %s = neap.constant dense<0.70710678> : tensor<128x768xf32>
        %e = neap.constant dense<1.0> : tensor<128x768xf32>
        %0 = neap.broadcast %b : tensor<768xf32> -> tensor<128x768xf32>
        %1 = neap.add %x, %0 : tensor<128x768xf32>
        %2 = neap.mul %1, %s : tensor<128x768xf32>
        %3 = neap.erf %2 : tensor<128x768xf32>
        %4 = neap.add %3, %e : tensor<128x768xf32>
        %5 = neap.mul %1, %h : tensor<128x768xf32>
        %6 = neap.mul %5, %4 : tensor<128x768xf32>
        neap.yield %6 : tensor<128x768xf32>)"},
    {"softmax + mask 12x128x128",
     "%x: tensor<12x128x128xf32>, %m: tensor<128x128xf32>",
     R"(%0 = neap.broadcast %m : tensor<128x128xf32> -> tensor<12x128x128xf32>
        %1 = neap.add %x, %0 : tensor<12x128x128xf32>
        %2 = neap.softmax %1 : tensor<12x128x128xf32>
        neap.yield %2 : tensor<12x128x128xf32>)"},
    {"softmax 12x512x512", "%x: tensor<12x512x512xf32>",
     R"(%0 = neap.softmax %x : tensor<12x512x512xf32>
        neap.yield %0 : tensor<12x512x512xf32>)"},
    {"add 64x56x56x64 + ReLU",
     "%x: tensor<4x56x56x64xf32>, %y: tensor<4x56x56x64xf32>",
     R"(%z = neap.constant dense<0.0> : tensor<4x56x56x64xf32>
        %0 = neap.add %x, %y : tensor<4x56x56x64xf32>
        %1 = neap.max %0, %z : tensor<4x56x56x64xf32>
        neap.yield %1 : tensor<4x56x56x64xf32>)"},
    {"transposed add 768x512",
     "%x: tensor<768x512xf32>, %y: tensor<512x768xf32>",
     R"(%0 = neap.transpose %y, [1, 0] : tensor<512x768xf32> -> tensor<768x512xf32>
        %1 = neap.add %x, %0 : tensor<768x512xf32>
        neap.yield %1 : tensor<768x512xf32>)"},
    {"reduce sum 1000x1000", "%x: tensor<1000x1000xf32>",
     R"(%0 = neap.reduce sum %x, [1] : tensor<1000x1000xf32> -> tensor<1000x1xf32>
        neap.yield %0 : tensor<1000x1xf32>)"},
    {"softmax 20000x10", "%x: tensor<20000x10xf32>",
     R"(%0 = neap.softmax %x : tensor<20000x10xf32>
        neap.yield %0 : tensor<20000x10xf32>)"}};

double now() {
  using namespace std::chrono;
  return duration<double, std::micro>(steady_clock::now().time_since_epoch())
      .count();
}

/// The operands of a kernel, filled.
struct Operands {
  explicit Operands(Block &body) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (Type type : body.getArgumentTypes()) {
      int64_t size = cast<ShapedType>(type).getNumElements();
      inputs.emplace_back(size);
      buffers.emplace_back(size);
      for (int64_t i = 0; i < size; ++i)
        inputs.back()[i] = buffers.back()[i] = normal(random);
      bytes += 4 * size;
    }
    for (Type type : body.getTerminator()->getOperandTypes()) {
      buffers.emplace_back(cast<ShapedType>(type).getNumElements());
      bytes += 4 * buffers.back().size();
    }
    for (std::vector<float> &buffer : buffers)
      pointers.push_back(buffer.data());
  }

  /// Returns the largest error of a result against the reference.
  double getError(Block &body) {
    FailureOr<std::vector<Elements>> expected = interpret(body, inputs);
    if (failed(expected))
      return std::numeric_limits<double>::infinity();
    double error = 0;
    for (size_t result = 0; result < expected->size(); ++result)
      for (size_t i = 0; i < (*expected)[result].size(); ++i)
        error = std::max(error, std::fabs((*expected)[result][i] -
                                          buffers[inputs.size() + result][i]));
    return error;
  }

  std::vector<Elements> inputs;
  std::vector<std::vector<float>> buffers;
  std::vector<void *> pointers;
  double bytes = 0;
};

/// Returns the least time of a call, in microseconds.
double measure(neap_kernel_fn kernel, const neap_kernel_args &arguments) {
  double best = std::numeric_limits<double>::infinity();
  double end = now() + 300000;
  while (now() < end) {
    double start = now();
    kernel(&arguments);
    best = std::min(best, now() - start);
  }
  return best;
}

/// Checks and times one case on one target; returns whether it is right.
bool runCase(const Case &test, KernelOp kernel, const CpuTarget &target) {
  Block &body = kernel.getBody().front();
  FailureOr<KernelTraits> traits = computeKernelTraits(kernel.getKind(), body);
  OwningOpRef<ModuleOp> code = ModuleOp::create(kernel.getLoc());
  double start = now();
  if (failed(traits) || failed(emitKernel(kernel, target.features, *code)))
    return false;
  LoadedKernels kernels = compileAndLoad(*code, target);
  double compileMs = (now() - start) / 1000;
  neap_kernel_fn function = kernels ? kernels.lookup("kernel") : nullptr;
  if (!function)
    return false;
  Operands operands(body);
  std::vector<char> scratch(traits->scratchBytes + 64);
  void *aligned = reinterpret_cast<void *>(
      (reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
  int64_t numTiles = *traits->numTiles.getConstant();
  neap_kernel_args arguments{operands.pointers.data(), nullptr, 0, numTiles,
                             aligned};
  function(&arguments);
  double error = operands.getError(body);
  double microseconds = measure(function, arguments);
  printf("%-28s %-10s %9.1f us %7.1f GB/s %5ld tiles %3ld a block  compiled in "
         "%.0f ms\n",
         test.name, target.name.str().c_str(), microseconds,
         operands.bytes / microseconds / 1000, long(numTiles),
         long(traits->tilesPerBlock), compileMs);
  if (error > 1e-4)
    printf("  wrong by %g\n", error);
  return error <= 1e-4;
}

/// Returns the kernel of a case.
OwningOpRef<ModuleOp> parse(const Case &test, MLIRContext &context) {
  std::string body = test.body;
  bool hasTwoResults = body.find("neap.yield %4, %r") != std::string::npos;
  std::string text =
      "neap.kernel region @kernel attributes {num_tiles = 1, tiles_per_block = "
      "1, scratch_bytes = 0, in_place = [array<i64>" +
      std::string(hasTwoResults ? ", array<i64>" : "") + "]} {\n^bb0(" +
      test.arguments + "):\n" + body + "\n}";
  return parseSourceString<ModuleOp>(text, &context);
}

} // namespace

int main(int argc, char **argv) {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  bool isRight = true;
  for (const Case &test : kCases) {
    if (argc > 1 && !strstr(test.name, argv[1]))
      continue;
    OwningOpRef<ModuleOp> module = parse(test, context);
    if (!module)
      return 1;
    KernelOp kernel = *module->getOps<KernelOp>().begin();
    for (const CpuTarget *target : getRunnableTargets())
      isRight &= runCase(test, kernel, *target);
  }
  return isRight ? 0 : 1;
}
