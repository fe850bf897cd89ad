// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dimensions.cpp - the values of a session's named dimensions.
#include "runtime/executor/Dimensions.h"

#include "runtime/base/Format.h"
#include "runtime/plan/ExprEvaluator.h"

#include <algorithm>

namespace neap::rt {

namespace {

uint64_t countBytes(const plan::Tensor &tensor,
                    const std::vector<int64_t> &dims) {
  uint64_t bytes = plan::elementSizeInBytes(tensor.type);
  for (int64_t dim : dims)
    bytes *= static_cast<uint64_t>(dim);
  return bytes;
}

} // namespace

uint64_t TensorShape::sizeInBytes() const { return countBytes(*tensor, dims); }

uint64_t TensorShape::capacityInBytes() const {
  return countBytes(*tensor, capacity);
}

void Dimensions::initialize(const plan::Plan &thePlan,
                            const Program &theProgram, int64_t *theValues,
                            int64_t *theSymbols) {
  plan = &thePlan;
  program = &theProgram;
  values = theValues;
  symbols = theSymbols;
  bindings.assign(plan->symbols.size(), Binding::None);
  sources.assign(plan->symbols.size(), 0);
  for (size_t i = 0; i < plan->symbols.size(); ++i) {
    const plan::Symbol &symbol = plan->symbols[i];
    symbols[i] = symbol.hi;
    if (symbol.definition == 0 && symbol.lo == symbol.hi)
      bindings[i] = Binding::Explicit;
  }
  auto addShapes = [&](const std::vector<plan::Tensor> &tensors,
                       std::vector<TensorShape> &shapes) {
    for (const plan::Tensor &tensor : tensors) {
      shapes.emplace_back();
      shapes.back().tensor = &tensor;
      shapes.back().dims.resize(tensor.dims.size());
      shapes.back().capacity.resize(tensor.dims.size());
      for (uint32_t dim : tensor.dims)
        shapes.back().maxDims.push_back(program->ranges[dim].hi);
    }
  };
  addShapes(program->entry->inputs, inputShapes);
  addShapes(program->entry->outputs, outputShapes);
  for (size_t i = 0; i < inputShapes.size(); ++i) {
    const std::vector<uint32_t> &dims = inputShapes[i].tensor->dims;
    for (size_t axis = 0; axis < dims.size(); ++axis)
      if (plan->exprs[dims[axis]].op != plan::Expr::Op::Symbol &&
          program->ranges[dims[axis]].symbolsEnd != 0)
        computedAxes.push_back(
            {i, axis, plan::collectExprs(*plan, dims[axis])});
  }
  for (const TensorShape &output : outputShapes)
    for (uint32_t dim : output.tensor->dims)
      for (uint32_t id : plan::collectScalarExprs(*plan, program->ranges, dim))
        countedExprs.push_back(id);
  evaluate();
}

Status Dimensions::checkRange(uint32_t id, int64_t value) const {
  const plan::Symbol &symbol = plan->symbols[id];
  if (value >= symbol.lo && value <= symbol.hi &&
      (value - symbol.lo) % symbol.step == 0)
    return Status();
  return Status::error(
      StatusCode::InvalidArgument,
      "dimension %s is %lld, expected %lld..%lld in steps of %lld",
      quoted(symbol.name).c_str(), static_cast<long long>(value),
      static_cast<long long>(symbol.lo), static_cast<long long>(symbol.hi),
      static_cast<long long>(symbol.step));
}

Status Dimensions::bind(const std::string &name, int64_t value) {
  std::string known;
  for (uint32_t id = 0; id < plan->symbols.size(); ++id) {
    const plan::Symbol &symbol = plan->symbols[id];
    if (symbol.definition != 0)
      continue;
    known += (known.empty() ? "" : ", ") + symbol.name;
    if (symbol.name != name)
      continue;
    NEAP_RETURN_IF_ERROR(checkRange(id, value));
    symbols[id] = value;
    bindings[id] = Binding::Explicit;
    stale = true;
    evaluate();
    return Status();
  }
  return Status::error(
      StatusCode::NotFound, "there is no free dimension %s; the model has: %s",
      quoted(name).c_str(), known.empty() ? "none" : known.c_str());
}

Status Dimensions::setSymbol(uint32_t id, int64_t value, size_t input) {
  if (Status status = checkRange(id, value); !status.isOk())
    return std::move(status).withContext(
        "input " + quoted(inputShapes[input].tensor->name));
  stale |= symbols[id] != value;
  symbols[id] = value;
  bindings[id] = Binding::FromInput;
  sources[id] = input;
  return Status();
}

Status Dimensions::setFromInputs(const DLTensor *const *tensors) {
  std::replace(bindings.begin(), bindings.end(), Binding::FromInput,
               Binding::None);
  for (size_t i = 0; i < inputShapes.size(); ++i) {
    const plan::Tensor &tensor = *inputShapes[i].tensor;
    for (size_t axis = 0; axis < tensor.dims.size(); ++axis) {
      const plan::Expr &expr = plan->exprs[tensor.dims[axis]];
      if (expr.op != plan::Expr::Op::Symbol)
        continue;
      uint32_t id = static_cast<uint32_t>(expr.value);
      bool known = bindings[id] != Binding::None ||
                   plan->symbols[id].definition != 0 ||
                   tensors[i]->ndim != static_cast<int32_t>(tensor.dims.size());
      if (!known)
        NEAP_RETURN_IF_ERROR(setSymbol(id, tensors[i]->shape[axis], i));
    }
  }
  for (const ComputedAxis &computed : computedAxes) {
    const DLTensor &tensor = *tensors[computed.input];
    if (static_cast<size_t>(tensor.ndim) ==
        inputShapes[computed.input].dims.size())
      NEAP_RETURN_IF_ERROR(setFromSize(computed, tensor.shape[computed.axis]));
  }
  return Status();
}

std::optional<uint32_t>
Dimensions::findOneUnbound(const ComputedAxis &computed) const {
  std::optional<uint32_t> found;
  for (uint32_t expr : computed.exprs) {
    if (plan->exprs[expr].op != plan::Expr::Op::Symbol)
      continue;
    auto id = static_cast<uint32_t>(plan->exprs[expr].value);
    if (bindings[id] != Binding::None || found == id)
      continue;
    if (found || plan->symbols[id].definition != 0)
      return std::nullopt;
    found = id;
  }
  return found;
}

/// Assumes that the size grows by as much at every step of the symbol, and
/// tries whether it did.
std::optional<int64_t> Dimensions::solve(const ComputedAxis &computed,
                                         uint32_t id, int64_t size) {
  const plan::Symbol &symbol = plan->symbols[id];
  auto evaluateAt = [&](int64_t value) {
    symbols[id] = value;
    for (uint32_t expr : computed.exprs)
      values[expr] =
          plan::evaluateExpr(plan->exprs[expr], values, symbols, nullptr);
    return values[computed.exprs.back()];
  };
  int64_t numSteps = (symbol.hi - symbol.lo) / symbol.step;
  int64_t first = evaluateAt(symbol.lo), missing = size - first;
  if (missing == 0)
    return symbol.lo;
  int64_t growth = numSteps ? evaluateAt(symbol.lo + symbol.step) - first : 0;
  if (growth == 0 || missing % growth != 0 || missing / growth < 0 ||
      missing / growth > numSteps)
    return std::nullopt;
  int64_t value = symbol.lo + missing / growth * symbol.step;
  return evaluateAt(value) == size ? std::optional(value) : std::nullopt;
}

/// Gives the one symbol that an axis shows and nothing has bound yet its value.
Status Dimensions::setFromSize(const ComputedAxis &computed, int64_t size) {
  std::optional<uint32_t> id = findOneUnbound(computed);
  if (!id)
    return Status();
  // Trying values leaves what depends on them stale.
  stale = true;
  std::optional<int64_t> value = solve(computed, *id, size);
  symbols[*id] = plan->symbols[*id].hi;
  return value ? setSymbol(*id, *value, computed.input) : Status();
}

Status Dimensions::resolve(const DLTensor *const *tensors, bool &outChanged) {
  NEAP_RETURN_IF_ERROR(setFromInputs(tensors));
  for (uint32_t id = 0; id < plan->symbols.size(); ++id)
    if (program->usedSymbols[id] && plan->symbols[id].definition == 0 &&
        bindings[id] == Binding::None)
      return Status::error(StatusCode::FailedPrecondition,
                           "dimension %s is not bound and no input shows it; "
                           "bind it (neap-run --dim %s=N)",
                           quoted(plan->symbols[id].name).c_str(),
                           plan->symbols[id].name.c_str());
  outChanged = stale;
  if (!stale) {
    if (!countedExprs.empty())
      updateShapes(outputShapes);
    return Status();
  }
  evaluate();
  for (const Program::Definition &definition : program->definitions)
    if (program->usedSymbols[definition.symbol])
      NEAP_RETURN_IF_ERROR(
          checkRange(definition.symbol,
                     values[plan->symbols[definition.symbol].definition - 1]));
  stale = false;
  return Status();
}

std::string Dimensions::explainSize(const TensorShape &shape,
                                    const DLTensor &tensor) const {
  size_t axis = 0;
  if (tensor.ndim != static_cast<int32_t>(shape.dims.size()))
    return "";
  while (axis < shape.dims.size() && shape.capacity[axis] == tensor.shape[axis])
    ++axis;
  if (axis == shape.dims.size())
    return "";
  if (isCounted(shape.tensor->dims[axis]))
    return format("axis %zu is counted by the run, which needs room for the "
                  "most",
                  axis);
  std::string reasons;
  for (uint32_t expr : plan::collectExprs(*plan, shape.tensor->dims[axis])) {
    if (plan->exprs[expr].op != plan::Expr::Op::Symbol)
      continue;
    auto id = static_cast<size_t>(plan->exprs[expr].value);
    reasons += (reasons.empty() ? "" : ", ") + plan->symbols[id].name + " = " +
               std::to_string(symbols[id]);
    if (bindings[id] == Binding::FromInput)
      reasons +=
          " (input " + quoted(inputShapes[sources[id]].tensor->name) + ")";
  }
  if (reasons.empty())
    return "";
  return format("axis %zu follows from %s", axis, reasons.c_str());
}

/// What is not bound counts as its upper bound, so a definition may be outside
/// its range here: it is clamped, and an error only in resolve.
void Dimensions::evaluate() {
  auto compute = [&](uint32_t id) {
    const plan::ExprRange &range = program->ranges[id];
    if (!range.problem && !range.usesScalars)
      values[id] =
          plan::evaluateExpr(plan->exprs[id], values, symbols, nullptr);
  };
  for (const Program::Definition &definition : program->definitions) {
    const uint32_t *ids = program->definitionExprs.data();
    for (uint32_t i = definition.begin; i < definition.end; ++i)
      compute(ids[i]);
    const plan::Symbol &symbol = plan->symbols[definition.symbol];
    int64_t value = values[symbol.definition - 1];
    symbols[definition.symbol] = std::clamp(value, symbol.lo, symbol.hi);
  }
  for (uint32_t id = 0; id < plan->exprs.size(); ++id)
    compute(id);
  updateShapes(inputShapes);
  updateShapes(outputShapes);
}

void Dimensions::updateShapes(std::vector<TensorShape> &shapes) {
  for (TensorShape &shape : shapes)
    for (size_t axis = 0; axis < shape.dims.size(); ++axis) {
      uint32_t id = shape.tensor->dims[axis];
      shape.dims[axis] = isCounted(id) ? shape.maxDims[axis] : values[id];
      shape.capacity[axis] = shape.dims[axis];
    }
}

void Dimensions::setCounted(const int64_t *scalars) {
  for (uint32_t id : countedExprs)
    values[id] = plan::evaluateExpr(plan->exprs[id], values, symbols, scalars);
  for (TensorShape &shape : outputShapes)
    for (size_t axis = 0; axis < shape.dims.size(); ++axis)
      if (isCounted(shape.tensor->dims[axis]))
        shape.dims[axis] = values[shape.tensor->dims[axis]];
}

} // namespace neap::rt
