// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiler.cpp - one Compilation per compile: its context, its module, its
// phases in order. No state is shared between compiles.
#include "compiler/api/Compiler.h"

#include "compiler/api/DiagnosticPrinter.h"
#include "compiler/plan_writer/MergeEqualWeights.h"
#include "compiler/plan_writer/OutputFile.h"
#include "compiler/plan_writer/PlanWriter.h"
#include "compiler/targets/cpu/CompileKernels.h"
#include "compiler/targets/cpu/LoadSharedObject.h"
#include "frontends/onnx/Importer.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/graph/Passes.h"
#include "passes/lowering/KernelEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "passes/memory/PlanMemory.h"
#include "passes/memory/Schedule.h"
#include "runtime/include/neap/kernel_abi.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include <chrono>

using namespace mlir;

namespace neap {
namespace {

constexpr llvm::StringLiteral kProducer = "neapc 0.1.0";

class Compilation {
public:
  Compilation(const CompileOptions &options, CompileReport &report,
              ProgressCallback progress)
      : options(options), report(report), progress(progress),
        context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    context.printOpOnDiagnostic(false);
  }

  MLIRContext *getContext() { return &context; }
  LogicalResult run();

private:
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registry.insert<NeapDialect, planir::PlanDialect, func::FuncDialect>();
    registerKernelCodeDialects(registry);
    return registry;
  }

  void enter(Phase phase, double share) {
    if (progress)
      progress(getPhaseName(phase), share);
  }
  LogicalResult importModel();
  LogicalResult parseMlir();
  LogicalResult formKernels();
  LogicalResult planEntry();
  LogicalResult openFiles();
  FailureOr<std::vector<std::string>> generate();
  FailureOr<std::optional<LoadedKernels>> loadConstantKernels();
  LogicalResult writeBinary();
  LogicalResult writeText();
  LogicalResult checkOutput();
  LogicalResult lowerKernels(OwningOpRef<ModuleOp> &code);

  /// Turns `error`, if it is one, into a diagnostic about the model.
  LogicalResult emit(llvm::Error error) {
    if (!error)
      return success();
    return mlir::emitError(UnknownLoc::get(&context))
           << llvm::toString(std::move(error));
  }

  func::FuncOp getMain();
  /// The kernels that the plan's commands launch.
  llvm::SmallVector<KernelOp> getPlanKernels();
  /// The kernels that the program of constants launches.
  llvm::SmallVector<KernelOp> getConstantKernels();

  const CompileOptions &options;
  CompileReport &report;
  ProgressCallback progress;
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::optional<MappedFiles> files;
  MemoryPlan plan;
};

LogicalResult Compilation::importModel() {
  enter(Phase::Import, 0);
  if (llvm::StringRef(options.input).ends_with(".mlir"))
    return parseMlir();
  ImportOptions import;
  import.path = options.input;
  import.dims = options.dims;
  import.constants = options.constants;
  import.externalDataRoot = options.externalDataRoot;
  import.randomWeightsSeed = options.randomWeightsSeed;
  import.withoutWeights = options.planOnly;
  import.keepValues = options.keepValues;
  FailureOr<OwningOpRef<ModuleOp>> imported = importOnnxModel(context, import);
  if (failed(imported))
    return failure();
  module = std::move(*imported);
  return success();
}

LogicalResult Compilation::parseMlir() {
  module = parseSourceFile<ModuleOp>(options.input, &context);
  if (!module)
    return failure();
  llvm::StringMap<int64_t> sizes;
  for (llvm::StringRef binding : options.dims) {
    auto [name, text] = binding.split('=');
    if (text.getAsInteger(10, sizes[name]))
      return module->emitError("dimension '")
             << name << "' expected an integer, got '" << text << "'";
  }
  return bindDimensions(*module, sizes);
}

func::FuncOp Compilation::getMain() {
  auto main = module->lookupSymbol<func::FuncOp>("main");
  if (!main)
    module->emitError("expected a function @main");
  return main;
}

LogicalResult Compilation::formKernels() {
  enter(Phase::Kernels, 0.05);
  PassManager manager(&context);
  addKernelPasses(manager, options.attention);
  return manager.run(*module);
}

LogicalResult Compilation::planEntry() {
  enter(Phase::Plan, 0.1);
  func::FuncOp main = getMain();
  if (!main)
    return failure();
  StorageOptions storage;
  storage.maxThreads = options.maxThreads;
  PlanMemoryOptions memory;
  memory.maxThreads = options.maxThreads;
  memory.memoryBudget = options.memoryBudget;
  memory.producer = kProducer;
  memory.kernelAbi = NEAP_KERNEL_ABI_VERSION;
  if (failed(scheduleFunction(main, storage)))
    return failure();
  FailureOr<MemoryPlan> planned = planMemory(main, memory);
  if (failed(planned))
    return failure();
  plan = *planned;
  report.memory = plan.report;
  report.timeline = plan.timeline;
  report.numKernels = llvm::range_size(plan.plan.getOps<planir::KernelOp>());
  plan.plan.walk([&](planir::LaunchOp) { ++report.numLaunches; });
  return success();
}

llvm::SmallVector<KernelOp> Compilation::getPlanKernels() {
  llvm::SmallVector<KernelOp> kernels;
  for (auto declared : plan.plan.getOps<planir::KernelOp>())
    kernels.push_back(module->lookupSymbol<KernelOp>(declared.getSymName()));
  return kernels;
}

llvm::SmallVector<KernelOp> Compilation::getConstantKernels() {
  llvm::SetVector<Operation *> kernels;
  if (plan.constants)
    plan.constants.walk([&](LaunchOp launch) {
      kernels.insert(module->lookupSymbol<KernelOp>(launch.getKernel()));
    });
  return llvm::map_to_vector(kernels,
                             [](Operation *op) { return cast<KernelOp>(op); });
}

LogicalResult Compilation::lowerKernels(OwningOpRef<ModuleOp> &code) {
  const CpuTarget *target = lookupCpuTarget(getIsaName(options.isas.front()));
  code = ModuleOp::create(module->getLoc());
  for (KernelOp kernel : getPlanKernels())
    if (failed(emitKernel(kernel, target->features, *code)))
      return failure();
  return lowerToLLVM(*code);
}

/// Returns the shared object of each instruction set, in their order.
FailureOr<std::vector<std::string>> Compilation::generate() {
  constexpr double kBegin = 0.15, kEnd = 0.85;
  llvm::SmallVector<KernelOp> kernels = getPlanKernels();
  std::vector<std::string> objects;
  for (neap_isa isa : options.isas) {
    auto report = [&](size_t done, size_t total) {
      double finished = objects.size() + static_cast<double>(done) / total;
      enter(Phase::Generate,
            kBegin + (kEnd - kBegin) * finished / options.isas.size());
    };
    FailureOr<std::string> object = compileKernels(
        kernels, *lookupCpuTarget(getIsaName(isa)), options.jobs, report);
    if (failed(object))
      return failure();
    objects.push_back(std::move(*object));
  }
  return objects;
}

/// Compiles and loads the kernels of the constants; none if there are none.
/// They are v3 code wherever that runs, so that the constants' bits do not
/// depend on the compiling machine.
FailureOr<std::optional<LoadedKernels>> Compilation::loadConstantKernels() {
  llvm::SmallVector<KernelOp> kernels = getConstantKernels();
  if (kernels.empty())
    return std::optional<LoadedKernels>();
  neap_isa isa = std::min(detectHostIsa(), NEAP_ISA_X86_64_V3);
  FailureOr<std::string> object =
      compileKernels(kernels, *lookupCpuTarget(getIsaName(isa)), options.jobs);
  if (failed(object))
    return failure();
  llvm::Expected<LoadedKernels> loaded = LoadedKernels::load(*object);
  if (!loaded)
    return module->emitError(llvm::toString(loaded.takeError())), failure();
  return std::optional<LoadedKernels>(std::move(*loaded));
}

LogicalResult Compilation::writeBinary() {
  FailureOr<std::vector<std::string>> objects = generate();
  if (failed(objects))
    return failure();
  enter(Phase::Write, 0.85);
  FailureOr<std::optional<LoadedKernels>> constants = loadConstantKernels();
  if (failed(constants))
    return failure();
  llvm::SmallVector<KernelsSection> sections;
  for (auto [isa, object] : llvm::zip_equal(options.isas, *objects))
    sections.push_back({isa, llvm::arrayRefFromStringRef(object)});
  FailureOr<uint64_t> written = writeContainer(
      *module, sections, *files,
      [&](llvm::StringRef name) { return (*constants)->lookup(name); },
      options.output);
  if (failed(written))
    return failure();
  report.outputBytes = *written;
  return success();
}

/// Maps the files of the weights and lets equal weights be one.
LogicalResult Compilation::openFiles() {
  if (options.planOnly)
    return success();
  FailureOr<MappedFiles> opened = MappedFiles::open(*module);
  if (failed(opened))
    return failure();
  files = std::move(*opened);
  return mergeEqualWeights(*module, *files);
}

/// Prints the intermediate form that was asked for.
LogicalResult Compilation::writeText() {
  OwningOpRef<ModuleOp> code;
  if (options.emit == EmitKind::Code && failed(lowerKernels(code)))
    return failure();
  OpPrintingFlags flags;
  flags.enableDebugInfo(/*enable=*/false);
  return emit(neap::writeText(options.output, [&](llvm::raw_ostream &os) {
    (code ? *code : *module)->print(os, flags);
  }));
}

/// Whether the output can be written, before work is spent on it.
LogicalResult Compilation::checkOutput() {
  if (options.emit != EmitKind::Binary)
    return emit(checkOutputPath(options.output));
  return emit(options.planOnly
                  ? llvm::Error::success()
                  : OutputFile::create(options.output).takeError());
}

LogicalResult Compilation::run() {
  if (failed(checkOutput()) || failed(importModel()))
    return failure();
  if (options.emit == EmitKind::Neap)
    return writeText();
  if (failed(openFiles()) || failed(formKernels()))
    return failure();
  if (options.emit == EmitKind::Graph)
    return writeText();
  if (failed(planEntry()))
    return failure();
  if (options.emit != EmitKind::Binary)
    return writeText();
  return options.planOnly ? success() : writeBinary();
}
} // namespace

CompileStatus compile(const CompileOptions &options, llvm::raw_ostream &errors,
                      CompileReport &report, ProgressCallback progress) {
  auto begin = std::chrono::steady_clock::now();
  Compilation compilation(options, report, progress);
  DiagnosticPrinter printer(compilation.getContext(), options.input, errors);
  if (failed(compilation.run()))
    return CompileStatus::InputError;
  report.compileSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  return CompileStatus::Success;
}

neap_isa detectHostIsa() {
  const CpuTarget *host = getHostCpuTarget();
  for (neap_isa isa : {NEAP_ISA_X86_64_V4, NEAP_ISA_X86_64_V3})
    if (host && host->name == getIsaName(isa))
      return isa;
  return NEAP_ISA_X86_64_V2;
}

llvm::StringRef getIsaName(neap_isa isa) {
  switch (isa) {
  case NEAP_ISA_X86_64_V2:
    return "x86-64-v2";
  case NEAP_ISA_X86_64_V3:
    return "x86-64-v3";
  case NEAP_ISA_X86_64_V4:
    return "x86-64-v4";
  case NEAP_ISA_ANY:
    return "any";
  }
  llvm_unreachable("all instruction sets are named");
}

} // namespace neap
