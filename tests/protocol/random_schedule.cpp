#include "random_schedule.hpp"

#include <limits>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

#include "random_checkpoints.hpp"
#include "support/simulated_cluster.hpp"

namespace adapm::test {

namespace {

using V = std::int64_t;
using Core = api::WorkerCore<V>;

/// A worker and what it knows to be true.
class Actor {
 public:
  Actor(SimulatedCluster<V>& cluster, int rank, std::vector<V>& pushed, std::vector<V>& completed)
      : layout_(cluster.manager(rank).layout()),
        core_(cluster.manager(rank)),
        pushed_(pushed),
        completed_(completed),
        own_(layout_.num_keys()) {}

  void push(const std::vector<Key>& keys, std::mt19937_64& random) {
    std::vector<V> updates;
    std::vector<std::pair<Key, V>> amounts;
    for (const Key key : keys) {
      const V amount = static_cast<V>(random() % 9 + 1);
      updates.insert(updates.end(), layout_.length(key), amount);
      amounts.emplace_back(key, amount);
      pushed_[key] += amount;
    }
    const auto id = core_.push(keys, updates);
    open_pushes_.push_back({id, amounts});
    look_at_pushes();
  }

  void pull(const std::vector<Key>& keys) {
    auto pulled = std::make_unique<Pull>();
    pulled->keys = keys;
    for (const Key key : keys) pulled->at_least.push_back(own_[key]);
    pulled->values.resize(layout_.total_length(keys));
    pulled->id = core_.pull(keys, pulled->values);
    open_pulls_.push_back(std::move(pulled));
    look_at_pulls();
  }

  void intent(const std::vector<Key>& keys, std::mt19937_64& random) {
    const Clock start = core_.current_clock() + static_cast<Clock>(random() % 6);
    core_.intent(keys, start, start + 1 + static_cast<Clock>(random() % 8));
  }
  void advance() { core_.advance_clock(); }

  void look() {
    look_at_pushes();
    look_at_pulls();
  }
  /// Completed pushes of this worker, by key.
  [[nodiscard]] const std::vector<V>& own() const { return own_; }
  [[nodiscard]] bool quiet() const { return open_pushes_.empty() && open_pulls_.empty(); }

 private:
  struct Push {
    Core::Id id;
    std::vector<std::pair<Key, V>> amounts;
  };
  struct Pull {
    Core::Id id = 0;
    std::vector<Key> keys;
    std::vector<V> at_least;
    std::vector<V> values;
  };

  void look_at_pushes() {
    std::erase_if(open_pushes_, [&](const Push& push) {
      if (!core_.is_done(push.id)) return false;
      for (const auto& [key, amount] : push.amounts) {
        completed_[key] += amount;
        own_[key] += amount;
      }
      return true;
    });
  }

  void look_at_pulls() {
    std::erase_if(open_pulls_, [&](const std::unique_ptr<Pull>& pull) {
      if (!core_.is_done(pull->id)) return false;
      std::size_t at = 0;
      for (std::size_t i = 0; i < pull->keys.size(); ++i) {
        const std::size_t length = layout_.length(pull->keys[i]);
        for (std::size_t j = 0; j < length; ++j) {
          const V value = pull->values[at + j];
          if (value != pull->values[at]) throw std::runtime_error("a pull saw half a push");
          if (value < pull->at_least[i])
            throw std::runtime_error("key " + std::to_string(pull->keys[i]) + ": a worker does not see its own push: " +
                                     std::to_string(value) + " of at least " + std::to_string(pull->at_least[i]));
          if (value > pushed_[pull->keys[i]]) throw std::runtime_error("a pull saw more than was pushed");
        }
        at += length;
      }
      return true;
    });
  }

  const ValueLayout layout_;
  Core core_;
  std::vector<V>& pushed_;     // by all workers, from the call on
  std::vector<V>& completed_;  // by all workers, from completion on
  std::vector<V> own_;         // completed pushes of this worker
  std::vector<Push> open_pushes_;
  std::vector<std::unique_ptr<Pull>> open_pulls_;
};

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed)
      : random_(seed),
        num_ranks_(2 + static_cast<int>(random_() % 4)),
        layout_(random_layout()),
        lockstep_(random_() % 2 == 0),
        cluster_(num_ranks_, layout_, random_options(),
                 {.ranks_per_host = random_() % 2 == 0 ? 1 : 2 + static_cast<int>(random_() % 2),
                  .one_sided = random_() % 3 == 0,
                  .messages_wait = true,
                  .clock_is_simulated = true,
                  .room_to_grow = seed % 4 == 1 ? std::size_t{10000} : ~std::size_t{0}}),
        checkpoints_(cluster_),
        pushed_(layout_.num_keys()),
        completed_(layout_.num_keys()) {
    for (int rank = 0; rank < num_ranks_; ++rank) {
      for (std::uint64_t n = 1 + random_() % 2; n > 0; --n) {
        actors_.push_back(std::make_unique<Actor>(cluster_, rank, pushed_, completed_));
        rank_of_actor_.push_back(rank);
      }
    }
  }

  ~Schedule() {
    for (int rank = 0; rank < num_ranks_; ++rank) cluster_.manager(rank).fail_all();  // nobody waits any more
  }

  ScheduleResult run() {
    ScheduleResult result;
    result.ranks = num_ranks_;
    const std::uint64_t steps = 100 + random_() % 500;
    for (std::uint64_t i = 0; i < steps; ++i) step();
    finish_checkpoint();
    settle();
    check_final_values();
    check_that_intents_are_over();
    close();
    for (int rank = 0; rank < num_ranks_; ++rank) {
      const Statistics s = cluster_.manager(rank).statistics();
      result.rounds = s.rounds;
      result.moves += s.moves_in;
      result.replicas += s.replicas_set_up;
      result.shares += s.shares_begun;
    }
    result.checkpoints = checkpoints_.complete();
    result.added_up = cluster_.network().added_up();
    return result;
  }

 private:
  ValueLayout random_layout() {
    const std::uint64_t choices[] = {1, 2, 3, 6, 40};
    const std::uint64_t num_keys = choices[random_() % 5];
    if (random_() % 3 == 0) {
      std::vector<std::uint32_t> lengths(num_keys);
      for (auto& length : lengths) length = 1 + static_cast<std::uint32_t>(random_() % 40);
      return ValueLayout::per_key(lengths);
    }
    // Long values exhaust the first segment, so that ranks have to grow.
    return ValueLayout::uniform(num_keys, num_keys == 40 && random_() % 2 == 0 ? 600 : 2);
  }

  Options random_options() {
    Options options;
    options.techniques = std::array{Techniques::all, Techniques::all, Techniques::replication_only,
                                    Techniques::relocation_only}[random_() % 4];
    options.location_hints = random_() % 3 != 0;
    options.time_intent_actions = random_() % 3 != 0;
    options.timing_initial_estimate = 1;
    if (random_() % 2 == 0) options.grid_exchange = 2;  // updates of keys that all replicate are added up on their way
    options.sync_max_per_sec = 0;
    options.sync_threshold =
        std::array{0.0, 0.0, 0.0, 5.0, -1.0, std::numeric_limits<double>::infinity()}[random_() % 6];
    return options;
  }

  std::vector<Key> random_keys() {
    std::vector<Key> keys(random_() % 10 == 0 ? random_() % 8 : 1 + random_() % 2);
    for (Key& key : keys) key = random_() % layout_.num_keys();
    return keys;
  }

  /// Now and then so many intents on a key that its location word has no room for their number.
  std::vector<Key> keys_of_intent() {
    const std::vector<Key> keys = random_keys();
    std::vector<Key> repeated;
    for (std::uint64_t times = random_() % 5 == 0 ? 1 + random_() % 12 : 1; times > 0; --times)
      repeated.insert(repeated.end(), keys.begin(), keys.end());
    return repeated;
  }

  void step() {
    const std::uint64_t choice = random_() % 100;
    if (choice < 30) {
      act();
    } else if (choice < 35) {
      save(static_cast<int>(random_() % static_cast<std::uint64_t>(num_ranks_)));
    } else if (choice < 55) {
      cluster_.network().deliver_one([&](std::size_t n) { return random_() % n; });
    } else {
      poll(static_cast<int>(random_() % static_cast<std::uint64_t>(num_ranks_)), choice < 75);
    }
  }

  void act() {
    Actor& actor = *actors_[random_() % actors_.size()];
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2:
        return actor.push(random_keys(), random_);
      case 3:
      case 4:
        return actor.pull(random_keys());
      case 5:
        return actor.intent(keys_of_intent(), random_);
      case 6:
        return actor.advance();
      default:
        return actor.look();
    }
  }

  void poll(int rank, bool accesses) {
    auto& manager = cluster_.manager(rank);
    if (accesses) {
      manager.access().poll();
      return;
    }
    // In lockstep no rank begins a round before all have ended the last, and the structure is looked at in between.
    const bool may_begin = !lockstep_ || at_round_boundary(cluster_) || peer_is_ahead(rank);
    if (manager.driver().between_rounds() && !may_begin) return;
    if (manager.driver().poll() && at_round_boundary(cluster_)) {
      check_invariants(cluster_);
      check_sums();
    }
  }

  void save(int rank) {
    std::vector<V> acknowledged(layout_.num_keys());
    for (std::size_t i = 0; i < actors_.size(); ++i) {
      if (rank_of_actor_[i] != rank) continue;
      actors_[i]->look();
      for (Key key = 0; key < acknowledged.size(); ++key) acknowledged[key] += actors_[i]->own()[key];
    }
    checkpoints_.step(rank, acknowledged, pushed_);
  }

  void finish_checkpoint() {
    for (int turn = 0; !checkpoints_.idle(); ++turn) {
      for (int rank = 0; rank < num_ranks_ && !checkpoints_.idle(); ++rank) save(rank);
      drive_everything([] { return false; });
      if (turn > 5000) throw std::runtime_error("a checkpoint is never complete");
    }
  }

  [[nodiscard]] bool peer_is_ahead(int rank) {
    for (int peer = 0; peer < num_ranks_; ++peer) {
      auto& driver = cluster_.manager(peer).driver();
      if (driver.rounds() < cluster_.manager(rank).driver().rounds()) return false;
    }
    return true;
  }

  /// What all copies hold together lies between what was completed and what was pushed.
  void check_sums() {
    for (auto& actor : actors_) actor->look();
    for (Key key = 0; key < layout_.num_keys(); ++key) {
      V total = 0;
      for (int rank = 0; rank < num_ranks_; ++rank) {
        const auto location = cluster_.manager(rank).table().get(key);
        if (!location.here()) continue;
        const auto& values = cluster_.manager(rank).values();
        const V* const value = values.value(key);
        const bool owner = location.presence() == store::Presence::owner;
        if (owner) total += *value;
        if (!owner && location.is_dirty()) total += *value - *values.snapshot(value);
      }
      if (total < completed_[key] || total > pushed_[key])
        throw std::runtime_error("key " + std::to_string(key) + ": all copies together have " + std::to_string(total) +
                                 ", completed " + std::to_string(completed_[key]) + ", pushed " +
                                 std::to_string(pushed_[key]));
    }
  }

  [[nodiscard]] bool quiet() {
    bool all = !cluster_.network().has_messages_under_way();
    for (auto& actor : actors_) {
      actor->look();
      all = all && actor->quiet();
    }
    return all;
  }

  /// A turn for every rank; ends early, between two rounds, if `enough` says so there.
  template <class Enough>
  bool drive_everything(Enough enough) {
    while (cluster_.network().deliver_one([](std::size_t) { return std::size_t{0}; })) {
    }
    for (int rank = 0; rank < num_ranks_; ++rank) {
      cluster_.manager(rank).access().poll();
      cluster_.manager(rank).driver().poll();
      if (!at_round_boundary(cluster_)) continue;
      check_invariants(cluster_);
      if (enough()) return true;
    }
    return false;
  }

  /// Lets everything under way arrive, then makes all copies equal.
  void settle() {
    for (int i = 0; !quiet(); ++i) {
      drive_everything([] { return false; });
      if (i > 5000) throw std::runtime_error("operations never complete");
    }
    sync();
  }

  void sync() {
    std::vector<std::shared_ptr<base::Completion>> syncs;
    for (int i = 0; i < 2; ++i) {  // as two wait_syncs with a barrier in between
      for (int rank = 0; rank < num_ranks_; ++rank) {
        syncs.push_back(std::make_shared<base::Completion>());
        cluster_.manager(rank).driver().request_sync(syncs.back());
      }
      for (int turn = 0; !drive_everything([&] { return all_done(syncs); }); ++turn) {
        if (turn > 5000) throw std::runtime_error("a sync never completes");
      }
    }
  }

  static bool all_done(const std::vector<std::shared_ptr<base::Completion>>& syncs) {
    for (const auto& sync : syncs)
      if (sync->state() != base::Completion::done) return false;
    return true;
  }

  void check_final_values() {
    for (int rank = 0; rank < num_ranks_; ++rank) {
      for (Key key = 0; key < layout_.num_keys(); ++key) {
        std::vector<V> value(layout_.length(key));
        if (cluster_.manager(rank).values().try_pull(key, value.data()) == store::Presence::elsewhere) continue;
        for (const V element : value)
          if (element != pushed_[key])
            throw std::runtime_error("key " + std::to_string(key) + " on rank " + std::to_string(rank) + " is " +
                                     std::to_string(element) + " after the last sync, pushed " +
                                     std::to_string(pushed_[key]));
      }
    }
  }

  /// Once the workers are gone nobody wants a key any more.
  void check_that_intents_are_over() {
    actors_.clear();
    sync();
    for (int rank = 0; rank < num_ranks_; ++rank) {
      auto& manager = cluster_.manager(rank);
      for (Key key = 0; key < layout_.num_keys(); ++key) {
        const bool wanted = manager.values().interest(key) > 0;
        const bool held = !manager.keys_stay() && manager.table().get(key).at_hand() &&
                          manager.table().get(key).presence() != store::Presence::owner;
        if (wanted || held)
          throw std::runtime_error("key " + std::to_string(key) + ": rank " + std::to_string(rank) +
                                   " wants it, or holds a copy, although all intents are over");
      }
    }
  }

  void close() {
    for (int rank = 0; rank < num_ranks_; ++rank) cluster_.manager(rank).close();
    for (int turn = 0; turn < 1000; ++turn) {
      bool ended = true;
      for (int rank = 0; rank < num_ranks_; ++rank) {
        cluster_.manager(rank).poll();
        ended = ended && cluster_.manager(rank).ended();
      }
      if (ended) return;
    }
    throw std::runtime_error("close never ends");
  }

  std::mt19937_64 random_;
  const int num_ranks_;
  const ValueLayout layout_;
  const bool lockstep_;
  SimulatedCluster<V> cluster_;
  RandomCheckpoints checkpoints_;
  std::vector<V> pushed_;
  std::vector<V> completed_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<int> rank_of_actor_;
};

}  // namespace

ScheduleResult run_random_schedule(std::uint64_t seed) {
  try {
    return Schedule(seed).run();
  } catch (const std::exception& error) {
    ScheduleResult result;
    result.failure = error.what();
    return result;
  }
}

}  // namespace adapm::test
