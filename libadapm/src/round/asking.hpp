// A rank's part in a round as one that needs keys: which questions it asks, and what it does with the answers.
//
// Progress thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "adapm/options.hpp"
#include "base/bytes.hpp"
#include "base/dense_map.hpp"
#include "base/summands.hpp"
#include "directory/location_table.hpp"
#include "intent/intent_ledger.hpp"
#include "round/answering.hpp"
#include "round/messages.hpp"
#include "stats/counters.hpp"
#include "store/dirty_lists.hpp"
#include "store/value_store.hpp"
#include "trace/progress_trace.hpp"

namespace adapm::round {

template <class V>
class Asking {
 public:
  Asking(const Options& options, directory::LocationTable& table, store::ValueStore<V>& values,
         intent::IntentLedger& ledger, store::DirtyLists& dirty_lists, Answering<V>& answering,
         stats::ProgressCounters& counters, trace::ProgressTrace trace)
      : options_(options),
        table_(table),
        values_(values),
        ledger_(ledger),
        dirty_lists_(dirty_lists),
        answering_(answering),
        counters_(counters),
        trace_(trace) {}

  void collect(bool flush, std::vector<base::Bytes>& questions, base::Summands& summands);
  [[nodiscard]] bool asked_anything() const { return asked_anything_; }
  void apply(std::vector<base::Bytes>& answers);

  /// From now on `target` is asked for the key.
  void want(Key key, std::uint32_t interest, int target);
  [[nodiscard]] bool is_arriving(Key key) const {
    const Want* const wanted = wants_.find(key);
    return wanted != nullptr && wanted->place;
  }
  [[nodiscard]] std::size_t number_wanted() const { return wants_.size(); }

 private:
  struct Want {
    std::uint32_t interest = 0;             // live local intents
    int target = 0;                         // the rank to ask
    std::optional<store::SlotPlace> place;  // without one it is not asked for
  };

  void prefetch_interest(KeySpan keys, std::size_t i) const;
  void begin_interest(KeySpan keys);
  void end_interest(KeySpan keys);
  void end_interest_at_hand(Key key);
  void end_want(Key key);
  void release_idle(std::vector<base::Bytes>& questions);
  void release_replica(Key key, int owner, base::Bytes& out);
  void finish_releases();
  void send_changes(bool flush, std::vector<base::Bytes>& questions, base::Summands& summands);
  void send_update(Key key, double threshold, std::vector<base::Bytes>& questions, base::Summands& summands);
  void report_changes_at_neighbours(std::vector<base::Bytes>& questions);
  void ask_for_wanted(std::vector<base::Bytes>& questions);

  RecordHead pass_answer(base::ByteReader& answer) const;
  void prefetch_way(RecordHead answer) const;
  void prefetch_slot(RecordHead answer) const;
  void take_answer(int from, base::ByteReader& answer);
  void take_move(Key key, int from, const std::byte* values);
  void take_replica(Key key, int from, const std::byte* values);
  void take_share(Key key, store::Location main_copy);
  void take_refresh(Key key, int from, const std::byte* values, bool is_hot);
  void take_elsewhere(Key key, int rank);
  void take_notice(Key key, int owner);

  const Options options_;
  directory::LocationTable& table_;
  store::ValueStore<V>& values_;
  intent::IntentLedger& ledger_;
  store::DirtyLists& dirty_lists_;
  Answering<V>& answering_;
  stats::ProgressCounters& counters_;
  const trace::ProgressTrace trace_;

  base::DenseMap<Want> wants_;  // keys with live local intents that are not at hand

  // One round's scratch.
  bool asked_anything_ = false;
  std::vector<store::ChangedCopy> changed_copies_;  // drained, to be looked at
  std::vector<store::ChangedCopy> changed_at_neighbours_;
  std::vector<Key> idle_;       // replicas and shared keys whose last intent ended
  std::vector<Key> releasing_;  // replicas released in this round
};

extern template class Asking<float>;
extern template class Asking<double>;
extern template class Asking<std::int64_t>;

}  // namespace adapm::round
