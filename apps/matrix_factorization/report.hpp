// What a run of matrix_factorization tells.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "common/report.hpp"
#include "matrix_factorization/dataset.hpp"
#include "matrix_factorization/evaluation.hpp"
#include "matrix_factorization/options.hpp"

namespace adapm::mf {

class Report : public apps::Report {
 public:
  Report(const MfOptions& options, bool first_rank)
      : apps::Report(options, first_rank, "matrix_factorization", "cells"), options_(options) {}

  void start(const Dataset& data, int num_ranks);
  /// The model that training starts from.
  void initial(std::uint64_t epochs_before, const Loss& loss, double step);
  /// An epoch trained with `step`, and the loss after it.
  void epoch(const apps::EpochMeasures& measures, const Loss& loss, double step,
             apps::Seconds evaluation_seconds);

 private:
  std::string describe(const Loss& loss);
  [[nodiscard]] std::string quality() const override;

  const MfOptions& options_;
  double best_test_rmse_ = std::numeric_limits<double>::infinity();
};

}  // namespace adapm::mf
