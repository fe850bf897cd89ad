// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompileKernels.cpp - each kernel travels as bytecode into the context of a
// worker thread (contexts are not thread-safe), becomes an object file there,
// and the objects are linked in the order of the kernels.
#include "compiler/targets/cpu/CompileKernels.h"

#include "compiler/targets/cpu/EmitObject.h"
#include "compiler/targets/cpu/LinkSharedObject.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>
#include <mutex>

using namespace mlir;

namespace neap {
namespace {

/// The object file of one kernel, or what went wrong.
struct CompiledKernel {
  std::string object;
  std::string error;
};

/// Returns `kernel`, alone in a module that knows its symbols, as bytecode.
std::string serialize(KernelOp kernel) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(kernel.getLoc());
  if (auto outer = kernel->getParentOfType<ModuleOp>())
    if (Attribute symbols = outer->getAttr(NeapDialect::kSymbolsAttr))
      (*module)->setAttr(NeapDialect::kSymbolsAttr, symbols);
  module->push_back(kernel->clone());
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  (void)writeBytecodeToFile(*module, stream);
  return bytes;
}

/// Compiles one serialized kernel in `context`.
FailureOr<std::string> compileKernel(llvm::StringRef bytes,
                                     const CpuTarget &target,
                                     MLIRContext &context) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(bytes, ParserConfig(&context));
  if (!module)
    return failure();
  auto kernel = *module->getOps<KernelOp>().begin();
  OwningOpRef<ModuleOp> code = ModuleOp::create(kernel.getLoc());
  if (failed(emitKernel(kernel, target.features, *code)) ||
      failed(lowerToLLVM(*code)))
    return failure();
  return emitObject(*code, target);
}

/// What one worker thread does: takes kernels until none is left.
class Worker {
public:
  explicit Worker(const CpuTarget &target)
      : target(target),
        context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
  }

  CompiledKernel compile(llvm::StringRef bytes) {
    CompiledKernel result;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      result.error += (result.error.empty() ? "" : "; ") + diagnostic.str();
    });
    FailureOr<std::string> object = compileKernel(bytes, target, context);
    if (succeeded(object))
      return {std::move(*object), ""};
    if (result.error.empty())
      result.error = "code generation failed";
    return result;
  }

private:
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registry.insert<NeapDialect>();
    registerKernelCodeDialects(registry);
    registerLLVMTranslations(registry);
    return registry;
  }

  const CpuTarget &target;
  MLIRContext context;
};

/// Compiles all kernels on `jobs` threads; results are in the kernels' order.
std::vector<CompiledKernel> compileAll(llvm::ArrayRef<KernelOp> kernels,
                                       const CpuTarget &target, unsigned jobs,
                                       KernelProgress progress) {
  auto serialized = llvm::map_to_vector(kernels, serialize);
  std::vector<CompiledKernel> results(kernels.size());
  std::atomic<size_t> next{0};
  size_t done = 0;
  std::mutex progressLock;
  auto work = [&] {
    Worker worker(target);
    for (size_t index; (index = next++) < serialized.size();) {
      results[index] = worker.compile(serialized[index]);
      std::lock_guard<std::mutex> guard(progressLock);
      ++done;
      if (progress)
        progress(done, serialized.size());
    }
  };
  unsigned numWorkers =
      std::clamp<size_t>(jobs, 1, std::max<size_t>(1, kernels.size()));
  llvm::StdThreadPool pool(llvm::hardware_concurrency(numWorkers));
  for (unsigned i = 0; i < numWorkers; ++i)
    pool.async(work);
  pool.wait();
  return results;
}
} // namespace

FailureOr<std::string> compileKernels(llvm::ArrayRef<KernelOp> kernels,
                                      const CpuTarget &target, unsigned jobs,
                                      KernelProgress progress) {
  std::vector<CompiledKernel> compiled =
      compileAll(kernels, target, jobs, progress);
  FailureOr<std::string> abiVersion = emitAbiVersionObject(target);
  if (failed(abiVersion))
    return failure();
  std::vector<std::string> objects{std::move(*abiVersion)};
  bool failed = false;
  for (auto [kernel, result] : llvm::zip_equal(kernels, compiled)) {
    if (!result.error.empty()) {
      KernelOp failing = kernel;
      failing.emitError("cannot compile for ")
          << target.name << ": " << result.error;
      failed = true;
    }
    objects.push_back(std::move(result.object));
  }
  if (failed)
    return failure();
  llvm::Expected<std::string> linked = linkSharedObject(objects);
  if (linked)
    return std::move(*linked);
  std::string message = llvm::toString(linked.takeError());
  if (!kernels.empty()) {
    KernelOp first = kernels.front();
    first.emitError("cannot link the kernels: ") << message;
  }
  return failure();
}

} // namespace neap
