// Cells in random order. A batch of cells makes one pull of all its rows and columns and one push of what
// they have changed by; within it the cells follow each other on a copy in which each factor is once. Intents
// are signalled for windows of many batches: a column that is in many of them is announced once.
#include <algorithm>
#include <array>
#include <deque>
#include <numeric>

#include "common/bounded_pushes.hpp"
#include "common/distinct_keys.hpp"
#include "common/key_numbers.hpp"
#include "common/random.hpp"
#include "matrix_factorization/gradient_step.hpp"
#include "matrix_factorization/learner.hpp"

namespace adapm::mf {

namespace {

class PlainSgd : public apps::Learner {
 public:
  PlainSgd(Worker<float>& worker, WorkerCells& cells, const LearnerSetting& setting, apps::WorkerPlace place)
      : worker_(worker),
        setting_(setting),
        place_(place),
        cells_(cells),
        row_regularisers_(regularisers(
            setting.lambda, std::span(setting.data.row_cells).subspan(cells.first_row, cells.rows()))),
        random_({setting.seed, 6, place.index, place.count}),
        next_clock_(worker.current_clock()),
        announced_(setting.shape.num_keys()),
        pushes_(worker) {
    shuffle_as_before();
    draw();
  }

  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override {
    const auto step = static_cast<float>(setting_.driver.step);
    std::size_t done = 0;
    while (done < cells_.train.size()) {
      const std::vector<Cell> window = std::move(windows_.front());
      windows_.pop_front();
      drawn_ahead_ -= window.size();
      draw();
      for (std::size_t i = 0; i < window.size(); i += setting_.batch) {
        learn_batch(std::span(window).subspan(i, std::min(setting_.batch, window.size() - i)), step);
        worker_.advance_clock();
      }
      done += window.size();
      epoch.update(static_cast<double>(done * place_.count));
    }
    return {};
  }

 private:
  static constexpr std::size_t windows_ahead = 4;
  static constexpr std::size_t cells_per_shuffle = 64;

  /// Draws and announces windows until `intent_ahead` cells are drawn, over the ends of epochs.
  void draw() {
    std::vector<Cell>& all = cells_.train;
    const std::size_t window = std::max(setting_.batch, setting_.intent_ahead / windows_ahead);
    while (!all.empty() && (windows_.empty() || drawn_ahead_ < setting_.intent_ahead)) {
      const std::size_t end = std::min(position_ + window, all.size());
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(position_);
      const auto last = all.begin() + static_cast<std::ptrdiff_t>(end);
      shuffle_to(end);
      std::vector<Cell> drawn(first, last);
      if (position_ == all.size()) position_ = 0;
      announce(drawn);
      drawn_ahead_ += drawn.size();
      windows_.push_back(std::move(drawn));
    }
  }

  /// An epoch shuffles what the epoch before it left: repeats that of those that are done.
  void shuffle_as_before() {
    for (std::uint64_t epoch = 1; epoch < setting_.first_epoch; ++epoch) {
      shuffle_to(cells_.train.size());
      position_ = 0;
    }
  }

  void shuffle_to(std::size_t end) {
    for (; position_ < end; position_ = std::min(position_ + cells_per_shuffle, end)) {
      shuffle_on(cells_.train, std::min(cells_per_shuffle, end - position_));
    }
  }

  /// Goes on with the epoch's shuffling of `all`: chooses the next `count` cells. Where they come from is
  /// known before they are moved, so they are on their way into the cache.
  void shuffle_on(std::vector<Cell>& all, std::size_t count) {
    std::array<std::size_t, cells_per_shuffle> from;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = position_ + i;
      from[i] = place + random_.below(static_cast<std::uint32_t>(all.size() - place));
      __builtin_prefetch(&all[from[i]], 1);
    }
    for (std::size_t i = 0; i < count; ++i) std::swap(all[position_ + i], all[from[i]]);
  }

  void announce(std::span<const Cell> window) {
    const auto batches = static_cast<Clock>((window.size() + setting_.batch - 1) / setting_.batch);
    if (setting_.intent_ahead > 0) {
      for (const Cell& cell : window) announced_.add(setting_.shape.column_key(cell.column));
      worker_.intent(announced_.keys(), next_clock_, next_clock_ + batches);
      announced_.clear();
    }
    next_clock_ += batches;
  }

  /// Gives each factor of the batch a row of values, and the cells the rows as indices.
  void find_rows(std::span<const Cell> cells) {
    const Shape& shape = setting_.shape;
    keys_.clear();
    regularisers_.clear();
    row_cells_.clear();
    rows_.reset(2 * cells.size());
    const auto row_of = [&](Key key, float regulariser) {
      const auto fresh = static_cast<std::uint32_t>(keys_.size());
      const std::uint32_t row = rows_.number(key, fresh);
      if (row == fresh) {
        keys_.push_back(key);
        regularisers_.push_back(regulariser);
      }
      return row;
    };
    for (const Cell& cell : cells) {
      const Index row = row_of(shape.row_key(cell.row), row_regularisers_[cell.row - cells_.first_row]);
      const Index column = row_of(shape.column_key(cell.column), setting_.column_regularisers[cell.column]);
      row_cells_.push_back({row, column, cell.value});
    }
  }

  void learn_batch(std::span<const Cell> cells, float step) {
    find_rows(cells);
    values_.resize(keys_.size() * setting_.shape.value_length());
    worker_.wait(worker_.pull(keys_, values_));
    updates_ = values_;
    const FactorRows factors{values_.data(), regularisers_.data(), 0};
    train_cells(row_cells_, setting_.shape.rank, factors, factors, step);
    for (std::size_t i = 0; i < values_.size(); ++i) updates_[i] = values_[i] - updates_[i];
    pushes_.push(keys_, updates_);
  }

  Worker<float>& worker_;
  const LearnerSetting setting_;
  const apps::WorkerPlace place_;
  WorkerCells& cells_;
  const std::vector<float> row_regularisers_;
  apps::Random random_;
  std::size_t position_ = 0;  // in cells_.train: what is drawn next
  std::deque<std::vector<Cell>> windows_;
  std::size_t drawn_ahead_ = 0;  // cells in windows_
  Clock next_clock_;             // of the batch that is drawn next
  apps::DistinctKeys announced_;
  // Of a batch.
  apps::KeyNumbers rows_;
  std::vector<Key> keys_;
  std::vector<float> regularisers_;
  std::vector<Cell> row_cells_;
  std::vector<float> values_;
  std::vector<float> updates_;
  apps::BoundedPushes pushes_;
};

}  // namespace

std::unique_ptr<apps::Learner> make_plain_sgd(Worker<float>& worker, WorkerCells& cells,
                                              const LearnerSetting& setting, apps::WorkerPlace place) {
  return std::make_unique<PlainSgd>(worker, cells, setting, place);
}

}  // namespace adapm::mf
