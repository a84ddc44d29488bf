// The bold driver: the step grows while the loss falls and is cut when it rises.
#pragma once

#include <limits>

namespace adapm::mf {

struct BoldDriver {
  double step = 0.1;
  double loss = std::numeric_limits<double>::infinity();  ///< of the last epoch

  static constexpr double growth = 1.05;
  static constexpr double cut = 0.5;

  /// The training loss after an epoch; a loss that is not a number has risen.
  void observe(double new_loss) {
    step *= new_loss < loss ? growth : cut;
    loss = new_loss;
  }
};

}  // namespace adapm::mf
