#include "random_checkpoints.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace adapm::test {

namespace {

[[noreturn]] void wrong(Key key, const std::string& what) {
  throw std::runtime_error("key " + std::to_string(key) + " in a checkpoint: " + what);
}

}  // namespace

RandomCheckpoints::RandomCheckpoints(SimulatedCluster<V>& cluster)
    : cluster_(cluster),
      layout_(cluster.manager(0).layout()),
      savers_(static_cast<std::size_t>(cluster.num_ranks())),
      at_least_(layout_.num_keys()) {}

void RandomCheckpoints::step(int rank, const std::vector<V>& acknowledged, const std::vector<V>& pushed) {
  Saver& saver = savers_[static_cast<std::size_t>(rank)];
  if (saver.state == State::idle) return come(rank, acknowledged);
  if (saver.state == State::coming && saver.meeting->completion.state() == base::Completion::done)
    saver.state = State::reading;
  if (saver.state == State::reading) read_on(saver);
  const auto is_done = [](const Saver& other) { return other.state == State::done; };
  if (!std::all_of(savers_.begin(), savers_.end(), is_done)) return;
  check(pushed);
  ++complete_;
  savers_ = std::vector<Saver>(savers_.size());
  saved_.clear();
  std::fill(at_least_.begin(), at_least_.end(), 0);
}

bool RandomCheckpoints::idle() const {
  return std::all_of(savers_.begin(), savers_.end(), [](const Saver& saver) { return saver.state == State::idle; });
}

void RandomCheckpoints::come(int rank, const std::vector<V>& acknowledged) {
  for (Key key = 0; key < at_least_.size(); ++key) at_least_[key] += acknowledged[key];
  auto& manager = cluster_.manager(rank);
  Saver& saver = savers_[static_cast<std::size_t>(rank)];
  saver.state = State::coming;
  saver.snapshot = std::make_unique<checkpoint::Snapshot<V>>(manager.values(), manager.table());
  saver.meeting = std::make_shared<progress::Meeting>();
  saver.meeting->when_held = [snapshot = saver.snapshot.get()] { snapshot->take(); };
  manager.driver().request_meeting(saver.meeting);
}

void RandomCheckpoints::read_on(Saver& saver) {
  checkpoint::ValueBlock<V> block;
  if (!saver.snapshot->next(block, 1)) {
    saver.state = State::done;
    saver.snapshot.reset();
    return;
  }
  const V* value = reinterpret_cast<const V*>(block.values.data());
  for (const Key key : block.keys) {
    if (!saved_.emplace(key, *value).second) wrong(key, "twice");
    for (std::size_t i = 0; i < layout_.length(key); ++i)
      if (value[i] != value[0]) wrong(key, "half a push");
    value += layout_.length(key);
  }
}

void RandomCheckpoints::check(const std::vector<V>& pushed) const {
  for (Key key = 0; key < layout_.num_keys(); ++key) {
    const auto found = saved_.find(key);
    if (found == saved_.end()) wrong(key, "missing");
    if (found->second < at_least_[key] || found->second > pushed[key])
      wrong(key, std::to_string(found->second) + ", acknowledged before it " + std::to_string(at_least_[key]) +
                     ", pushed " + std::to_string(pushed[key]));
  }
}

}  // namespace adapm::test
