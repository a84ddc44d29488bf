// One rank's part in a round: which questions it asks, how it answers the others', and what it does with the answers.
// The driver (round_driver.hpp) carries the messages.
//
// Invariant between rounds, over all ranks: each key has exactly one owner; its home's location word names the owner;
// a rank has a replica if and only if the owner has it among the key's holders, and then it names the owner; a rank's
// location word names a slot of a neighbour if and only if that owns the key, there, and has the rank among its sharers.
// Because an owner answers only when all questions of the round are in, nothing crosses on the wire: a holder's last
// update is merged before its release, or a move, is decided.
//
// Progress thread only, except add_dirty_list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "adapm/options.hpp"
#include "base/bytes.hpp"
#include "base/mutex.hpp"
#include "directory/location_table.hpp"
#include "intent/intent_ledger.hpp"
#include "round/decision.hpp"
#include "round/messages.hpp"
#include "stats/counters.hpp"
#include "store/dirty_list.hpp"
#include "store/holders.hpp"
#include "store/value_store.hpp"

namespace adapm::round {

template <class V>
class RoundProtocol {
 public:
  RoundProtocol(const Options& options, directory::LocationTable& table, store::ValueStore<V>& values,
                intent::IntentLedger& ledger, stats::ProgressCounters& counters)
      : options_(options), table_(table), values_(values), ledger_(ledger), counters_(counters) {}

  /// Any thread: keys put on this list are looked after from the next round on.
  void add_dirty_list(std::shared_ptr<store::DirtyList> list);
  /// For changes made on the progress thread itself.
  [[nodiscard]] store::DirtyList& own_dirty_list() { return own_dirty_; }

  /// Appends this round's questions, by rank. `flush`: send replica updates whatever the threshold.
  void collect(bool flush, std::vector<base::Bytes>& questions);
  /// After collect: this rank has something to ask, or something to answer unasked.
  [[nodiscard]] bool needs_answers() const { return asked_anything_ || !changed_.empty() || !unsettled_.empty(); }
  /// After collect: share of the intents that became due too late.
  [[nodiscard]] double late_share() const { return ledger_.late_share(); }
  /// Appends the answers to all ranks' questions, by rank; questions[r] begins behind the vote.
  void answer(std::vector<base::ByteReader>& questions, std::vector<base::Bytes>& answers);
  /// Applies what the others answered and ends the round.
  void apply(std::vector<base::Bytes>& answers);

  /// The key is not here, but there are live local intents on it: it arrives with the answers of this round or, if
  /// it had to be asked for in vain, of one of the next.
  [[nodiscard]] bool is_wanted(Key key) const { return wants_.contains(key); }
  /// Keys wanted but not here after the last round.
  [[nodiscard]] std::size_t unanswered() const { return wants_.size(); }

 private:
  struct Want {
    std::uint32_t interest = 0;  // live local intents
    int target = 0;              // the rank to ask
    std::optional<store::SlotPlace> place;
  };
  struct Asker {
    Key key;
    int rank;
    friend auto operator<=>(const Asker&, const Asker&) = default;
  };

  // collect
  void begin_interest(KeySpan keys);
  void end_interest(KeySpan keys);
  void end_interest_here(Key key);
  void end_want(Key key);
  void want(Key key, std::uint32_t interest, int target);
  void ask_for_wanted(std::vector<base::Bytes>& questions);
  void prefetch_interest(KeySpan keys, std::size_t i) const;
  void release_idle(std::vector<base::Bytes>& questions);
  void release_replica(Key key, base::Bytes& out);
  void send_changes(bool flush, std::vector<base::Bytes>& questions);
  void send_update(Key key, double threshold, base::Bytes& out);
  void report_changes_at_neighbours(std::vector<base::Bytes>& questions);
  void drain_dirty_lists();
  // answer
  void take_question(int from, base::ByteReader& question, std::vector<base::Bytes>& answers);
  void take_update(int from, Key key, base::ByteReader& question);
  void take_release(int from, Key key);
  void note_change(Key key, int by);
  void note_own_changes();
  void settle_unasked(std::vector<base::Bytes>& answers);
  void refresh_holders(std::vector<base::Bytes>& answers);
  void settle_asked(std::vector<base::Bytes>& answers);
  void replicate(Key key, int holder, std::vector<base::Bytes>& answers);
  void share(Key key, int sharer, std::vector<base::Bytes>& answers);
  [[nodiscard]] Interest interest_in(Key key, std::size_t askers) const;
  void move_to_next(Key key, std::span<const Asker> askers, std::vector<base::Bytes>& answers);
  void move(Key key, int new_owner, std::vector<base::Bytes>& answers);
  [[nodiscard]] bool owns(Key key) const { return table_.get(key).presence() == store::Presence::owner; }
  // apply
  void take_answer(int from, base::ByteReader& answer);
  void take_move(Key key, const std::byte* values);
  void take_replica(Key key, int from, const std::byte* values);
  void take_share(Key key, store::Location main_copy);
  void take_elsewhere(Key key, int rank);
  void take_notice(Key key, int owner);

  const Options options_;
  directory::LocationTable& table_;
  store::ValueStore<V>& values_;
  intent::IntentLedger& ledger_;
  stats::ProgressCounters& counters_;

  base::Mutex mutex_;
  std::vector<std::shared_ptr<store::DirtyList>> dirty_lists_ ADAPM_GUARDED_BY(mutex_);
  store::DirtyList own_dirty_;

  // Live local intents: on keys that are here in their slots' headers; on keys that are shared, by key (empty before the
  // first is); on others with what is asked for.
  std::vector<std::uint32_t> shared_interest_;
  std::unordered_map<Key, Want> wants_;

  // One round's scratch.
  std::uint64_t round_ = 0;
  bool asked_anything_ = false;
  std::vector<store::ChangedCopy> changed_copies_;        // drained, to be looked at
  std::vector<store::ChangedCopy> changed_at_neighbours_;
  std::vector<Key> idle_;       // replicas and shared keys whose last intent ended
  std::vector<Key> releasing_;  // replicas released in this round
  std::vector<Key> changed_;    // owned keys with replicas that changed
  std::vector<Key> unsettled_;  // owned keys that may have to move to their only holder
  std::vector<Asker> askers_;
};

extern template class RoundProtocol<float>;
extern template class RoundProtocol<double>;
extern template class RoundProtocol<std::int64_t>;

}  // namespace adapm::round
