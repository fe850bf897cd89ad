// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ModelSummary.cpp - what a .neap file holds, for a person.
#include "runtime/tools/ModelSummary.h"

#include "runtime/base/Format.h"
#include "runtime/memory/MappedFile.h"
#include "runtime/plan/Container.h"
#include "runtime/plan/PlanReader.h"
#include "runtime/tools/HostTensor.h"

#include <algorithm>
#include <cstdio>

namespace neap::tools {
namespace {

using plan::Expr;
using rt::format;
using rt::quoted;
using rt::Status;
using rt::StatusCode;
using ULL = unsigned long long;

/// Expressions deeper than this are cut off in text.
constexpr int kMostDepth = 32;

std::string exprText(const plan::Plan &plan, const plan::Entry &entry,
                     uint32_t id, int depth) {
  if (id >= plan.exprs.size() || depth > kMostDepth)
    return "...";
  const Expr &expr = plan.exprs[id];
  size_t value = static_cast<size_t>(expr.value);
  switch (expr.op) {
  case Expr::Op::Constant:
    return std::to_string(expr.value);
  case Expr::Op::Symbol:
    return value < plan.symbols.size() ? plan.symbols[value].name : "...";
  case Expr::Op::Scalar:
    return value < entry.scalars.size() ? entry.scalars[value].name : "...";
  default:
    break;
  }
  std::string lhs = exprText(plan, entry, expr.lhs, depth + 1);
  std::string rhs = exprText(plan, entry, expr.rhs, depth + 1);
  switch (expr.op) {
  case Expr::Op::Add:
    return "(" + lhs + " + " + rhs + ")";
  case Expr::Op::Mul:
    return lhs + "*" + rhs;
  case Expr::Op::FloorDiv:
    return "floor(" + lhs + "/" + rhs + ")";
  case Expr::Op::CeilDiv:
    return "ceil(" + lhs + "/" + rhs + ")";
  case Expr::Op::Min:
    return "min(" + lhs + ", " + rhs + ")";
  case Expr::Op::Max:
    return "max(" + lhs + ", " + rhs + ")";
  default:
    return "...";
  }
}

/// Returns "12.3 MiB".
std::string sizeText(uint64_t bytes) {
  static const char *const kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit < 4; ++unit)
    value /= 1024;
  return format(unit == 0 ? "%.0f %s" : "%.2f %s", value, kUnits[unit]);
}

void printSection(const neap_section_entry &section, const std::string &isa) {
  std::string name = plan::isaName(section.isa);
  bool isUsed = section.kind == NEAP_SECTION_KERNELS && name == isa;
  std::printf("  %-12s %14llu bytes  %s%s\n",
              plan::sectionName(section.kind).c_str(), ULL(section.size),
              name.c_str(), isUsed ? ", used on this machine" : "");
}

void printBytes(const char *what, uint64_t bytes) {
  std::printf("  %-12s %14llu bytes  %s\n", what, ULL(bytes),
              sizeText(bytes).c_str());
}

/// Returns a / b, or 1 where both are 0.
double ratio(uint64_t a, uint64_t b) {
  if (b == 0)
    return a == 0 ? 1.0 : 0.0;
  return static_cast<double>(a) / static_cast<double>(b);
}

/// Prints `share`, and how far `bytes` are above `least`, which they cannot be
/// below.
void printRatio(const char *what, double share, uint64_t bytes,
                uint64_t least) {
  std::printf("  %s %.4f, ", what, share);
  if (bytes == least)
    std::printf("proved optimal\n");
  else
    std::printf("at most %.2f %% above the optimum\n",
                100 * (ratio(bytes, least) - 1));
}

void printMemory(const plan::Plan &plan, const plan::Entry &entry) {
  const plan::MemorySummary &memory = entry.memory;
  std::printf("memory\n");
  printBytes("peak", entry.arenaBytes + plan.constBytes + plan.stateBytes);
  printBytes("weights", plan.constBytes);
  printBytes("state", plan.stateBytes);
  printBytes("arena", entry.arenaBytes);
  printBytes("max-live", memory.maxLiveBytes);
  printBytes("lower bound", memory.lowerBoundBytes);
  // Offsets may need more than what lives at once; older files do not say it.
  printRatio("arena / max-live", ratio(entry.arenaBytes, memory.maxLiveBytes),
             entry.arenaBytes,
             std::max(memory.arenaLowerBoundBytes, memory.maxLiveBytes));
  printRatio("max-live / lower bound",
             ratio(memory.maxLiveBytes, memory.lowerBoundBytes),
             memory.maxLiveBytes, memory.lowerBoundBytes);
  if (!memory.peakTensors.empty())
    std::printf("alive at the peak\n");
  for (const plan::PeakTensor &tensor : memory.peakTensors)
    std::printf("  %14llu bytes  %s  %s\n", ULL(tensor.bytes),
                tensor.shape.c_str(), tensor.name.c_str());
}

} // namespace

std::string exprText(const plan::Plan &plan, const plan::Entry &entry,
                     uint32_t id) {
  return exprText(plan, entry, id, 0);
}

std::string tensorText(const plan::Plan &plan, const plan::Entry &entry,
                       const plan::Tensor &tensor) {
  std::string text = std::string(typeName(tensor.type)) + " [";
  for (size_t axis = 0; axis < tensor.dims.size(); ++axis)
    text +=
        (axis == 0 ? "" : ", ") + exprText(plan, entry, tensor.dims[axis], 0);
  return text + "]";
}

Status readModelFile(const std::string &path,
                     std::vector<neap_section_entry> &outSections,
                     plan::Plan &outPlan) {
  rt::MappedFile file;
  rt::FileView view;
  auto read = [&]() -> Status {
    NEAP_RETURN_IF_ERROR(file.open(path));
    NEAP_RETURN_IF_ERROR(file.map(0, file.sizeInBytes(), view));
    NEAP_RETURN_IF_ERROR(
        plan::readContainer(view.data(), file.sizeInBytes(), outSections));
    const neap_section_entry *section =
        plan::findSection(outSections, NEAP_SECTION_PLAN, NEAP_ISA_ANY);
    if (!section)
      return Status::error(StatusCode::DataLoss, "the file has no plan");
    NEAP_RETURN_IF_ERROR(plan::checkSection(view.data(), *section));
    return plan::readPlan(view.data() + section->offset, section->size,
                          outPlan);
  };
  return read().withContext(quoted(path));
}

Status printSummary(const std::string &path, const std::string &entryName,
                    const std::string &isa) {
  std::vector<neap_section_entry> sections;
  plan::Plan plan;
  NEAP_RETURN_IF_ERROR(readModelFile(path, sections, plan));
  const plan::Entry *entry = nullptr;
  for (const plan::Entry &candidate : plan.entries)
    if (candidate.name == entryName)
      entry = &candidate;
  if (!entry)
    return Status::error(StatusCode::NotFound, "there is no entry %s",
                         quoted(entryName).c_str());
  std::printf("%s, made by %s, at most %u threads\n", path.c_str(),
              plan.producer.c_str(), plan.maxThreads);
  for (const neap_section_entry &section : sections)
    printSection(section, isa);
  std::printf("entry %s: %zu commands, %zu kernels in the file\n",
              quoted(entry->name).c_str(), entry->body.commands.size(),
              plan.kernels.size());
  for (const plan::Tensor &tensor : entry->inputs)
    std::printf("  input  %s %s\n", quoted(tensor.name).c_str(),
                tensorText(plan, *entry, tensor).c_str());
  for (const plan::Tensor &tensor : entry->outputs)
    std::printf("  %s %s %s\n", tensor.isKept ? "kept  " : "output",
                quoted(tensor.name).c_str(),
                tensorText(plan, *entry, tensor).c_str());
  printMemory(plan, *entry);
  return Status();
}

} // namespace neap::tools
