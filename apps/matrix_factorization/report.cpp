#include "matrix_factorization/report.hpp"

#include <algorithm>
#include <cmath>

#include "common/text.hpp"

namespace adapm::mf {

using apps::formatted;

namespace {

void add_loss(apps::JsonObject& json, const Loss& loss, double step) {
  json.add("step", step).add("train_loss", loss.total()).add("train_rmse", loss.train_rmse());
  if (loss.test_cells > 0) json.add("test_loss", loss.test_errors).add("test_rmse", loss.test_rmse());
}

}  // namespace

void Report::start(const Dataset& data, int num_ranks) {
  note(formatted("matrix_factorization: %s, rank %lld; %d ranks x %lld threads", options_.algorithm.c_str(),
                 static_cast<long long>(options_.rank), num_ranks, static_cast<long long>(options_.threads)));
  note(formatted("data: %u x %u, %llu / %llu cells (train / test)", data.rows, data.columns,
                 static_cast<unsigned long long>(data.train_cells),
                 static_cast<unsigned long long>(data.test_cells)));
}

void Report::initial(std::uint64_t epochs_before, const Loss& loss, double step) {
  if (!first_rank()) return;
  note("before training: " + describe(loss));
  add_loss(line(epochs_before), loss, step);
}

void Report::epoch(const apps::EpochMeasures& measures, const Loss& loss, double step,
                   apps::Seconds evaluation_seconds) {
  if (!first_rank()) return;
  apps::JsonObject& json =
      apps::Report::epoch(measures, loss.train_cells, describe(loss) + formatted(", step %.4g", step));
  json.add("evaluation_seconds", evaluation_seconds.count());
  add_loss(json, loss, step);
}

std::string Report::describe(const Loss& loss) {
  std::string text = formatted("train loss %.6g, RMSE %.5f", loss.total(), loss.train_rmse());
  if (loss.test_cells == 0) return text;
  best_test_rmse_ = std::min(best_test_rmse_, loss.test_rmse());
  return text + formatted(", test RMSE %.5f", loss.test_rmse());
}

std::string Report::quality() const {
  if (std::isinf(best_test_rmse_)) return {};
  return formatted("best test RMSE %.5f", best_test_rmse_);
}

}  // namespace adapm::mf
