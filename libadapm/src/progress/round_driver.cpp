#include "progress/round_driver.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "progress/growth.hpp"

namespace adapm::progress {

namespace {

/// A sync gives up waiting for wishes that cannot be fulfilled (several ranks want what may not be replicated).
constexpr int longest_sync_rounds = 6;

using Clock = std::chrono::steady_clock;

/// Why this rank has failed, and what it brings to the meeting, follow a record with their lengths.
constexpr unsigned text_length_bits = 28;
constexpr std::size_t longest_text = (std::size_t{1} << text_length_bits) - 1;

/// Padded, so that everything in a message is 8-byte aligned.
void put_text(base::Bytes& message, std::string_view text) {
  message.put_all(std::span<const char>(text));
  message.extend((8 - text.size() % 8) % 8);
}
std::string_view take_text(base::ByteReader& message, std::size_t bytes) {
  return {reinterpret_cast<const char*>(message.take((bytes + 7) / 8 * 8)), bytes};
}

}  // namespace

template <class V>
RoundDriver<V>::RoundDriver(const Options& options, port::Port& port, round::RoundProtocol<V>& protocol,
                            store::ValueStore<V>& values, access::AccessEngine<V>& access,
                            port::ReduceQueue& reductions, base::Health& health, stats::ProgressCounters& counters,
                            trace::ProgressTrace trace)
    : options_(options),
      port_(port),
      protocol_(protocol),
      values_(values),
      access_(access),
      reductions_(reductions),
      health_(health),
      counters_(counters),
      trace_(trace),
      pace_(options),
      outgoing_(static_cast<std::size_t>(port.size())),
      incoming_(static_cast<std::size_t>(port.size())),
      meetings_(port.size()) {}

template <class V>
void RoundDriver<V>::request_sync(std::shared_ptr<base::Completion> sync) {
  const base::MutexLock lock(mutex_);
  if (closed_) return sync->complete(base::Completion::failed);
  new_syncs_.push_back(std::move(sync));
}

template <class V>
void RoundDriver<V>::request_failure(std::string_view reason) {
  const base::MutexLock lock(mutex_);
  if (failure_wanted_.empty()) failure_wanted_ = reason.empty() ? "no reason given" : reason;
}

template <class V>
bool RoundDriver<V>::poll() {
  if (ended_) return false;
  switch (phase_) {
    case Phase::between: {
      const bool urgent = urgent_.load(std::memory_order_relaxed) || access_.waits_for_round();
      const RoundPace::Circumstances now_is{urgent, activity_.load(std::memory_order_relaxed),
                                            port_.peer_has_started_exchange()};
      if (!pace_.due(port_.now(), now_is)) return false;
      begin();
      return true;
    }
    case Phase::asking:
      if (!port_.test_exchange(incoming_)) return false;
      questions_are_in();
      return true;
    case Phase::answering:
      if (!port_.test_exchange(incoming_)) return false;
      answers_are_in();
      return true;
  }
  return false;
}

// --- asking -------------------------------------------------------------------------------------------------------

template <class V>
void RoundDriver<V>::begin() {
  const auto started = Clock::now();
  began_ = started;
  pace_.begins(port_.now());
  processor_time_at_begin_ = port_.processor_time();
  activity_.store(false, std::memory_order_relaxed);
  urgent_.store(false, std::memory_order_relaxed);
  // Before the failure: a program that lets the store fail and closes it must not seem just to close it.
  stops_ = stop_wanted_.load(std::memory_order_acquire);
  std::string failure;
  {
    const base::MutexLock lock(mutex_);
    for (auto& sync : new_syncs_) syncs_.push_back({std::move(sync)});
    new_syncs_.clear();
    failure = failure_wanted_;
  }
  const Meeting* const meeting = meetings_.come();
  for (base::Bytes& message : outgoing_) message.clear();
  if (!failure.empty() || meeting != nullptr) put_texts(failure, meeting == nullptr ? "" : meeting->text);
  access_.round_begins();
  protocol_.collect(!syncs_.empty() || meeting != nullptr, outgoing_, summands_);
  Vote vote = own_vote();  // could not be told before the questions were collected
  vote.failed = !failure.empty();
  votes_ = VoteWords(vote, port_.rank());
  exchange(votes_.words);
  phase_ = Phase::asking;
  counters_.round_nanoseconds.add(static_cast<std::uint64_t>((Clock::now() - started).count()));
}

template <class V>
void RoundDriver<V>::put_texts(std::string_view failure, std::string_view brought) {
  ADAPM_ASSERT(failure.size() <= longest_text && brought.size() <= longest_text);
  for (base::Bytes& message : outgoing_) {
    round::put_record(message, round::Kind::texts, failure.size() << text_length_bits | brought.size());
    put_text(message, failure);
    put_text(message, brought);
  }
}

template <class V>
Vote RoundDriver<V>::own_vote() {
  Vote vote;
  vote.round = round_;
  vote.collectives = reductions_.started();
  vote.interruptions = interruptions_wanted_.load(std::memory_order_relaxed);
  vote.stop = stops_ && access_.idle() && meetings_.idle();
  vote.answers = protocol_.needs_answers() || access_.waits_for_round() || !syncs_.empty();
  vote.comes = meetings_.waits();
  const bool cores_are_shared =
      options_.progress != ProgressMode::spin && workers_.load(std::memory_order_relaxed) + 1 > port_.cores();
  vote.rest = RoundPace::rest_after(cost_, cores_are_shared);
  const double waiting_share = std::chrono::duration<double>(access_.take_waited()) / pace_.interval_before();
  pace_.learn_lateness(protocol_.late_share(), waiting_share);
  vote.longest_rest = pace_.tolerable_rest();
  // With as many segments as can be, keys that there is no room for stay where they are.
  vote.grow =
      values_.allocator().shortfall_bytes() > 0 && values_.segments().count() < store::SegmentMap::max_window_segments;
  return vote;
}

template <class V>
void RoundDriver<V>::exchange(std::span<std::uint64_t> votes) {
  counters_.bytes_sent.add(port_.start_exchange(outgoing_, multicasts_, summands_, votes));
}

// --- answering ----------------------------------------------------------------------------------------------------

/// Returns why the first rank that has failed did.
template <class V>
std::string RoundDriver<V>::take_texts(std::vector<base::ByteReader>& questions) {
  std::string failure;
  for (std::size_t rank = 0; rank < questions.size(); ++rank) {
    base::ByteReader& question = questions[rank];
    if (question.at_end() || question.peek<round::RecordHead>().kind() != round::Kind::texts) continue;
    const Key lengths = question.get<round::RecordHead>().key();
    const std::string_view why = take_text(question, lengths >> text_length_bits);
    const std::string_view brought = take_text(question, lengths & longest_text);
    if (static_cast<int>(rank) == verdict_.failed_rank) failure = why;
    if (!brought.empty()) meetings_.note(rank, brought);
  }
  return failure;
}

template <class V>
void RoundDriver<V>::questions_are_in() {
  const auto started = Clock::now();
  verdict_ = votes_.verdict(round_);
  std::vector<base::ByteReader> questions(incoming_.begin(), incoming_.end());
  const std::string failure = take_texts(questions);
  if (verdict_.failed_rank >= 0) return end_in_failure("rank " + std::to_string(verdict_.failed_rank) + ": " + failure);
  if (reductions_.under_way() && verdict_.any_stopped && verdict_.fewest_collectives_of_stopped < reductions_.started())
    reductions_.abandon();  // a rank has closed the store without taking part
  if (meetings_.waits() && verdict_.any_stopped) meetings_.abandon();  // that rank will not come
  if (!verdict_.answers) {
    for (base::Bytes& message : incoming_) message.clear();
    protocol_.apply(incoming_);
    finish();
  } else {
    for (base::Bytes& message : outgoing_) message.clear();
    protocol_.answer(questions, outgoing_, multicasts_);
    exchange({});
    phase_ = Phase::answering;
  }
  counters_.round_nanoseconds.add(static_cast<std::uint64_t>((Clock::now() - started).count()));
}

template <class V>
void RoundDriver<V>::answers_are_in() {
  const auto started = Clock::now();
  protocol_.apply(incoming_);
  finish();
  counters_.round_nanoseconds.add(static_cast<std::uint64_t>((Clock::now() - started).count()));
}

template <class V>
void RoundDriver<V>::finish() {
  phase_ = Phase::between;
  trace_.note_round(round_, began_);
  ++round_;
  ++counters_.rounds;
  if (verdict_.grow) grow();
  values_.count_memory();
  if (verdict_.all_come) meetings_.hold();
  interruptions_.store(std::max(interruptions(), verdict_.interruptions), std::memory_order_relaxed);
  access_.round_is_over();
  complete_syncs();
  cost_ = port_.processor_time() - processor_time_at_begin_;
  pace_.ends(port_.now(), verdict_.answers, std::min(verdict_.rest, verdict_.longest_rest));
  if (verdict_.stop) ended_ = true;
}

template <class V>
void RoundDriver<V>::complete_syncs() {
  const bool fulfilled = protocol_.unanswered() == 0;
  std::erase_if(syncs_, [&](Sync& sync) {
    if (!fulfilled && ++sync.rounds < longest_sync_rounds) return false;
    sync.completion->complete(base::Completion::done);
    return true;
  });
  if (!syncs_.empty() || access_.waits_for_round()) note_urgency();
}

/// All ranks come here in the same round, so that this may be collective.
template <class V>
void RoundDriver<V>::grow() {
  const store::SlotAllocator& allocator = values_.allocator();
  const Room room{allocator.total_bytes(), allocator.free_bytes(), allocator.shortfall_bytes()};
  values_.add_segment(port_.allocate(growth_bytes(room, values_.segments().count())));
  note_urgency();
}

template <class V>
void RoundDriver<V>::end_in_failure(const std::string& reason) {
  ended_ = true;
  health_.fail(reason);
}

template <class V>
void RoundDriver<V>::fail_all() {
  ended_ = true;
  for (Sync& sync : syncs_) sync.completion->complete(base::Completion::failed);
  syncs_.clear();
  meetings_.fail_all();
  const base::MutexLock lock(mutex_);
  for (auto& sync : new_syncs_) sync->complete(base::Completion::failed);
  new_syncs_.clear();
  closed_ = true;
}

template class RoundDriver<float>;
template class RoundDriver<double>;
template class RoundDriver<std::int64_t>;

}  // namespace adapm::progress
