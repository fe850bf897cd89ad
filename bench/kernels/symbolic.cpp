// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// symbolic.cpp - what it costs that sizes are known only at run time, one
// thread: each kernel of a transformer layer compiled for seq = 1..512 and for
// the very size that is run; minima of interleaved runs in microseconds.
#include "compiler/targets/cpu/CpuTarget.h"
#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/NeapOps.h"
#include "dialects/neap/IR/Symbols.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include "test/passes/lowering/Symbolic/SizedText.h"
#include <chrono>
#include <cmath>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

/// One kernel; all tensors are f32.
struct Case {
  const char *name;
  const char *kind;
  const char *arguments;
  const char *body;
};

const Case kCases[] = {
    {"projection to heads", "matmul",
     "%a: tensor<[seq]x768xf32>, %b: tensor<48x768x16xf32>, %c: "
     "tensor<768xf32>",
     R"(%0 = neap.packed_matmul %a, %b : tensor<[seq]x768xf32>, tensor<48x768x16xf32> -> tensor<[seq]x768xf32>
        %1 = neap.broadcast %c : tensor<768xf32> -> tensor<[seq]x768xf32>
        %2 = neap.add %0, %1 : tensor<[seq]x768xf32>
        %3 = neap.reshape %2 : tensor<[seq]x768xf32> -> tensor<1x[seq]x12x64xf32>
        %4 = neap.transpose %3, [0, 2, 1, 3] : tensor<1x[seq]x12x64xf32> -> tensor<1x12x[seq]x64xf32>
        neap.yield %4 : tensor<1x12x[seq]x64xf32>)"},
    {"product and GELU", "matmul",
     "%a: tensor<[seq]x768xf32>, %b: tensor<192x768x16xf32>",
     R"(%h = neap.constant dense<0.5> : tensor<f32>
        %s = neap.constant dense<0.70710678> : tensor<f32>
        %e = neap.constant dense<1.0> : tensor<f32>
        %hw = neap.broadcast %h : tensor<f32> -> tensor<[seq]x3072xf32>
        %sw = neap.broadcast %s : tensor<f32> -> tensor<[seq]x3072xf32>
        %ew = neap.broadcast %e : tensor<f32> -> tensor<[seq]x3072xf32>
        %1 = neap.packed_matmul %a, %b : tensor<[seq]x768xf32>, tensor<192x768x16xf32> -> tensor<[seq]x3072xf32>
        %2 = neap.mul %1, %sw : tensor<[seq]x3072xf32>
        %3 = neap.erf %2 : tensor<[seq]x3072xf32>
        %4 = neap.add %3, %ew : tensor<[seq]x3072xf32>
        %5 = neap.mul %1, %hw : tensor<[seq]x3072xf32>
        %6 = neap.mul %5, %4 : tensor<[seq]x3072xf32>
        neap.yield %6 : tensor<[seq]x3072xf32>)"},
    {"product and residual", "matmul",
     "%a: tensor<[seq]x3072xf32>, %b: tensor<48x3072x16xf32>, %r: "
     "tensor<[seq]x768xf32>",
     R"(%0 = neap.packed_matmul %a, %b : tensor<[seq]x3072xf32>, tensor<48x3072x16xf32> -> tensor<[seq]x768xf32>
        %1 = neap.add %0, %r : tensor<[seq]x768xf32>
        neap.yield %1 : tensor<[seq]x768xf32>)"},
    {"attention scores", "matmul",
     "%q: tensor<12x[seq]x64xf32>, %k: tensor<12x[seq]x64xf32>",
     R"(%0 = neap.transpose %k, [0, 2, 1] : tensor<12x[seq]x64xf32> -> tensor<12x64x[seq]xf32>
        %1 = neap.matmul %q, %0 : tensor<12x[seq]x64xf32>, tensor<12x64x[seq]xf32> -> tensor<12x[seq]x[seq]xf32>
        neap.yield %1 : tensor<12x[seq]x[seq]xf32>)"},
    {"masked softmax", "region",
     "%x: tensor<12x[seq]x[seq]xf32>, %m: tensor<[seq]x[seq]xf32>",
     R"(%0 = neap.broadcast %m : tensor<[seq]x[seq]xf32> -> tensor<12x[seq]x[seq]xf32>
        %1 = neap.add %x, %0 : tensor<12x[seq]x[seq]xf32>
        %2 = neap.softmax %1 : tensor<12x[seq]x[seq]xf32>
        neap.yield %2 : tensor<12x[seq]x[seq]xf32>)"},
    {"weighted values", "matmul",
     "%p: tensor<12x[seq]x[seq]xf32>, %v: tensor<12x[seq]x64xf32>",
     R"(%0 = neap.matmul %p, %v : tensor<12x[seq]x[seq]xf32>, tensor<12x[seq]x64xf32> -> tensor<12x[seq]x64xf32>
        %1 = neap.transpose %0, [1, 0, 2] : tensor<12x[seq]x64xf32> -> tensor<[seq]x12x64xf32>
        %2 = neap.reshape %1 : tensor<[seq]x12x64xf32> -> tensor<[seq]x768xf32>
        neap.yield %2 : tensor<[seq]x768xf32>)"},
    {"layer norm", "region", "%x: tensor<[seq]x768xf32>, %g: tensor<768xf32>",
     R"(%0 = neap.standardize %x {epsilon = 1.0e-5 : f64} : tensor<[seq]x768xf32>
        %1 = neap.broadcast %g : tensor<768xf32> -> tensor<[seq]x768xf32>
        %2 = neap.mul %0, %1 : tensor<[seq]x768xf32>
        neap.yield %2 : tensor<[seq]x768xf32>)"},
    {"transpose", "loops", "%x: tensor<1x[seq]x12x64xf32>",
     R"(%0 = neap.transpose %x, [0, 2, 3, 1] : tensor<1x[seq]x12x64xf32> -> tensor<1x12x64x[seq]xf32>
        neap.yield %0 : tensor<1x12x64x[seq]xf32>)"}};

/// A compiled kernel.
struct Kernel {
  OwningOpRef<ModuleOp> module;
  FailureOr<KernelTraits> traits = failure();
  LoadedKernels kernels;
  neap_kernel_fn function = nullptr;
  double compileMs = 0;
};

double nowUs() {
  using namespace std::chrono;
  return duration<double, std::micro>(steady_clock::now().time_since_epoch())
      .count();
}

/// Compiles a case over its symbol, or at `sizes`.
Kernel compile(const Case &test, const Sizes *sizes, MLIRContext &context) {
  Kernel result;
  std::string text =
      std::string("module attributes {neap.symbols = {seq = #neap.range<1, "
                  "512>}} { neap.kernel ") +
      test.kind +
      " @kernel attributes {num_tiles = 1 : i64, tiles_per_block = 1 : i64, "
      "scratch_bytes = 0 : i64, in_place = [array<i64>]} {\n^bb0(" +
      writeSizes(test.arguments, sizes) + "):\n" +
      writeSizes(test.body, sizes) + "\n} }";
  result.module = parseSourceString<ModuleOp>(text, &context);
  if (!result.module)
    return result;
  KernelOp op = *result.module->getOps<KernelOp>().begin();
  result.traits = computeKernelTraits(op.getKind(), op.getBody().front(),
                                      getSymbolFacts(op));
  const CpuTarget &target = *getHostCpuTarget();
  OwningOpRef<ModuleOp> code = ModuleOp::create(op.getLoc());
  double start = nowUs();
  if (failed(result.traits) || failed(emitKernel(op, target.features, *code)))
    return result;
  result.kernels = compileAndLoad(*code, target);
  result.compileMs = (nowUs() - start) / 1000;
  if (result.kernels)
    result.function = result.kernels.lookup("kernel");
  return result;
}

/// Times both kernels by turns.
void measure(const Case &test, Kernel &symbolic, Kernel &fixed, int64_t seq) {
  Block &body = (*fixed.module->getOps<KernelOp>().begin()).getBody().front();
  SmallVector<Type> types(body.getArgumentTypes());
  llvm::append_range(types, body.getTerminator()->getOperandTypes());
  std::vector<std::vector<float>> buffers;
  std::vector<void *> pointers;
  for (Type type : types) {
    buffers.emplace_back(cast<RankedTensorType>(type).getNumElements(), 0.5f);
    pointers.push_back(buffers.back().data());
  }
  int64_t scratchBytes =
      std::max(symbolic.traits->scratchBytes, fixed.traits->scratchBytes);
  std::vector<char> scratch(scratchBytes + 64);
  void *aligned = reinterpret_cast<void *>(
      (reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
  auto run = [&](Kernel &kernel) {
    neap_kernel_args arguments{
        pointers.data(), &seq, 0,
        *kernel.traits->numTiles.evaluate({{"seq", seq}}), aligned};
    double start = nowUs();
    kernel.function(&arguments);
    return nowUs() - start;
  };
  double best[2] = {INFINITY, INFINITY};
  double end = nowUs() + 500000;
  for (int rounds = 0; nowUs() < end || rounds < 5; ++rounds) {
    best[0] = std::min(best[0], run(symbolic));
    best[1] = std::min(best[1], run(fixed));
  }
  printf("%-22s seq %3ld: %9.1f us, static %9.1f us, ratio %.3f; compiled in "
         "%.0f, static %.0f ms\n",
         test.name, long(seq), best[0], best[1], best[0] / best[1],
         symbolic.compileMs, fixed.compileMs);
}

} // namespace

int main(int argc, char **argv) {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  for (const Case &test : kCases) {
    if (argc > 1 && !strstr(test.name, argv[1]))
      continue;
    Kernel symbolic = compile(test, nullptr, context);
    for (int64_t seq : {64, 512}) {
      Sizes sizes{{"seq", seq}};
      Kernel fixed = compile(test, &sizes, context);
      if (!symbolic.function || !fixed.function) {
        fprintf(stderr, "%s: no kernel\n", test.name);
        return 1;
      }
      measure(test, symbolic, fixed, seq);
    }
  }
}
