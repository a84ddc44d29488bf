// A rank's part in a round as owner: how it answers the others' questions. It answers when all questions of the round
// are in, so a holder's last update is merged before its release, or a move, is decided.
//
// Progress thread only.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "adapm/options.hpp"
#include "base/bytes.hpp"
#include "base/multicasts.hpp"
#include "directory/location_table.hpp"
#include "port/grid.hpp"
#include "round/decision.hpp"
#include "round/messages.hpp"
#include "stats/counters.hpp"
#include "store/dirty_lists.hpp"
#include "store/holders.hpp"
#include "store/value_store.hpp"
#include "trace/progress_trace.hpp"

namespace adapm::round {

template <class V>
class Answering {
 public:
  /// A key that moved away although workers of this rank want it.
  struct TakenAway {
    Key key;
    std::uint32_t interest;  // live local intents
    int new_owner;
  };

  Answering(const Options& options, directory::LocationTable& table, store::ValueStore<V>& values,
            store::DirtyLists& dirty_lists, stats::ProgressCounters& counters, trace::ProgressTrace trace)
      : options_(options),
        table_(table),
        values_(values),
        dirty_lists_(dirty_lists),
        counters_(counters),
        trace_(trace),
        most_usual_replicas_(most_usual_replicas(options, table.num_ranks())) {}

  void answer(std::vector<base::ByteReader>& questions, std::vector<base::Bytes>& answers,
              base::Multicasts& answers_to_several);
  [[nodiscard]] std::vector<TakenAway> take_taken_away() { return std::exchange(taken_away_, {}); }

  /// Main copy here: `by` (a rank, or Holders::somebody) has changed it since the last answers.
  void note_change(Key key, int by);
  /// Main copy here: this rank's last intent on it is over.
  void note_lost_interest(Key key) { unsettled_.push_back(key); }
  /// There is something to answer unasked.
  [[nodiscard]] bool has_news() const { return !changed_.empty() || !unsettled_.empty(); }

 private:
  struct Asker {
    Key key;
    int rank;
    friend auto operator<=>(const Asker&, const Asker&) = default;
  };

  /// With more replicas a key is hot: where messages go by way of a grid of ranks, updates of some of them meet, as
  /// there are more of them than rows.
  static std::size_t most_usual_replicas(const Options& options, int num_ranks) {
    if (static_cast<std::uint64_t>(num_ranks) < options.grid_exchange) return std::numeric_limits<std::size_t>::max();
    return static_cast<std::size_t>(port::Grid(num_ranks).rows());
  }

  RecordHead pass_question(base::ByteReader& question) const;
  void prefetch_changed(RecordHead question) const;
  void take_question(int from, base::ByteReader& question, std::vector<base::Bytes>& answers);
  /// `by`: as for note_change.
  void take_update(int by, Key key, base::ByteReader& question);
  void take_release(int from, Key key);
  void note_own_changes();
  void settle_unasked(std::vector<base::Bytes>& answers);
  void refresh_holders(std::vector<base::Bytes>& answers, base::Multicasts& answers_to_several);
  void settle_asked(std::vector<base::Bytes>& answers);
  [[nodiscard]] Interest interest_in(Key key, std::span<const Asker> askers) const;
  void replicate(Key key, int holder, std::vector<base::Bytes>& answers);
  void share(Key key, int sharer, std::vector<base::Bytes>& answers);
  void move_to_next(Key key, std::span<const Asker> askers, std::vector<base::Bytes>& answers);
  void move(Key key, int new_owner, std::vector<base::Bytes>& answers);
  [[nodiscard]] bool owns(Key key) const { return table_.get(key).presence() == store::Presence::owner; }

  const Options options_;
  directory::LocationTable& table_;
  store::ValueStore<V>& values_;
  store::DirtyLists& dirty_lists_;
  stats::ProgressCounters& counters_;
  const trace::ProgressTrace trace_;
  const std::size_t most_usual_replicas_;

  std::uint64_t round_ = 0;     // with answers
  std::vector<Key> changed_;    // owned keys with replicas that changed
  std::vector<Key> unsettled_;  // owned keys that may have to move to their only holder
  std::vector<TakenAway> taken_away_;

  // One round's scratch.
  std::vector<store::ChangedCopy> changed_copies_;  // drained, to be looked at
  std::vector<Asker> askers_;
  std::vector<int> receivers_;
};

extern template class Answering<float>;
extern template class Answering<double>;
extern template class Answering<std::int64_t>;

}  // namespace adapm::round
