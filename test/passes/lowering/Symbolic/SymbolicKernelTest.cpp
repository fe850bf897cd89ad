// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/Symbolic/SymbolicKernelTest.h"

#include "compiler/targets/cpu/EmitObject.h"
#include "dialects/neap/IR/Symbols.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include <cstring>
#include <random>

using namespace mlir;

namespace neap::test {

SymbolicKernelTest::SymbolicKernelTest() {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

namespace {

/// The operands of a kernel of static shapes, filled alike each time.
struct Operands {
  Operands(Block &body, int64_t scratchBytes) : scratch(scratchBytes) {
    std::mt19937 random(1);
    for (Type type : body.getArgumentTypes()) {
      add(type);
      fill(buffers.back(), getElementTypeOrSelf(type), random);
    }
    numInputs = buffers.size();
    for (Type type : body.getTerminator()->getOperandTypes()) {
      add(type);
      std::memset(buffers.back().as<char>(), 0x77,
                  buffers.back().getSizeInBytes());
    }
  }

  void add(Type type) {
    int64_t size = VectorEmitter::getSizeInBytes(getElementTypeOrSelf(type));
    buffers.emplace_back(cast<RankedTensorType>(type).getNumElements() * size);
  }

  /// Integers are 0 or 1, so that they are right as indices.
  static void fill(GuardedBuffer &buffer, Type element, std::mt19937 &random) {
    size_t size = VectorEmitter::getSizeInBytes(element);
    for (size_t i = 0; i * size < buffer.getSizeInBytes(); ++i) {
      char *place = buffer.as<char>() + i * size;
      double number = double(random() % 4000) / 1000 - 2;
      float single = number;
      int64_t integer = number > 0;
      const void *value = element.isF64()           ? (const void *)&number
                          : isa<FloatType>(element) ? (const void *)&single
                                                    : (const void *)&integer;
      std::memcpy(place, value, size);
    }
  }

  /// Runs tiles between `cuts`, in place where `inPlace` names an input.
  int32_t run(CompiledKernel &kernel, const std::vector<int64_t> &values,
              const std::vector<int64_t> &cuts, int inPlace = -1) {
    std::vector<void *> pointers;
    for (GuardedBuffer &buffer : buffers)
      pointers.push_back(buffer.as<void>());
    if (inPlace >= 0)
      pointers[numInputs] = pointers[inPlace];
    int32_t status =
        runTiles(kernel.function, pointers, scratch.as<void>(), cuts, values);
    if (inPlace >= 0)
      std::memcpy(buffers[numInputs].as<char>(), buffers[inPlace].as<char>(),
                  buffers[inPlace].getSizeInBytes());
    for (GuardedBuffer &buffer : buffers)
      EXPECT_TRUE(buffer.isFrontIntact());
    EXPECT_TRUE(scratch.isFrontIntact());
    return status;
  }

  std::string getResults() {
    std::string bytes;
    for (size_t i = numInputs; i < buffers.size(); ++i)
      bytes.append(buffers[i].as<char>(), buffers[i].getSizeInBytes());
    return bytes;
  }

  std::vector<GuardedBuffer> buffers;
  GuardedBuffer scratch;
  size_t numInputs;
};

} // namespace

/// Returns whether a product has an operand without elements: such a kernel of
/// static shapes is none.
static bool isProductOfNothing(CompiledKernel &kernel) {
  KernelOp op = *kernel.module->getOps<KernelOp>().begin();
  bool isProduct = op.getKind() == KernelKind::Matmul ||
                   op.getKind() == KernelKind::Convolution;
  return isProduct &&
         llvm::any_of(kernel.getBody().getArgumentTypes(), [](Type type) {
           return cast<RankedTensorType>(type).getNumElements() == 0;
         });
}

void SymbolicKernelTest::compile(const SymbolicCase &kernel, const Sizes *sizes,
                                 const CpuTarget &target,
                                 CompiledKernel &result) {
  std::string inPlace = "array<i64>";
  StringRef yield = StringRef(kernel.body).split("neap.yield").second;
  for (size_t i = 0; i < yield.split(':').first.count(','); ++i)
    inPlace += ", array<i64>";
  std::string symbols =
      sizes ? "" : "attributes {neap.symbols = {" + kernel.symbols + "}}";
  std::string text = "module " + symbols + " { neap.kernel " + kernel.kind +
                     " @kernel attributes {num_tiles = 1 : i64, "
                     "tiles_per_block = 1 : i64, scratch_bytes = 0 : i64, "
                     "in_place = [" +
                     inPlace + "]} {\n^bb0(" +
                     writeSizes(kernel.arguments, sizes) + "):\n" +
                     writeSizes(kernel.body, sizes) + "\n} }";
  result.module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(result.module) << text;
  if (sizes && isProductOfNothing(result))
    return;
  KernelOp op = *result.module->getOps<KernelOp>().begin();
  FailureOr<KernelTraits> traits =
      computeKernelTraits(op.getKind(), result.getBody(), getSymbolFacts(op));
  ASSERT_TRUE(succeeded(traits)) << "no " << kernel.kind << ": " << text;
  result.traits = *traits;
  OwningOpRef<ModuleOp> code = ModuleOp::create(op.getLoc());
  ASSERT_TRUE(succeeded(emitKernel(op, target.features, *code)));
  result.kernels = compileAndLoad(*code, target);
  ASSERT_TRUE(result.kernels);
  result.function = result.kernels.lookup("kernel");
  ASSERT_TRUE(result.function);
}

void SymbolicKernelTest::compare(CompiledKernel &symbolic,
                                 CompiledKernel &fixed, const Sizes &sizes) {
  std::vector<int64_t> values;
  for (const std::string &name : collectSymbols(symbolic.getBody()))
    values.push_back(sizes.lookup(name));
  Block &body = fixed.getBody();
  Operands expected(body, fixed.traits.scratchBytes);
  int32_t status = 0;
  if (fixed.function)
    status = expected.run(fixed, {}, {0, *fixed.traits.numTiles.getConstant()});
  else // Sums of nothing.
    for (GuardedBuffer &buffer :
         llvm::drop_begin(expected.buffers, expected.numInputs))
      std::memset(buffer.as<char>(), 0, buffer.getSizeInBytes());

  int64_t numTiles = *symbolic.traits.numTiles.evaluate(sizes);
  ASSERT_GE(numTiles, 0);
  int64_t scratchBytes = symbolic.traits.scratchBytes;
  Operands whole(body, scratchBytes);
  EXPECT_EQ(whole.run(symbolic, values, {0, numTiles}), status);
  ASSERT_EQ(whole.getResults(), expected.getResults()) << "one range of tiles";
  std::vector<int64_t> cuts;
  for (int64_t tile = 0; tile <= numTiles; ++tile)
    cuts.push_back(tile);
  Operands cut(body, scratchBytes);
  cut.run(symbolic, values, cuts);
  ASSERT_EQ(cut.getResults(), expected.getResults()) << "tile by tile";
  for (unsigned input : symbolic.traits.inPlace.front()) {
    Operands inPlace(body, scratchBytes);
    inPlace.run(symbolic, values, {0, numTiles}, input);
    ASSERT_EQ(inPlace.getResults(), expected.getResults()) << "in place";
  }
}

void SymbolicKernelTest::check(const SymbolicCase &kernel,
                               const std::vector<Sizes> &allSizes) {
  for (const CpuTarget *target : getRunnableTargets()) {
    SCOPED_TRACE(target->name.str());
    CompiledKernel symbolic;
    compile(kernel, nullptr, *target, symbolic);
    if (HasFatalFailure())
      return;
    for (const Sizes &sizes : allSizes) {
      std::string trace;
      for (const auto &entry : sizes)
        trace += (entry.first() + " = " + Twine(entry.second) + " ").str();
      SCOPED_TRACE(trace);
      CompiledKernel fixed;
      compile(kernel, &sizes, *target, fixed);
      if (!HasFatalFailure())
        compare(symbolic, fixed, sizes);
      if (HasFatalFailure())
        return;
    }
  }
}

std::vector<Sizes> sweep(StringRef name, std::vector<int64_t> values) {
  std::vector<Sizes> result;
  for (int64_t value : values)
    result.push_back({{name, value}});
  return result;
}

std::vector<int64_t> getTails() {
  return {0, 1, 2, 15, 16, 17, 31, 32, 33, 49, 100};
}

} // namespace neap::test
