// Where a benchmark's figures go for programs to read: one JSON object a line.
#pragma once

#include <string>

#include "common/metrics.hpp"

namespace adapm::bench {

/// Without a path, or on a rank that is not the one to write, nothing is written.
inline apps::MetricsFile figures_file(const std::string& path, bool writes = true) {
  return path.empty() || !writes ? apps::MetricsFile() : apps::MetricsFile(path);
}

}  // namespace adapm::bench
