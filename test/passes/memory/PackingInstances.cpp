// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/memory/PackingInstances.h"

#include <fstream>
#include <sstream>

namespace neap::test {

static std::ifstream open(const std::string &file) {
  return std::ifstream(std::string(NEAP_PACKING_INSTANCES) + "/" + file);
}

std::vector<LiveInterval> readHardInstance(const std::string &name) {
  std::ifstream file = open(name + ".1048576.csv");
  std::vector<LiveInterval> intervals;
  std::string line;
  std::getline(file, line); // the names of the columns
  char comma;
  while (std::getline(file, line)) {
    std::istringstream row(line);
    int64_t id;
    LiveInterval interval;
    if (row >> id >> comma >> interval.begin >> comma >> interval.end >>
        comma >> interval.sizeInBytes)
      intervals.push_back(interval);
  }
  return intervals;
}

std::vector<SolvedInstance> readGapInstances() {
  std::ifstream file = open("gap-instances.txt");
  std::vector<SolvedInstance> instances;
  std::string line;
  char comma;
  while (std::getline(file, line)) {
    std::istringstream row(line);
    SolvedInstance instance;
    row >> instance.leastPeak >> instance.maxLive;
    LiveInterval interval;
    while (row >> interval.begin >> comma >> interval.end >> comma >>
           interval.sizeInBytes)
      instance.intervals.push_back(interval);
    instances.push_back(std::move(instance));
  }
  return instances;
}

} // namespace neap::test
