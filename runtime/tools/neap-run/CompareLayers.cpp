// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CompareLayers.cpp - neap-run --compare: kept values and outputs beside
// reference tensors, in the order of the layers.
#include "runtime/base/Format.h"
#include "runtime/tools/CompareTensors.h"
#include "runtime/tools/FileName.h"
#include "runtime/tools/TensorFile.h"
#include "runtime/tools/neap-run/Runner.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>
#include <unistd.h>

namespace neap::tools {

using rt::format;
using rt::quoted;

namespace {

/// Returns why a tensor cannot be compared with `reference`, or nothing.
std::string findMismatch(const neap_tensor_info_t &got,
                         const HostTensor &reference) {
  plan::ElementType type = fromDataType(got.dtype);
  std::vector<int64_t> shape(got.dims, got.dims + got.ndim);
  // NumPy has no bfloat16: its values are in files as float32.
  bool fits =
      type == reference.type || (isFloat(type) && isFloat(reference.type));
  if (fits && shape == reference.shape)
    return "";
  return format(
      "expected %s %s as in the reference, got %s %s", typeName(reference.type),
      shapeText(reference.shape.data(), reference.shape.size()).c_str(),
      typeName(type), shapeText(shape.data(), shape.size()).c_str());
}

/// Returns `part / whole`; 0 of nothing.
double getShare(double part, double whole) {
  return part == 0 ? 0 : part / whole;
}

std::string describe(const Deviation &deviation) {
  std::string text = format(
      "max abs error %.3g, %.3g of the range, %.3g of the tolerance",
      deviation.maxAbsError, getShare(deviation.maxAbsError, deviation.range),
      getShare(deviation.maxAbsError, deviation.tolerance));
  if (deviation.numUnequal != 0)
    text += format(", %llu elements unequal",
                   static_cast<unsigned long long>(deviation.numUnequal));
  return text;
}

/// Returns the value and the layer that makes it.
std::string describe(const char *name, const neap_layer_info_t &layer) {
  std::string text = quoted(name);
  if (layer.name[0] != '\0')
    text += " of layer " + quoted(layer.name);
  return text;
}

} // namespace

std::vector<size_t> Runner::getLayerOrder() const {
  std::vector<size_t> order(outputs.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return session->outputLayer(a).position < session->outputLayer(b).position;
  });
  return order;
}

rt::Status Runner::compareLayers(bool &outEqual) {
  FILE *out = options.json ? stderr : stdout;
  std::vector<std::string> files;
  std::set<std::string> taken;
  for (size_t i = 0; i < outputs.size(); ++i)
    files.push_back(options.compareDir + "/" +
                    getFileName(session->output(i).name, i, taken));
  std::string first;
  size_t numCompared = 0, numDiffering = 0;
  for (size_t i : getLayerOrder()) {
    std::string what =
        describe(session->output(i).name, session->outputLayer(i));
    if (access(files[i].c_str(), F_OK) != 0) {
      std::fprintf(out, "missing    %s: there is no %s\n", what.c_str(),
                   quoted(files[i]).c_str());
      continue;
    }
    HostTensor reference;
    NEAP_RETURN_IF_ERROR(readTensorFile(files[i], reference));
    neap_tensor_info_t info = session->output(i);
    std::string problem = findMismatch(info, reference);
    bool isEqual = false;
    if (problem.empty()) {
      Deviation deviation =
          measureDeviation(fromDataType(info.dtype), outputs[i].data<uint8_t>(),
                           reference.type, reference.bytes.data(),
                           info.size_in_bytes / plan::elementSizeInBytes(
                                                    fromDataType(info.dtype)));
      isEqual = deviation.isEqual();
      problem = describe(deviation);
    }
    std::fprintf(out, "%s %s: %s\n", isEqual ? "equal     " : "different ",
                 what.c_str(), problem.c_str());
    ++numCompared;
    numDiffering += !isEqual;
    if (!isEqual && first.empty())
      first = what;
  }
  if (numCompared == 0)
    return rt::Status::error(rt::StatusCode::NotFound,
                             "%s has no reference for any output or kept value",
                             quoted(options.compareDir).c_str());
  outEqual = numDiffering == 0;
  std::fprintf(out, "%zu of %zu values compared, %zu different\n", numCompared,
               outputs.size(), numDiffering);
  if (!outEqual)
    std::fprintf(out, "the first that differs is %s\n", first.c_str());
  return rt::Status();
}

} // namespace neap::tools
