// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run-kernels.cpp - compiles the neap.kernel ops of a module in process and
// runs each on the operands that a folder holds, between inaccessible pages.
//
//   run-kernels MODULE.mlir FOLDER [--isa=NAME] [--program=NAME] [--bench]
//
// For kernel @k the operands are FOLDER/k.0.bin, k.1.bin, ... (raw, row-major);
// the result is written to FOLDER/k.out.bin and the status that the kernel
// returned to FOLDER/k.status. Each kernel runs as one range of tiles and tile
// by tile: a difference in bits or a write outside the result is an error.
// --program emits what another instruction set would run and compiles it for
// --isa. The exit status is 77 if this machine does not run --isa.
#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/NeapOps.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cstring>
#include <fstream>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {
/// What to run and how.
struct Options {
  std::string module, folder;
  CpuTarget target = *lookupCpuTarget("v3");
  bool bench = false;
};

/// The exit status for an instruction set that the machine lacks.
constexpr int kNotRunnable = 77;
} // namespace

/// Returns the bytes that a tensor takes in memory.
static size_t getSizeInBytes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  size_t bits = tensor.getElementTypeBitWidth();
  return tensor.getNumElements() * ((bits + 7) / 8);
}

/// Reads a file into a guarded buffer of its expected size.
static bool readOperand(const std::string &path, GuardedBuffer &buffer) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file || (*file)->getBufferSize() != buffer.getSizeInBytes()) {
    llvm::errs() << path << ": expected " << buffer.getSizeInBytes()
                 << " bytes\n";
    return false;
  }
  std::memcpy(buffer.as<char>(), (*file)->getBufferStart(),
              buffer.getSizeInBytes());
  return true;
}

/// Returns the least time of a few runs in microseconds.
static double measure(neap_kernel_fn kernel, const std::vector<void *> &buffers,
                      void *scratch, int64_t numTiles) {
  double best = 1e30;
  for (int i = 0; i < 20; ++i) {
    auto start = std::chrono::steady_clock::now();
    runTiles(kernel, buffers, scratch, {0, numTiles});
    std::chrono::duration<double, std::micro> time =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count());
  }
  return best;
}

/// Runs one kernel both ways and writes what it computed.
static bool runKernel(KernelOp op, neap_kernel_fn kernel,
                      const KernelTraits &traits, const Options &options) {
  Block &body = op.getBody().front();
  std::string prefix = options.folder + "/" + op.getSymName().str();
  std::vector<GuardedBuffer> buffers;
  for (auto [i, type] : llvm::enumerate(body.getArgumentTypes())) {
    buffers.emplace_back(getSizeInBytes(type));
    if (!readOperand(prefix + "." + std::to_string(i) + ".bin", buffers.back()))
      return false;
  }
  size_t size = getSizeInBytes(body.getTerminator()->getOperand(0).getType());
  GuardedBuffer whole(size), byTile(size);
  std::memset(whole.as<char>(), 0xcd, size);
  std::memset(byTile.as<char>(), 0xcd, size);
  std::vector<void *> pointers;
  for (GuardedBuffer &buffer : buffers)
    pointers.push_back(buffer.as<void>());
  std::vector<char> scratch(traits.scratchBytes + 64);
  pointers.push_back(whole.as<void>());
  int64_t numTiles = *traits.numTiles.getConstant();
  int32_t status = runTiles(kernel, pointers, scratch.data(), {0, numTiles});
  if (options.bench)
    llvm::outs() << op.getSymName() << ": " << numTiles << " tiles, "
                 << measure(kernel, pointers, scratch.data(), numTiles)
                 << " us\n";
  pointers.back() = byTile.as<void>();
  for (int64_t tile = numTiles; tile-- > 0;)
    runTiles(kernel, pointers, scratch.data(), {tile, tile + 1});
  bool isGood = whole.isFrontIntact() && byTile.isFrontIntact() &&
                !std::memcmp(whole.as<char>(), byTile.as<char>(), size);
  if (!isGood && status == 0) {
    llvm::errs() << op.getSymName()
                 << ": results differ between tile ranges, or a write outside "
                    "the result\n";
    return false;
  }
  std::ofstream(prefix + ".out.bin", std::ios::binary)
      .write(whole.as<char>(), size);
  std::ofstream(prefix + ".status") << status << "\n";
  return true;
}

/// Emits, compiles and runs the kernels of `module`.
static bool runModule(ModuleOp module, const Options &options) {
  OwningOpRef<ModuleOp> code = ModuleOp::create(module.getLoc());
  std::vector<std::pair<KernelOp, KernelTraits>> kernels;
  for (KernelOp op : module.getOps<KernelOp>()) {
    FailureOr<KernelTraits> traits =
        computeKernelTraits(op.getKind(), op.getBody().front());
    if (failed(traits)) {
      op.emitError("no emitter of its kind takes this kernel");
      return false;
    }
    if (failed(emitKernel(op, options.target.features, *code)))
      return false;
    kernels.emplace_back(op, *traits);
  }
  LoadedKernels loaded = compileAndLoad(*code, options.target);
  if (!loaded)
    return false;
  bool isGood = true;
  for (auto &[op, traits] : kernels)
    isGood &=
        runKernel(op, loaded.lookup(op.getSymName().str()), traits, options);
  return isGood;
}

/// Reads the command line; prints what is expected and returns false if it is
/// none.
static bool parseOptions(int argc, char **argv, Options &options) {
  std::vector<std::string> positional;
  const CpuTarget *isa = lookupCpuTarget("v3"), *program = nullptr;
  bool isKnown = true;
  for (int i = 1; i < argc; ++i) {
    StringRef argument = argv[i];
    if (argument.consume_front("--isa="))
      isKnown &= (isa = lookupCpuTarget(argument)) != nullptr;
    else if (argument.consume_front("--program="))
      isKnown &= (program = lookupCpuTarget(argument)) != nullptr;
    else if (argument == "--bench")
      options.bench = true;
    else
      positional.push_back(argument.str());
  }
  if (positional.size() != 2 || !isKnown) {
    llvm::errs() << "usage: run-kernels MODULE.mlir FOLDER [--isa=NAME] "
                    "[--program=NAME] [--bench]\n";
    return false;
  }
  options.target.name = isa->name;
  options.target.features = (program ? program : isa)->features;
  options.module = positional[0];
  options.folder = positional[1];
  return true;
}

int main(int argc, char **argv) {
  Options options;
  if (!parseOptions(argc, argv, options))
    return 2;
  if (!llvm::is_contained(getRunnableTargets(),
                          lookupCpuTarget(options.target.name)))
    return kNotRunnable;
  DialectRegistry registry;
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  registry.insert<NeapDialect>();
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(options.module, &context);
  return module && runModule(*module, options) ? 0 : 1;
}
