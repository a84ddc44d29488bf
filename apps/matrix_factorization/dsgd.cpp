// Distributed SGD (Gemulla et al. 2011): since a block of columns is one worker's for a sub-epoch, the worker
// takes it out of the store as a whole, and nothing is stale.
#include <numeric>
#include <utility>

#include "common/random.hpp"
#include "matrix_factorization/block_schedule.hpp"
#include "matrix_factorization/gradient_step.hpp"
#include "matrix_factorization/learner.hpp"
#include "matrix_factorization/local_factors.hpp"
#include "matrix_factorization/partition.hpp"

namespace adapm::mf {

namespace {

/// Sorts cells by block of columns; block b is [result[b], result[b + 1]).
std::vector<std::size_t> sort_by_block(std::vector<Cell>& cells, const std::vector<Index>& boundaries) {
  std::vector<std::size_t> begins(boundaries.size());
  for (const Cell& cell : cells) ++begins[part_of(boundaries, cell.column) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::size_t> next = begins;
  std::vector<Cell> sorted(cells.size());
  for (const Cell& cell : cells) sorted[next[part_of(boundaries, cell.column)]++] = cell;
  cells = std::move(sorted);
  return begins;
}

class Dsgd : public apps::Learner {
 public:
  Dsgd(Worker<float>& worker, WorkerCells& cells, const LearnerSetting& setting, apps::WorkerPlace place)
      : worker_(worker),
        setting_(setting),
        place_(place),
        cells_(cells),
        block_begins_(sort_by_block(cells.train, setting.data.column_boundaries)),
        row_regularisers_(regularisers(
            setting.lambda, std::span(setting.data.row_cells).subspan(cells.first_row, cells.rows()))),
        rows_(worker, setting.shape.value_length()),
        columns_(worker, setting.shape.value_length()) {
    announce(BlockSchedule(place.count, setting.seed, setting.first_epoch).block(0, place.index),
             worker.current_clock());
  }

  std::vector<double> learn_epoch(apps::RunningEpoch& epoch) override {
    const auto step = static_cast<float>(setting_.driver.step);
    const BlockSchedule schedule(place_.count, setting_.seed, epoch.number());
    const BlockSchedule following(place_.count, setting_.seed, epoch.number() + 1);
    std::size_t done = 0;
    apps::Random random({setting_.seed, 6, place_.index, place_.count, epoch.number()});
    rows_.load(setting_.shape.row_keys(cells_.first_row, cells_.last_row));
    for (std::size_t sub_epoch = 0; sub_epoch < schedule.sub_epochs(); ++sub_epoch) {
      const bool last = sub_epoch + 1 == schedule.sub_epochs();
      announce(last ? following.block(0, place_.index) : schedule.block(sub_epoch + 1, place_.index),
               worker_.current_clock() + 1);
      done += learn_block(schedule.block(sub_epoch, place_.index), step, random);
      epoch.update(static_cast<double>(done * place_.count));
      if (last) rows_.write_back();
      worker_.wait_sync();  // all copies of the block are as this worker leaves it
      worker_.barrier();
      worker_.advance_clock();
    }
    return {};
  }

 private:
  [[nodiscard]] KeyRange columns_of(std::size_t block) const {
    return setting_.shape.column_keys(setting_.data.column_boundaries[block],
                                      setting_.data.column_boundaries[block + 1]);
  }

  void announce(std::size_t block, Clock clock) {
    if (setting_.intent_ahead == 0) return;
    const KeyRange columns = columns_of(block);
    std::vector<Key> keys(static_cast<std::size_t>(columns.size()));
    std::iota(keys.begin(), keys.end(), columns.begin);
    worker_.intent(keys, clock);
  }

  std::size_t learn_block(std::size_t block, float step, apps::Random& random) {
    const auto cells = std::span<const Cell>(cells_.train)
                           .subspan(block_begins_[block], block_begins_[block + 1] - block_begins_[block]);
    const Index first = setting_.data.column_boundaries[block];
    columns_.load(columns_of(block));
    apps::shuffled_copy(cells, shuffled_, random);
    train_cells(shuffled_, setting_.shape.rank, {rows_.values(), row_regularisers_.data(), cells_.first_row},
                {columns_.values(), setting_.column_regularisers.data() + first, first}, step);
    columns_.write_back();
    return cells.size();
  }

  Worker<float>& worker_;
  const LearnerSetting setting_;
  const apps::WorkerPlace place_;
  WorkerCells& cells_;
  const std::vector<std::size_t> block_begins_;  // in cells_.train
  const std::vector<float> row_regularisers_;
  LocalFactors rows_;
  LocalFactors columns_;
  std::vector<Cell> shuffled_;  // a block's
};

}  // namespace

std::unique_ptr<apps::Learner> make_dsgd(Worker<float>& worker, WorkerCells& cells,
                                         const LearnerSetting& setting, apps::WorkerPlace place) {
  return std::make_unique<Dsgd>(worker, cells, setting, place);
}

}  // namespace adapm::mf
