// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// InspectionPrinter.cpp - a ModelInspection as text: a word that says what a
// line is about, then the fact.
#include "frontends/onnx/Inspector.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace neap;
using namespace neap::frontend;

/// Starts the line about `what`.
static llvm::raw_ostream &line(llvm::raw_ostream &os, llvm::StringRef what) {
  return os << llvm::left_justify(what, 12);
}

/// Returns `count` things, such as "1 node" or "2 nodes".
static std::string count(uint64_t number, const char *thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

static std::string print(const TensorTotal &total) {
  return count(total.count, "tensor") + ", " + count(total.sizeInBytes, "byte");
}

static std::string quoteAll(llvm::ArrayRef<std::string> names) {
  return "'" + llvm::join(names, "', '") + "'";
}

static void printFile(const ModelInspection &inspection,
                      llvm::raw_ostream &os) {
  line(os, "producer") << (inspection.producer.empty() ? "not named"
                                                       : inspection.producer)
                       << "\n";
  line(os, "ir version") << inspection.irVersion << "\n";
  for (const auto &[domain, version] : inspection.opsets)
    line(os, "opset") << domain << " " << version << "\n";
  if (inspection.numFunctions)
    line(os, "functions") << inspection.numFunctions << "\n";
  for (const ModelInspection::Value &value : inspection.inputs)
    line(os, "input") << "'" << value.name << "' " << value.type << "\n";
  for (const ModelInspection::Value &value : inspection.outputs)
    line(os, "output") << "'" << value.name << "' " << value.type << "\n";
  if (!inspection.dims.empty())
    line(os, "dimensions") << quoteAll(inspection.dims) << "\n";
  if (!inspection.unboundDims.empty())
    line(os, "to bind") << quoteAll(inspection.unboundDims)
                        << ", as in --dim=" << inspection.unboundDims.front()
                        << "=1\n";
}

static void printWeights(const ModelInspection &inspection,
                         llvm::raw_ostream &os) {
  line(os, "parameters") << print(inspection.initializers) << "\n";
  if (inspection.constants.count)
    line(os, "constants") << print(inspection.constants)
                          << " in attributes of nodes\n";
  for (const auto &[place, total] : inspection.places)
    line(os, "stored") << print(total) << " "
                       << (place.empty() ? "with the graph" : "in " + place)
                       << "\n";
  if (!inspection.weightsProblem.empty())
    line(os, "missing") << inspection.weightsProblem << "\n";
  for (const auto &shared : inspection.shared)
    line(os, "shared") << "'" << shared.name << "' "
                       << count(shared.sizeInBytes, "byte") << ", read by "
                       << quoteAll(shared.readers) << "\n";
}

static void printOps(const ModelInspection &inspection, llvm::raw_ostream &os) {
  size_t numNodes = 0;
  for (const auto &entry : inspection.ops)
    numNodes += entry.second;
  line(os, "nodes") << numNodes << "\n";
  for (const auto &[op, number] : inspection.ops) {
    const auto &[domain, name, version] = op;
    line(os, "op") << (domain.empty() ? "" : domain + ".") << name
                   << " version " << version << ": " << number << "\n";
  }
}

/// Returns what `problem` is, without the node that has it.
static std::string getReason(const ModelProblem &problem) {
  if (problem.op.empty())
    return problem.message;
  return "op " + problem.op + " (opset " + std::to_string(problem.opset) +
         "): " + problem.message;
}

/// Prints problems: nodes of one op with one reason together.
static void printProblems(llvm::StringRef what,
                          llvm::ArrayRef<ModelProblem> problems,
                          llvm::raw_ostream &os) {
  std::vector<std::string> reasons;
  llvm::StringMap<std::vector<std::string>> nodes;
  for (const ModelProblem &problem : problems) {
    auto [entry, isNew] = nodes.try_emplace(getReason(problem));
    if (isNew)
      reasons.push_back(entry->first().str());
    if (!problem.op.empty())
      entry->second.push_back(problem.name);
  }
  for (const std::string &reason : reasons) {
    line(os, what) << reason << "\n";
    for (const std::string &name : nodes[reason])
      line(os, "") << "node '" << name << "'\n";
  }
}

void neap::printInspection(const ModelInspection &inspection,
                           llvm::raw_ostream &os) {
  printFile(inspection, os);
  printWeights(inspection, os);
  printOps(inspection, os);
  if (!inspection.refusal.empty())
    line(os, "refused") << inspection.refusal << "\n";
  printProblems("unsupported", inspection.unsupported, os);
  printProblems("needs sizes", inspection.needSizes, os);
  if (inspection.numUnjudged)
    line(os, "not judged") << count(inspection.numUnjudged, "node")
                           << " behind or inside what is not supported\n";
  line(os, "supported") << (inspection.isSupported() ? "yes" : "no");
  if (inspection.isSupported() && !inspection.needSizes.empty())
    os << ", if sizes are bound that fit";
  os << "\n";
}
