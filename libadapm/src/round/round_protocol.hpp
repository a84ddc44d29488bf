// One rank's part in a round, whole: it asks (asking.hpp) and answers (answering.hpp).
// The driver (round_driver.hpp) carries the messages.
//
// Invariant between rounds, over all ranks: each key has exactly one owner; its home's location word names the owner;
// a rank has a replica if and only if the owner has it among the key's holders, and then it names the owner; a rank
// shares a neighbour's slot if and only if that is where the neighbour owns the key, with the rank among its sharers.
// Because an owner answers only when all questions of the round are in, nothing crosses on the wire: a holder's last
// update is merged before its release, or a move, is decided.
//
// Progress thread only, except add_dirty_list.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "adapm/options.hpp"
#include "base/bytes.hpp"
#include "directory/location_table.hpp"
#include "intent/intent_ledger.hpp"
#include "round/answering.hpp"
#include "round/asking.hpp"
#include "stats/counters.hpp"
#include "store/dirty_lists.hpp"
#include "store/value_store.hpp"
#include "trace/progress_trace.hpp"

namespace adapm::round {

template <class V>
class RoundProtocol {
 public:
  RoundProtocol(const Options& options, directory::LocationTable& table, store::ValueStore<V>& values,
                intent::IntentLedger& ledger, stats::ProgressCounters& counters, trace::ProgressTrace trace = {})
      : ledger_(ledger),
        answering_(options, table, values, dirty_lists_, counters, trace),
        asking_(options, table, values, ledger, dirty_lists_, answering_, counters, trace) {}

  /// Any thread: copies put on this list are looked after from the next round on.
  void add_dirty_list(std::shared_ptr<store::DirtyList> list) { dirty_lists_.add(std::move(list)); }
  /// For changes made on the progress thread itself.
  [[nodiscard]] store::DirtyList& own_dirty_list() { return dirty_lists_.own(); }

  /// Appends this round's questions, by rank, and those whose contents may be added up. `flush`: send replica updates
  /// whatever the threshold.
  void collect(bool flush, std::vector<base::Bytes>& questions, base::Summands& summands) {
    asking_.collect(flush, questions, summands);
  }
  /// After collect: this rank has something to ask, or something to answer unasked.
  [[nodiscard]] bool needs_answers() const { return asking_.asked_anything() || answering_.has_news(); }
  /// After collect: share of the intents that became due too late.
  [[nodiscard]] double late_share() const { return ledger_.late_share(); }
  /// Appends the answers to all ranks' questions, by rank, and those that go to several; questions[r] begins behind the
  /// vote.
  void answer(std::vector<base::ByteReader>& questions, std::vector<base::Bytes>& answers,
              base::Multicasts& answers_to_several) {
    answering_.answer(questions, answers, answers_to_several);
    for (const auto& [key, interest, new_owner] : answering_.take_taken_away()) asking_.want(key, interest, new_owner);
  }
  /// Applies what the others answered and ends the round.
  void apply(std::vector<base::Bytes>& answers) { asking_.apply(answers); }

  /// The key is not here, but there are live local intents on it and room for it: it arrives with the answers of this
  /// round or, if it had to be asked for in vain, of one of the next.
  [[nodiscard]] bool is_arriving(Key key) const { return asking_.is_arriving(key); }
  /// Keys wanted but not here after the last round.
  [[nodiscard]] std::size_t unanswered() const { return asking_.number_wanted(); }

 private:
  intent::IntentLedger& ledger_;
  store::DirtyLists dirty_lists_;
  Answering<V> answering_;
  Asking<V> asking_;
};

}  // namespace adapm::round
