// Watches over a collective call that blocks: warns when it takes long, and ends the job when it takes too
// long. For those that are made by all ranks at once, so that nobody has a reason to be late.
#pragma once

#include <string>
#include <thread>

#include "adapm/options.hpp"

namespace adapm::port {

class Deadline {
 public:
  /// `what` the ranks do together, for messages: "allocate memory".
  Deadline(const Options& options, int rank, std::string what);

 private:
  std::jthread thread_;
};

}  // namespace adapm::port
