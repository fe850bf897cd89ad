// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// neap-dump-plan - prints the plan of a .neap file as text: the form of golden
// plans. The plan need not run here; what the verifier says of it is printed.
#include "runtime/plan/Container.h"
#include "runtime/plan/PlanVerifier.h"
#include "runtime/tools/ModelSummary.h"
#include "runtime/tools/OutputFile.h"
#include "runtime/tools/PlanPrinter.h"

#include <cstdio>
#include <cstring>

/// Returns the exit status after everything was printed.
static int finish() {
  neap::rt::Status status = neap::tools::flushStandardOutput();
  if (status.isOk())
    return 0;
  std::fprintf(stderr, "neap-dump-plan: error: %s\n", status.message().c_str());
  return 1;
}

int main(int argc, char **argv) {
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    std::puts("usage: neap-dump-plan MODEL.neap\n\n"
              "Prints the sections and the plan of a compiled model.\n"
              "Exit status: 0 done; 1 the file is damaged or its plan breaks a "
              "rule; 2 usage.");
    return finish();
  }
  if (argc != 2) {
    std::fputs("usage: neap-dump-plan MODEL.neap\n", stderr);
    return 2;
  }
  std::vector<neap_section_entry> sections;
  neap::plan::Plan plan;
  neap::rt::Status status = neap::tools::readModelFile(argv[1], sections, plan);
  if (!status.isOk()) {
    std::fprintf(stderr, "neap-dump-plan: error: %s: %s\n",
                 neap::rt::statusCodeName(static_cast<int>(status.code())),
                 status.message().c_str());
    return 1;
  }
  for (const neap_section_entry &section : sections)
    std::printf("section %s isa %s size %llu\n",
                neap::plan::sectionName(section.kind).c_str(),
                neap::plan::isaName(section.isa).c_str(),
                static_cast<unsigned long long>(section.size));
  std::fputs(neap::tools::printPlan(plan).c_str(), stdout);
  if (auto problem = neap::plan::verifyPlan(plan)) {
    std::fprintf(stderr, "neap-dump-plan: error: the plan breaks a rule: %s\n",
                 problem->c_str());
    return 1;
  }
  return finish();
}
