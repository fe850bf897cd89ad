// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PolynomialsTest.cpp - the error of every elementary function in ULP, against
// the C library in a wider format, over the whole domain and at special values;
// remainders, which are exact, against the C library's.
#include "compiler/targets/cpu/EmitObject.h"
#include "passes/lowering/NeapToVector/FloatRemainder.h"
#include "passes/lowering/NeapToVector/KernelShell.h"
#include "passes/lowering/NeapToVector/MathPolynomials.h"
#include "passes/lowering/cpu/LowerToLLVM.h"
#include "test/passes/lowering/KernelRunner.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

using Emit = Value (*)(VectorEmitter &, Value);
using Reference = long double (*)(long double);

/// One function, where to sample it, and what is promised there.
struct Function {
  const char *name;
  Emit emit;
  Reference reference;
  double boundF32;
  double boundF64;
  double low;
  double high;
};

/// Not in the C library.
long double expOfNegative(long double x) { return std::exp(x); }
long double halfExp(long double x) { return std::exp(x) / 2; }

constexpr double kMax = 1e300;

const Function kFunctions[] = {
    {"exp", emitExp, std::exp, 1.1, 1.1, -800, 800},
    {"expOfNegative", emitExpOfNegative, expOfNegative, 1.1, 1.1, -86.9, 0},
    {"halfExp", emitHalfExp, halfExp, 1.1, 1.1, -87, 800},
    {"erf", emitErf, std::erf, 1.5, 1.5, -8, 8},
    {"tanh", emitTanh, std::tanh, 1.5, 2, -25, 25},
    {"sin", emitSin, std::sin, 1.6, 1.6, -1e6, 1e6},
    {"sinNear", emitSin, std::sin, 1.6, 1.6, -10, 10},
    {"cos", emitCos, std::cos, 1.6, 1.6, -1e6, 1e6},
    {"cosNear", emitCos, std::cos, 1.6, 1.6, -10, 10},
    {"tan", emitTan, std::tan, 3.5, 3.5, -1e6, 1e6},
    {"sinFar", emitSin, std::sin, 1.6, 1.6, -kMax, kMax},
    {"cosFar", emitCos, std::cos, 1.6, 1.6, -kMax, kMax},
    {"tanFar", emitTan, std::tan, 3.5, 3.5, -kMax, kMax},
    {"log", emitLog, std::log, 1, 1, 0, kMax},
    {"logNear", emitLog, std::log, 1, 1, 0.5, 2},
    {"log1p", emitLog1p, std::log1p, 2, 2, -1, kMax},
    {"asin", emitAsin, std::asin, 2.5, 2.5, -1, 1},
    {"acos", emitAcos, std::acos, 2, 2, -1, 1},
    {"atan", emitAtan, std::atan, 2, 2, -kMax, kMax},
    {"sinh", emitSinh, std::sinh, 2.5, 2.5, -800, 800},
    {"cosh", emitCosh, std::cosh, 2, 2, -800, 800},
    {"asinh", emitAsinh, std::asinh, 3, 3, -kMax, kMax},
    {"acosh", emitAcosh, std::acosh, 3, 3, 1, kMax},
    {"atanh", emitAtanh, std::atanh, 3, 3, -1, 1}};

/// Returns the distance of `value` from `exact` in units of the last place of
/// T at `exact`.
template <typename T>
double getUlps(T value, long double exact) {
  T rounded = static_cast<T>(exact);
  if (std::isnan(rounded) || std::isinf(rounded))
    return (std::isnan(rounded) ? std::isnan(value) : value == rounded)
               ? 0
               : std::numeric_limits<double>::infinity();
  if (!std::isfinite(value))
    return std::numeric_limits<double>::infinity();
  int exponent = 0;
  std::frexp(static_cast<long double>(rounded), &exponent);
  exponent = std::max(exponent, std::numeric_limits<T>::min_exponent);
  long double ulp = std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits);
  return static_cast<double>(std::fabs(value - exact) / ulp);
}

/// Emits @name: y[16 t + i] = f(x[16 t + i]), or of (x0, x1).
void emitLoop(ModuleOp code, const CpuFeatures &features, Type type,
              unsigned numInputs, StringRef name,
              llvm::function_ref<Value(VectorEmitter &, ValueRange)> function) {
  KernelSignature signature;
  signature.name = name;
  signature.numBuffers = numInputs + 1;
  emitKernelShell(
      code, signature, features,
      [&](VectorEmitter &e, const KernelArguments &arguments) -> Value {
        e.forLoop(arguments.tileBegin, arguments.tileEnd, e.index(1), {},
                  [&](Value tile, ValueRange) -> VectorEmitter::Values {
                    Value offset =
                        e.mulInt(tile, e.index(VectorEmitter::kLanes));
                    SmallVector<Value> inputs;
                    for (unsigned i = 0; i < numInputs; ++i)
                      inputs.push_back(e.load(
                          e.advance(arguments.buffers[i], offset, type), type));
                    Value to =
                        e.advance(arguments.buffers[numInputs], offset, type);
                    e.store(function(e, inputs), to, type);
                    return {};
                  });
        return {};
      });
}

class PolynomialsTest : public ::testing::Test {
protected:
  PolynomialsTest() {
    DialectRegistry registry;
    registerKernelCodeDialects(registry);
    registerLLVMTranslations(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// Compiles all functions of a format, and those of two operands.
  LoadedKernels compile(const CpuTarget &target, Type type) {
    OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
    for (const Function &function : kFunctions)
      emitLoop(*code, target.features, type, 1, function.name,
               [&](VectorEmitter &e, ValueRange inputs) {
                 return function.emit(e, inputs[0]);
               });
    emitLoop(*code, target.features, type, 2, "pow",
             [&](VectorEmitter &e, ValueRange inputs) {
               return emitPow(e, inputs[0], inputs[1]);
             });
    emitLoop(*code, target.features, type, 2, "remainder",
             [&](VectorEmitter &e, ValueRange inputs) {
               return emitFloatRemainder(e, inputs[0], inputs[1]);
             });
    emitLoop(*code, target.features, type, 2, "modulo",
             [&](VectorEmitter &e, ValueRange inputs) {
               return emitFloatModulo(e, inputs[0], inputs[1]);
             });
    return compileAndLoad(*code, target);
  }

  Type getType(float) { return Float32Type::get(&context); }
  Type getType(double) { return Float64Type::get(&context); }

  MLIRContext context;
};

/// Returns points of [low, high]: uniform, log-uniform, and its ends.
template <typename T>
std::vector<T> sample(double low, double high, size_t count) {
  double limit = std::numeric_limits<T>::max();
  low = std::max(low, -limit);
  high = std::min(high, limit);
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<T> points{static_cast<T>(low), static_cast<T>(high)};
  double smallest = std::log(double(std::numeric_limits<T>::denorm_min()));
  while (points.size() < count) {
    points.push_back(
        static_cast<T>(low + (high / 2 - low / 2) * 2 * unit(random)));
    double scale = std::max(std::fabs(low), std::fabs(high));
    double magnitude =
        std::exp(smallest + (std::log(scale) - smallest) * unit(random));
    for (double value :
         {magnitude, -magnitude, low + magnitude, high - magnitude})
      if (value >= low && value <= high)
        points.push_back(static_cast<T>(value));
  }
  points.resize(count);
  return points;
}

template <typename T>
std::vector<T> run(const LoadedKernels &kernels, const std::string &name,
                   std::vector<std::vector<T>> inputs) {
  std::vector<T> result(inputs[0].size());
  std::vector<void *> buffers;
  for (std::vector<T> &input : inputs)
    buffers.push_back(input.data());
  buffers.push_back(result.data());
  int64_t tiles = result.size() / VectorEmitter::kLanes;
  EXPECT_EQ(runTiles(kernels.lookup(name), buffers, nullptr, {0, tiles}), 0);
  return result;
}

constexpr size_t kNumSamples = 160000;

template <typename T>
void checkFunctionAt(const LoadedKernels &kernels, const Function &function,
                     double bound, const std::vector<T> &x) {
  std::vector<T> y = run<T>(kernels, function.name, {x});
  double worst = 0;
  T where = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    double ulps = getUlps(y[i], function.reference(x[i]));
    if (!(ulps <= worst)) {
      worst = ulps;
      where = x[i];
    }
  }
  EXPECT_LE(worst, bound) << function.name << " at " << std::hexfloat << where;
  ::testing::Test::RecordProperty(function.name, std::to_string(worst));
  if (getenv("NEAP_PRINT_ULPS"))
    printf("%-14s f%zu %.3f at %g\n", function.name, 8 * sizeof(T), worst,
           double(where));
}

template <typename T>
void checkFunction(const LoadedKernels &kernels, const Function &function,
                   double bound) {
  checkFunctionAt<T>(kernels, function, bound,
                     sample<T>(function.low, function.high, kNumSamples));
}

TEST_F(PolynomialsTest, ErrorsStayBelowTheirBounds) {
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    // Without fused multiply-add every step rounds twice.
    double factor = target->features.hasFma ? 1 : 1.5;
    LoadedKernels single = compile(*target, getType(float()));
    LoadedKernels twice = compile(*target, getType(double()));
    ASSERT_TRUE(single && twice);
    for (const Function &function : kFunctions) {
      checkFunction<float>(single, function, function.boundF32 * factor);
      checkFunction<double>(twice, function, function.boundF64 * factor);
    }
  }
}

template <typename T>
void checkPow(const LoadedKernels &kernels, double bound) {
  double limit = sizeof(T) == 4 ? 88 : 709;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::vector<T> x, y;
  while (x.size() < kNumSamples) {
    // The exponent of the result is uniform over the whole range.
    T base = static_cast<T>(std::exp(limit * std::pow(unit(random), 5)));
    double wanted = 1.05 * limit * unit(random);
    x.push_back(base);
    y.push_back(static_cast<T>(wanted / std::log(double(base))));
  }
  std::vector<T> result = run<T>(kernels, "pow", {x, y});
  double worst = 0;
  size_t where = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    double ulps = getUlps(result[i], std::pow(static_cast<long double>(x[i]),
                                              static_cast<long double>(y[i])));
    if (!(ulps <= worst)) {
      worst = ulps;
      where = i;
    }
  }
  EXPECT_LE(worst, bound) << x[where] << " ^ " << y[where];
  if (getenv("NEAP_PRINT_ULPS"))
    printf("%-14s f%zu %.3f at %g %g\n", "pow", 8 * sizeof(T), worst,
           double(x[where]), double(y[where]));
}

template <typename T>
void checkSpecialPowers(const LoadedKernels &kernels) {
  const T inf = std::numeric_limits<T>::infinity();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> values{0,   T(-0.0), 1,        -1,   2,   -2,
                              3,   -3,      0.5,      -0.5, inf, -inf,
                              nan, T(1e30), T(-1e30), 7};
  std::vector<T> x, y;
  for (T base : values)
    for (T exponent : values) {
      x.push_back(base);
      y.push_back(exponent);
    }
  std::vector<T> result = run<T>(kernels, "pow", {x, y});
  for (size_t i = 0; i < x.size(); ++i) {
    T expected = std::pow(x[i], y[i]);
    EXPECT_LE(getUlps(result[i], expected), 2) << x[i] << " ^ " << y[i];
    if (!std::isnan(expected))
      EXPECT_EQ(std::signbit(result[i]), std::signbit(expected))
          << x[i] << " ^ " << y[i];
  }
}

TEST_F(PolynomialsTest, Powers) {
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    double factor = target->features.hasFma ? 1 : 1.5;
    LoadedKernels single = compile(*target, getType(float()));
    LoadedKernels twice = compile(*target, getType(double()));
    ASSERT_TRUE(single && twice);
    checkPow<float>(single, 1 * factor);
    checkPow<double>(twice, 2 * factor);
    checkSpecialPowers<float>(single);
    checkSpecialPowers<double>(twice);
  }
}

template <typename T>
void checkSpecials(const LoadedKernels &kernels, const Function &function) {
  const T inf = std::numeric_limits<T>::infinity();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const T max = std::numeric_limits<T>::max();
  const T tiny = std::numeric_limits<T>::denorm_min();
  std::string name = function.name;
  std::vector<T> x{0,  T(-0.0), 1,     -1,  inf,  -inf, nan, 2,
                   -2, tiny,    -tiny, 0.5, -0.5, 3,    max, -max};
  if (name == "expOfNegative")
    for (T &value : x)
      value = value > 0 ? -value : value;
  std::vector<T> y = run<T>(kernels, name, {x});
  for (size_t i = 0; i < x.size(); ++i) {
    long double expected = function.reference(x[i]);
    EXPECT_LE(getUlps(y[i], expected), 4.5) << name << " of " << x[i];
    if (expected == 0)
      EXPECT_EQ(std::signbit(y[i]), std::signbit(expected))
          << name << " of " << x[i];
  }
}

TEST_F(PolynomialsTest, SpecialValues) {
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    LoadedKernels single = compile(*target, getType(float()));
    LoadedKernels twice = compile(*target, getType(double()));
    ASSERT_TRUE(single && twice);
    for (const Function &function : kFunctions) {
      checkSpecials<float>(single, function);
      checkSpecials<double>(twice, function);
    }
  }
}

template <typename T>
void checkSameBits(const LoadedKernels &kernels, const LoadedKernels &others) {
  for (const Function &function : kFunctions) {
    std::vector<T> x = sample<T>(function.low, function.high, kNumSamples);
    std::vector<T> y = run<T>(kernels, function.name, {x});
    std::vector<T> z = run<T>(others, function.name, {x});
    EXPECT_EQ(memcmp(y.data(), z.data(), y.size() * sizeof(T)), 0)
        << function.name << " f" << 8 * sizeof(T);
  }
}

TEST_F(PolynomialsTest, BitsDoNotDependOnTheInstructionSet) {
  const CpuTarget *first = lookupCpuTarget("v3");
  if (!llvm::is_contained(getTestTargets(), first))
    GTEST_SKIP() << "needs fused multiply-add";
  LoadedKernels single = compile(*first, getType(float()));
  LoadedKernels twice = compile(*first, getType(double()));
  ASSERT_TRUE(single && twice);
  for (const CpuTarget *target : getTestTargets()) {
    if (target == first || !target->features.hasFma)
      continue;
    SCOPED_TRACE(describe(*target));
    checkSameBits<float>(single, compile(*target, getType(float())));
    checkSameBits<double>(twice, compile(*target, getType(double())));
  }
}

/// Returns the functions of angles, by one name each.
SmallVector<Function> getTrigonometricFunctions() {
  auto isFar = [](const Function &function) {
    return StringRef(function.name).ends_with("Far");
  };
  return llvm::filter_to_vector(ArrayRef(kFunctions), isFar);
}

TEST_F(PolynomialsTest, AnglesOfEverySize) {
  // A prime, so that all exponents meet all low bits.
  constexpr uint64_t kStride = 16411;
  std::vector<float> x;
  for (uint64_t bits = 0; bits < 0x7f800000; bits += kStride) {
    x.push_back(llvm::bit_cast<float>(static_cast<uint32_t>(bits)));
    x.push_back(-x.back());
  }
  x.resize(llvm::alignTo(x.size(), VectorEmitter::kLanes));
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    double factor = target->features.hasFma ? 1 : 1.5;
    LoadedKernels kernels = compile(*target, getType(float()));
    ASSERT_TRUE(kernels);
    for (const Function &function : getTrigonometricFunctions())
      checkFunctionAt<float>(kernels, function, function.boundF32 * factor, x);
  }
}

TEST_F(PolynomialsTest, AnglesNearMultiplesOfHalfPi) {
  // The f64 nearest to such a multiple (Muller 1997), angles where the roads of
  // the reduction meet, and neighbours of multiples of pi/2.
  std::vector<double> x{6381956970095103.0 * 0x1p797, 0x1p20, 0x1p49,
                        std::nextafter(0x1p20, 0x1p21),
                        std::nextafter(0x1p49, 0x1p50)};
  for (int power = 0; power < 1000; ++power)
    x.push_back(std::ldexp(1.57079632679489661923, power));
  size_t numPositive = x.size();
  for (size_t i = 0; i < numPositive; ++i)
    x.push_back(-x[i]);
  x.resize(llvm::alignTo(x.size(), VectorEmitter::kLanes));
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    double factor = target->features.hasFma ? 1 : 1.5;
    LoadedKernels kernels = compile(*target, getType(double()));
    ASSERT_TRUE(kernels);
    for (const Function &function : getTrigonometricFunctions())
      checkFunctionAt<double>(kernels, function, function.boundF64 * factor, x);
  }
}

/// Python's %, by way of fmod.
template <typename T>
T getModulo(T x, T y) {
  T rest = std::fmod(x, y);
  if (rest == 0)
    return std::copysign(T(0), y);
  return (rest < 0) != (y < 0) ? rest + y : rest;
}

/// Pairs of any bits: exponents far apart, subnormals, infinities and NaN; and
/// of quotients around where the roads part.
template <typename T>
void makePairs(std::vector<T> &x, std::vector<T> &y) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(-1, 1);
  const T inf = std::numeric_limits<T>::infinity();
  const T values[] = {0,
                      T(-0.0),
                      1,
                      -1,
                      3,
                      inf,
                      -inf,
                      -6.5,
                      7,
                      std::numeric_limits<T>::max(),
                      std::numeric_limits<T>::denorm_min(),
                      std::numeric_limits<T>::quiet_NaN()};
  for (T dividend : values)
    for (T divisor : values) {
      x.push_back(dividend);
      y.push_back(divisor);
    }
  while (x.size() < 40000) {
    x.push_back(llvm::bit_cast<T>(static_cast<Bits>(random())));
    y.push_back(llvm::bit_cast<T>(static_cast<Bits>(random())));
    y.push_back(static_cast<T>(unit(random)));
    double quotient = std::ldexp(1 + unit(random), random() % 60);
    x.push_back(static_cast<T>(std::floor(quotient) * y.back()));
  }
}

template <typename T>
void checkRemainders(const LoadedKernels &kernels) {
  std::vector<T> x, y;
  makePairs(x, y);
  std::vector<T> rests = run<T>(kernels, "remainder", {x, y});
  std::vector<T> moduli = run<T>(kernels, "modulo", {x, y});
  auto isEqual = [](T value, T expected) {
    return std::isnan(expected)
               ? std::isnan(value)
               : value == expected &&
                     std::signbit(value) == std::signbit(expected);
  };
  for (size_t i = 0; i < x.size(); ++i) {
    EXPECT_TRUE(isEqual(rests[i], std::fmod(x[i], y[i])))
        << std::hexfloat << x[i] << " rem " << y[i] << " is " << rests[i];
    EXPECT_TRUE(isEqual(moduli[i], getModulo(x[i], y[i])))
        << std::hexfloat << x[i] << " mod " << y[i] << " is " << moduli[i];
  }
}

TEST_F(PolynomialsTest, RemaindersAreExact) {
  for (const CpuTarget *target : getTestTargets()) {
    SCOPED_TRACE(describe(*target));
    LoadedKernels single = compile(*target, getType(float()));
    LoadedKernels twice = compile(*target, getType(double()));
    ASSERT_TRUE(single && twice);
    checkRemainders<float>(single);
    checkRemainders<double>(twice);
  }
}

} // namespace
