// Column after column: a column's factor is pulled once for up to a batch of its cells. The rows are the
// worker's own and stay out of the store for an epoch. Workers are at different columns mostly, so little is
// stale.
#include <deque>
#include <numeric>

#include "common/random.hpp"
#include "matrix_factorization/gradient_step.hpp"
#include "matrix_factorization/learner.hpp"
#include "matrix_factorization/local_factors.hpp"

namespace adapm::mf {

namespace {

/// Sorts cells by column; the cells of column j are [result[j], result[j + 1]).
std::vector<std::size_t> sort_by_column(std::vector<Cell>& cells, Index columns) {
  std::vector<std::size_t> begins(std::size_t{columns} + 1);
  for (const Cell& cell : cells) ++begins[cell.column + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::size_t> next = begins;
  std::vector<Cell> sorted(cells.size());
  for (const Cell& cell : cells) sorted[next[cell.column]++] = cell;
  cells = std::move(sorted);
  return begins;
}

class Columnwise : public apps::Learner {
 public:
  Columnwise(Worker<float>& worker, WorkerCells& cells, const LearnerSetting& setting,
             apps::WorkerPlace place)
      : worker_(worker),
        setting_(setting),
        place_(place),
        cells_(cells),
        next_epoch_(setting.first_epoch),
        begins_(sort(cells.train, setting.shape.columns, random_of(0))),
        row_regularisers_(regularisers(
            setting.lambda, std::span(setting.data.row_cells).subspan(cells.first_row, cells.rows()))),
        rows_(worker, setting.shape.value_length()),
        next_clock_(worker.current_clock()),
        value_(setting.shape.value_length()),
        update_(value_.size()) {
    for (Index j = 0; j < setting.shape.columns; ++j) {
      if (cells_of(j).size() > 0) columns_.push_back(j);
    }
    order_ = columns_;
    position_ = order_.size();
    draw();
  }

  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override {
    const auto step = static_cast<float>(setting_.driver.step);
    std::size_t done = 0;
    rows_.load(setting_.shape.row_keys(cells_.first_row, cells_.last_row));
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const Index column = upcoming_.front();
      upcoming_.pop_front();
      upcoming_cells_ -= cells_of(column).size();
      draw();
      learn_column(column, step);
      worker_.advance_clock();
      done += cells_of(column).size();
      epoch.update(static_cast<double>(done * place_.count));
    }
    rows_.write_back();
    return {};
  }

 private:
  static std::vector<std::size_t> sort(std::vector<Cell>& cells, Index columns, apps::Random random) {
    apps::shuffle(cells, random);
    return sort_by_column(cells, columns);
  }

  [[nodiscard]] apps::Random random_of(std::uint64_t epoch) const {
    return apps::Random({setting_.seed, 6, place_.index, place_.count, epoch});
  }

  [[nodiscard]] std::span<const Cell> cells_of(Index column) const {
    return std::span(cells_.train).subspan(begins_[column], begins_[column + 1] - begins_[column]);
  }

  /// Draws and announces columns until the cells of the upcoming ones are `intent_ahead`, over the ends of
  /// epochs.
  void draw() {
    if (order_.empty()) return;
    while (upcoming_.empty() || upcoming_cells_ < setting_.intent_ahead) {
      if (position_ == order_.size()) {
        apps::Random random = random_of(next_epoch_++);
        apps::shuffled_copy<Index>(columns_, order_, random);
        position_ = 0;
      }
      const Index column = order_[position_++];
      const Key key = setting_.shape.column_key(column);
      if (setting_.intent_ahead > 0) worker_.intent({&key, 1}, next_clock_);
      ++next_clock_;
      upcoming_.push_back(column);
      upcoming_cells_ += cells_of(column).size();
    }
  }

  void learn_column(Index column, float step) {
    const Key key = setting_.shape.column_key(column);
    std::span<const Cell> left = cells_of(column);
    while (!left.empty()) {
      const auto batch = left.first(std::min(setting_.batch, left.size()));
      left = left.subspan(batch.size());
      worker_.wait(worker_.pull({&key, 1}, value_));
      update_ = value_;
      train_cells(batch, setting_.shape.rank, {rows_.values(), row_regularisers_.data(), cells_.first_row},
                  {value_.data(), &setting_.column_regularisers[column], column}, step);
      for (std::size_t i = 0; i < value_.size(); ++i) update_[i] = value_[i] - update_[i];
      worker_.wait(worker_.push({&key, 1}, update_));
    }
  }

  Worker<float>& worker_;
  const LearnerSetting setting_;
  const apps::WorkerPlace place_;
  WorkerCells& cells_;
  std::uint64_t next_epoch_;               // that is drawn
  const std::vector<std::size_t> begins_;  // in cells_.train, by column
  const std::vector<float> row_regularisers_;
  LocalFactors rows_;
  std::vector<Index> columns_;  // with cells
  std::vector<Index> order_;    // of these in the epoch that is drawn
  std::size_t position_ = 0;    // in order_: what is drawn next
  std::deque<Index> upcoming_;  // drawn and announced
  std::size_t upcoming_cells_ = 0;
  Clock next_clock_;  // of the column that is drawn next
  std::vector<float> value_;
  std::vector<float> update_;
};

}  // namespace

std::unique_ptr<apps::Learner> make_columnwise(Worker<float>& worker, WorkerCells& cells,
                                               const LearnerSetting& setting, apps::WorkerPlace place) {
  return std::make_unique<Columnwise>(worker, cells, setting, place);
}

}  // namespace adapm::mf
