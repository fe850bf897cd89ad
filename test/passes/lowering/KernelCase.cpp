// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/lowering/KernelCase.h"

#include "compiler/targets/cpu/EmitObject.h"
#include "compiler/targets/cpu/LinkSharedObject.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "passes/lowering/NeapToVector/VectorEmitter.h"
#include "passes/lowering/cpu/LowerToLLVM.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;

namespace neap::test {

KernelCaseTest::KernelCaseTest() {
  DialectRegistry registry;
  registry.insert<NeapDialect>();
  registerKernelCodeDialects(registry);
  registerLLVMTranslations(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

KernelOp KernelCaseTest::parse(StringRef kind, StringRef arguments,
                               StringRef body) {
  // The verifier wants one list of inputs per result.
  StringRef results = body.substr(body.find("neap.yield")).split(':').first;
  std::string inPlace = "array<i64>";
  for (size_t i = 0; i < results.count(','); ++i)
    inPlace += ", array<i64>";
  std::string text =
      ("neap.kernel " + kind +
       " @kernel attributes {num_tiles = 1, tiles_per_block = 1, scratch_bytes "
       "= 0, in_place = [" +
       inPlace + "]} {\n^bb0(" + arguments + "):\n" + body + "\n}")
          .str();
  module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return nullptr;
  return *module->getOps<KernelOp>().begin();
}

FailureOr<KernelTraits>
KernelCaseTest::getTraits(StringRef kind, StringRef arguments, StringRef body) {
  KernelOp kernel = parse(kind, arguments, body);
  if (!kernel)
    return failure();
  return computeKernelTraits(kernel.getKind(), kernel.getBody().front());
}

/// Returns random numbers that suit the element type.
static Elements makeRandom(RankedTensorType type, std::mt19937 &random) {
  Elements result;
  std::normal_distribution<double> normal(0, 2);
  Type element = type.getElementType();
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    double x = normal(random);
    if (element.isInteger(1))
      result.push_back(x > 0);
    else if (element.isUnsignedInteger())
      result.push_back(std::floor(std::fabs(4 * x)));
    else if (isa<IntegerType>(element))
      result.push_back(std::floor(4 * x));
    else
      result.push_back(element.isF32() ? double(float(x)) : x);
  }
  return result;
}

std::vector<Elements> KernelCaseTest::makeInputs(Block &body) {
  std::mt19937 random(1);
  std::vector<Elements> inputs;
  for (Type type : body.getArgumentTypes())
    inputs.push_back(makeRandom(cast<RankedTensorType>(type), random));
  return inputs;
}

/// Calls `function` with a zero of the C++ type of an element.
template <typename Function>
static void dispatch(Type element, Function function) {
  bool isUnsigned = element.isUnsignedInteger();
  switch (element.getIntOrFloatBitWidth()) {
  case 1:
    return function(uint8_t());
  case 8:
    return isUnsigned ? function(uint8_t()) : function(int8_t());
  case 16:
    return isUnsigned ? function(uint16_t()) : function(int16_t());
  case 32:
    if (element.isF32())
      return function(float());
    return isUnsigned ? function(uint32_t()) : function(int32_t());
  default:
    if (element.isF64())
      return function(double());
    return isUnsigned ? function(uint64_t()) : function(int64_t());
  }
}

static GuardedBuffer makeBuffer(RankedTensorType type) {
  int64_t size = VectorEmitter::getSizeInBytes(type.getElementType());
  return GuardedBuffer(type.getNumElements() * size);
}

static void write(GuardedBuffer &buffer, Type element, const Elements &values) {
  dispatch(element, [&](auto zero) {
    using T = decltype(zero);
    for (size_t i = 0; i < values.size(); ++i)
      buffer.as<T>()[i] = static_cast<T>(values[i]);
  });
}

static Elements read(GuardedBuffer &buffer, Type element) {
  Elements result;
  dispatch(element, [&](auto zero) {
    using T = decltype(zero);
    for (size_t i = 0; i < buffer.getSizeInBytes() / sizeof(T); ++i)
      result.push_back(static_cast<double>(buffer.as<T>()[i]));
  });
  return result;
}

static std::string copyBytes(GuardedBuffer &buffer) {
  return std::string(buffer.as<char>(), buffer.getSizeInBytes());
}

/// Compares elements; NaN equals NaN.
static void compare(const Elements &actual, const Elements &expected,
                    double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i]) && std::isnan(actual[i]))
      continue;
    if (actual[i] == expected[i])
      continue;
    double error = std::fabs(actual[i] - expected[i]);
    ASSERT_LE(error / std::max(1.0, std::fabs(expected[i])), tolerance)
        << "element " << i << " of " << actual.size() << " is " << actual[i]
        << ", expected " << expected[i];
  }
}

namespace {

/// One kernel's buffers, fresh for each run.
struct KernelRun {
  std::vector<GuardedBuffer> buffers;
  GuardedBuffer scratch;
  size_t numInputs;

  KernelRun(Block &body, const KernelTraits &traits,
            const std::vector<Elements> &inputs)
      : scratch(traits.scratchBytes), numInputs(inputs.size()) {
    for (auto [type, input] :
         llvm::zip_equal(body.getArgumentTypes(), inputs)) {
      buffers.push_back(makeBuffer(cast<RankedTensorType>(type)));
      write(buffers.back(), getElementTypeOrSelf(type), input);
    }
    for (Type type : body.getTerminator()->getOperandTypes()) {
      buffers.push_back(makeBuffer(cast<RankedTensorType>(type)));
      memset(buffers.back().as<char>(), 0x77, buffers.back().getSizeInBytes());
    }
  }

  /// Runs with result r on input `inPlace[r]`, or apart if that is negative.
  void execute(neap_kernel_fn kernel, const std::vector<int64_t> &cuts,
               ArrayRef<int> inPlace) {
    std::vector<void *> pointers;
    for (GuardedBuffer &buffer : buffers)
      pointers.push_back(buffer.as<void>());
    for (auto [result, input] : llvm::enumerate(inPlace))
      if (input >= 0)
        pointers[numInputs + result] = pointers[input];
    EXPECT_EQ(runTiles(kernel, pointers, scratch.as<void>(), cuts), 0);
    for (auto [result, input] : llvm::enumerate(inPlace))
      if (input >= 0)
        memcpy(buffers[numInputs + result].as<char>(),
               buffers[input].as<char>(), buffers[input].getSizeInBytes());
    for (GuardedBuffer &buffer : buffers)
      EXPECT_TRUE(buffer.isFrontIntact());
    EXPECT_TRUE(scratch.isFrontIntact());
  }

  std::string getResultBytes() {
    std::string bytes;
    for (size_t i = numInputs; i < buffers.size(); ++i)
      bytes += copyBytes(buffers[i]);
    return bytes;
  }
};

} // namespace

/// Returns cuts of the tiles into single ones.
static std::vector<int64_t> cutIntoSingles(int64_t numTiles) {
  std::vector<int64_t> cuts;
  for (int64_t tile = 0; tile <= numTiles; ++tile)
    cuts.push_back(tile);
  return cuts;
}

/// Returns for each result the first input that it may take over and that no
/// earlier result did, or -1.
static SmallVector<int> chooseInPlace(const KernelTraits &traits,
                                      size_t numResults) {
  SmallVector<int> chosen(numResults, -1);
  for (auto [result, inputs] : llvm::enumerate(traits.inPlace))
    for (unsigned input : inputs)
      if (chosen[result] < 0 && !llvm::is_contained(chosen, int(input)))
        chosen[result] = input;
  return chosen;
}

void KernelCaseTest::checkOnTarget(KernelOp kernel, const KernelTraits &traits,
                                   const CpuTarget &target,
                                   const std::vector<Elements> &inputs,
                                   const std::vector<Elements> &expected,
                                   Tolerance tolerance,
                                   std::string &fusedBits) {
  SCOPED_TRACE(describe(target));
  OwningOpRef<ModuleOp> code = ModuleOp::create(kernel.getLoc());
  ASSERT_TRUE(succeeded(emitKernel(kernel, target.features, *code)));
  LoadedKernels kernels = compileAndLoad(*code, target);
  ASSERT_TRUE(kernels);
  neap_kernel_fn function = kernels.lookup("kernel");
  ASSERT_TRUE(function);
  Block &body = kernel.getBody().front();
  SmallVector<int> apart(expected.size(), -1);
  KernelRun whole(body, traits, inputs);
  int64_t numTiles = *traits.numTiles.getConstant();
  whole.execute(function, {0, numTiles}, apart);
  for (auto [result, type] :
       llvm::enumerate(body.getTerminator()->getOperandTypes())) {
    SCOPED_TRACE("result " + std::to_string(result));
    Type element = getElementTypeOrSelf(type);
    double bound = element.isF32()   ? tolerance.f32
                   : element.isF64() ? tolerance.f64
                                     : 0;
    compare(read(whole.buffers[inputs.size() + result], element),
            expected[result], bound);
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    EXPECT_EQ(copyBytes(whole.buffers[i]),
              copyBytes(KernelRun(body, traits, inputs).buffers[i]));
  KernelRun cut(body, traits, inputs);
  cut.execute(function, cutIntoSingles(numTiles), apart);
  EXPECT_EQ(cut.getResultBytes(), whole.getResultBytes()) << "cut into tiles";
  KernelRun inPlace(body, traits, inputs);
  inPlace.execute(function, {0, numTiles},
                  chooseInPlace(traits, expected.size()));
  EXPECT_EQ(inPlace.getResultBytes(), whole.getResultBytes()) << "in place";
  if (!target.features.hasFma)
    return;
  if (fusedBits.empty())
    fusedBits = whole.getResultBytes();
  EXPECT_EQ(whole.getResultBytes(), fusedBits) << "between instruction sets";
}

void KernelCaseTest::checkOn(StringRef kind, StringRef arguments,
                             StringRef body,
                             const std::vector<Elements> &inputs,
                             Tolerance tolerance) {
  SCOPED_TRACE(arguments.str());
  KernelOp kernel = parse(kind, arguments, body);
  ASSERT_TRUE(kernel);
  Block &block = kernel.getBody().front();
  FailureOr<std::vector<Elements>> expected = interpret(block, inputs);
  ASSERT_TRUE(succeeded(expected));
  FailureOr<KernelTraits> traits = computeKernelTraits(kernel.getKind(), block);
  ASSERT_TRUE(succeeded(traits)) << "no " << kind.str();
  EXPECT_GE(traits->numTiles.getConstant(), 1);
  EXPECT_GE(traits->tilesPerBlock, 1);
  std::string fusedBits;
  for (const CpuTarget *target : getTestTargets())
    checkOnTarget(kernel, *traits, *target, inputs, *expected, tolerance,
                  fusedBits);
}

void KernelCaseTest::checkCompiles(StringRef kind, StringRef arguments,
                                   StringRef body) {
  KernelOp kernel = parse(kind, arguments, body);
  ASSERT_TRUE(kernel) << arguments.str();
  for (const CpuTarget &target : getCpuTargets()) {
    SCOPED_TRACE(target.name.str());
    OwningOpRef<ModuleOp> code = ModuleOp::create(kernel.getLoc());
    ASSERT_TRUE(succeeded(emitKernel(kernel, target.features, *code)));
    ASSERT_TRUE(succeeded(verify(*code)));
    ASSERT_TRUE(succeeded(lowerToLLVM(*code)));
    FailureOr<std::string> object = emitObject(*code, target);
    ASSERT_TRUE(succeeded(object));
    llvm::Expected<std::string> library = linkSharedObject({*object});
    ASSERT_TRUE(static_cast<bool>(library))
        << llvm::toString(library.takeError());
  }
}

void KernelCaseTest::check(StringRef kind, StringRef arguments, StringRef body,
                           Tolerance tolerance) {
  KernelOp kernel = parse(kind, arguments, body);
  ASSERT_TRUE(kernel) << arguments.str();
  std::vector<Elements> inputs = makeInputs(kernel.getBody().front());
  checkOn(kind, arguments, body, inputs, tolerance);
}

} // namespace neap::test
