// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// EmitObject.cpp - translation, O2 without LLVM's own vectorizers, x86 code. No
// fast-math: FPOpFusion is Strict and nothing emits fmuladd, so floating-point
// operations stay those that the emitters wrote.
#include "compiler/targets/cpu/EmitObject.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "runtime/include/neap/kernel_abi.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <mutex>

using namespace mlir;

namespace neap {

static constexpr llvm::StringLiteral kTriple = "x86_64-unknown-linux-gnu";

void registerLLVMTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

/// Creates LLVM's code generator for `target`, or null.
static std::unique_ptr<llvm::TargetMachine>
createTargetMachine(const CpuTarget &target) {
  static std::once_flag initialized;
  std::call_once(initialized, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
  llvm::Triple triple(kTriple);
  std::string error;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
      triple, target.name, /*Features=*/"", options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Default));
}

/// Runs the O2 pipeline on `module`.
static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     bool vectorizeLoops) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = vectorizeLoops;
  tuning.SLPVectorization = false;
  tuning.LoopInterleaving = vectorizeLoops;
  tuning.LoopUnrolling = vectorizeLoops;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}

/// Translates and optimizes `code`; null after a diagnostic.
static std::unique_ptr<llvm::Module>
translateAndOptimize(ModuleOp code, const CpuTarget &target,
                     llvm::LLVMContext &context, llvm::TargetMachine &machine) {
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(code, context, "kernels");
  if (!module)
    return nullptr;
  module->setDataLayout(machine.createDataLayout());
  module->setTargetTriple(machine.getTargetTriple());
  for (llvm::Function &function : *module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.name);
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  optimize(*module, machine, code->hasAttr(kVectorizeLoopsAttr));
  return module;
}

/// Reports that LLVM was built without the x86 back end.
static LogicalResult emitNoBackend(ModuleOp code) {
  return code.emitError("this LLVM has no x86-64 back end");
}

/// Generates machine code for `module`.
static FailureOr<std::string> generateCode(llvm::Module &module,
                                           llvm::TargetMachine &machine) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine.addPassesToEmitFile(manager, stream, nullptr,
                                  llvm::CodeGenFileType::ObjectFile))
    return failure();
  manager.run(module);
  return std::string(bytes.begin(), bytes.end());
}

FailureOr<std::string> emitObject(ModuleOp code, const CpuTarget &target) {
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  if (!machine)
    return emitNoBackend(code);
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translateAndOptimize(code, target, context, *machine);
  if (!module)
    return failure();
  FailureOr<std::string> object = generateCode(*module, *machine);
  if (failed(object))
    return emitNoBackend(code);
  return object;
}

FailureOr<std::string> emitAbiVersionObject(const CpuTarget &target) {
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  if (!machine)
    return failure();
  llvm::LLVMContext context;
  llvm::Module module("abi", context);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  llvm::Type *type = llvm::Type::getInt32Ty(context);
  auto *version = llvm::cast<llvm::GlobalVariable>(
      module.getOrInsertGlobal(NEAP_KERNEL_ABI_SYMBOL, type));
  version->setInitializer(
      llvm::ConstantInt::get(type, NEAP_KERNEL_ABI_VERSION));
  version->setConstant(true);
  return generateCode(module, *machine);
}

FailureOr<std::string> emitLLVMText(ModuleOp code, const CpuTarget &target) {
  std::unique_ptr<llvm::TargetMachine> machine = createTargetMachine(target);
  if (!machine)
    return emitNoBackend(code);
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translateAndOptimize(code, target, context, *machine);
  if (!module)
    return failure();
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, nullptr);
  return text;
}

} // namespace neap
