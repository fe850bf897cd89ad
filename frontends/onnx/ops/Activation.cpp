// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activation.cpp - see Activation.h. Each formula is that of the ONNX
// operator's page; where it overflows, an equal one that does not.
#include "frontends/onnx/ops/Activation.h"

#include "frontends/onnx/NodeContext.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace neap;
using namespace neap::frontend;

/// Sets the output to `compute(builder, input)`.
template <typename Compute>
static LogicalResult importWith(NodeContext &node, Compute compute) {
  Value input = node.getInput(0);
  if (!input)
    return failure();
  return node.setOutput(0, compute(node.build(), input));
}

/// 1 / (1 + exp(-x))
static Value buildSigmoid(GraphBuilder &build, Value x) {
  Value power = build.unary<ExpOp>(build.unary<NegOp>(x));
  return build.binary<DivOp>(build.splatLike(x, 1),
                             build.binary<AddOp>(power, 1));
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)). What the inner sum u = 1 +
/// power loses of a small power is added: log(u + lost) = log(u) + lost / u.
static Value buildSoftplus(GraphBuilder &build, Value x) {
  Value power = build.unary<ExpOp>(build.unary<NegOp>(build.unary<AbsOp>(x)));
  Value sum = build.binary<AddOp>(power, 1);
  Value lost = build.binary<SubOp>(power, build.binary<SubOp>(sum, 1));
  Value logarithm = build.binary<AddOp>(build.unary<LogOp>(sum),
                                        build.binary<DivOp>(lost, sum));
  return build.binary<AddOp>(build.binary<MaxOp>(x, 0.0), logarithm);
}

/// max(0, min(1, alpha x + beta))
static Value buildHardSigmoid(GraphBuilder &build, Value x, double alpha,
                              double beta) {
  Value line = build.binary<AddOp>(build.binary<MulOp>(x, alpha), beta);
  return build.binary<MaxOp>(build.binary<MinOp>(line, 1), 0.0);
}

/// exp(x) - 1
static Value buildExpMinusOne(GraphBuilder &build, Value x) {
  return build.binary<SubOp>(build.unary<ExpOp>(x), 1);
}

/// x where positive, else `negative`.
static Value selectPositive(GraphBuilder &build, Value x, Value negative) {
  return build.select(build.compare(ComparePredicate::LT, x, 0.0), negative, x);
}

LogicalResult neap::frontend::importSigmoid(NodeContext &node) {
  return importWith(node, buildSigmoid);
}

LogicalResult neap::frontend::importSoftplus(NodeContext &node) {
  return importWith(node, buildSoftplus);
}

LogicalResult neap::frontend::importRelu(NodeContext &node) {
  return importWith(node, [](GraphBuilder &build, Value x) {
    return build.binary<MaxOp>(x, 0.0);
  });
}

LogicalResult neap::frontend::importSoftsign(NodeContext &node) {
  return importWith(node, [](GraphBuilder &build, Value x) {
    return build.binary<DivOp>(x,
                               build.binary<AddOp>(build.unary<AbsOp>(x), 1));
  });
}

LogicalResult neap::frontend::importMish(NodeContext &node) {
  return importWith(node, [](GraphBuilder &build, Value x) {
    return build.binary<MulOp>(x, build.unary<TanhOp>(buildSoftplus(build, x)));
  });
}

LogicalResult neap::frontend::importSwish(NodeContext &node) {
  double alpha = node.getFloat("alpha", 1);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    Value scaled = alpha == 1 ? x : build.binary<MulOp>(x, alpha);
    return build.binary<MulOp>(x, buildSigmoid(build, scaled));
  });
}

LogicalResult neap::frontend::importElu(NodeContext &node) {
  double alpha = node.getFloat("alpha", 1);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    return selectPositive(
        build, x, build.binary<MulOp>(buildExpMinusOne(build, x), alpha));
  });
}

LogicalResult neap::frontend::importSelu(NodeContext &node) {
  // Defaults of ONNX Selu-6, as 32-bit floats.
  double alpha = node.getFloat("alpha", 1.67326319217681884765625);
  double gamma = node.getFloat("gamma", 1.05070102214813232421875);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    Value negative = build.binary<MulOp>(buildExpMinusOne(build, x), alpha);
    return build.binary<MulOp>(selectPositive(build, x, negative), gamma);
  });
}

LogicalResult neap::frontend::importCelu(NodeContext &node) {
  double alpha = node.getFloat("alpha", 1);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    Value power = buildExpMinusOne(build, build.binary<DivOp>(x, alpha));
    return build.binary<AddOp>(
        build.binary<MaxOp>(x, 0.0),
        build.binary<MinOp>(build.binary<MulOp>(power, alpha), 0.0));
  });
}

LogicalResult neap::frontend::importHardSigmoid(NodeContext &node) {
  double alpha = node.getFloat("alpha", 0.2f),
         beta = node.getFloat("beta", 0.5);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    return buildHardSigmoid(build, x, alpha, beta);
  });
}

LogicalResult neap::frontend::importHardSwish(NodeContext &node) {
  return importWith(node, [](GraphBuilder &build, Value x) {
    return build.binary<MulOp>(x, buildHardSigmoid(build, x, 1.0 / 6, 0.5));
  });
}

LogicalResult neap::frontend::importLeakyRelu(NodeContext &node) {
  double alpha = node.getFloat("alpha", 0.01f);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    return selectPositive(build, x, build.binary<MulOp>(x, alpha));
  });
}

LogicalResult neap::frontend::importPRelu(NodeContext &node) {
  Value input = node.getInput(0), slope = input ? node.getInput(1) : nullptr;
  if (!slope)
    return failure();
  FailureOr<Value> wide = node.broadcastTo(slope, getDimsOf(input));
  if (failed(wide))
    return failure();
  if (getElementTypeOf(slope) != getElementTypeOf(input))
    return node.emitError()
           << "expected a slope of type " << getElementTypeOf(input) << ", got "
           << getElementTypeOf(slope);
  GraphBuilder &build = node.build();
  return node.setOutput(
      0, selectPositive(build, input, build.binary<MulOp>(input, *wide)));
}

LogicalResult neap::frontend::importThresholdedRelu(NodeContext &node) {
  double alpha = node.getFloat("alpha", 1);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    return build.select(build.compare(ComparePredicate::GT, x, alpha), x,
                        build.splatLike(x, 0));
  });
}

LogicalResult neap::frontend::importShrink(NodeContext &node) {
  double lambda = node.getFloat("lambd", 0.5), bias = node.getFloat("bias", 0);
  return importWith(node, [&](GraphBuilder &build, Value x) {
    Value high =
        build.select(build.compare(ComparePredicate::GT, x, lambda),
                     build.binary<SubOp>(x, bias), build.splatLike(x, 0));
    return build.select(build.compare(ComparePredicate::LT, x, -lambda),
                        build.binary<AddOp>(x, bias), high);
  });
}

/// 0.5 x (1 + erf(x / sqrt 2)), or the approximation by tanh of Hendrycks and
/// Gimpel 2016.
LogicalResult neap::frontend::importGelu(NodeContext &node) {
  StringRef approximation = node.getString("approximate", "none");
  if (approximation != "none" && approximation != "tanh")
    return node.emitError() << "expected approximate none or tanh, got '"
                            << approximation << "'";
  return importWith(node, [&](GraphBuilder &build, Value x) {
    Value curve;
    if (approximation == "none") {
      curve =
          build.unary<ErfOp>(build.binary<MulOp>(x, llvm::numbers::sqrt2 / 2));
    } else {
      Value cube = build.binary<MulOp>(build.binary<MulOp>(x, x), x);
      Value sum = build.binary<AddOp>(x, build.binary<MulOp>(cube, 0.044715));
      double scale = llvm::numbers::sqrt2 * llvm::numbers::inv_sqrtpi;
      curve = build.unary<TanhOp>(build.binary<MulOp>(sum, scale));
    }
    return build.binary<MulOp>(build.binary<MulOp>(x, 0.5),
                               build.binary<AddOp>(curve, 1));
  });
}
