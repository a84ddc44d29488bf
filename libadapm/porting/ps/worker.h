// A worker, as AdaPM programs know it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ps/server.h"

namespace ps {

/// One thread's. Asynchronous calls return a timestamp: LOCAL (-1) if all is done already, else what Wait
/// takes.
template <typename Val, typename Handle = DefaultColoServerHandle<Val>>
class ColoKVWorker {
 public:
  using Callback = std::function<void()>;

  explicit ColoKVWorker(int customer_id, ColoKVServer<Val, Handle>& server)
      : server_(server), customer_id_(customer_id) {
    porting::require(adapm_worker_open(&worker_, server.store()));
    server.workers().note();
  }
  ~ColoKVWorker() { adapm_worker_close(worker_); }
  ColoKVWorker(const ColoKVWorker&) = delete;
  ColoKVWorker& operator=(const ColoKVWorker&) = delete;

  // --- access ---

  /// `vals` must stay until the timestamp is waited for. `callback` runs in this thread: at once if all is
  /// done, else in the first Wait, WaitAll, IsFinished, WaitSync or Finalize that finds the pull done.
  int Pull(const Key* keys, std::size_t num_keys, Val* vals, const Callback& callback = nullptr) {
    adapm_ticket ticket = 0;
    const std::size_t num_vals = server_.total_length(keys, num_keys);
    porting::require(adapm_pull(worker_, keys, num_keys, vals, num_vals, &ticket));
    const int timestamp = note(ticket);
    if (callback && timestamp == LOCAL) callback();
    if (callback && timestamp != LOCAL) callbacks_.emplace_back(timestamp, callback);
    return timestamp;
  }
  int Pull(const std::vector<Key>& keys, std::vector<Val>* vals, const Callback& callback = nullptr) {
    check_length(keys, *vals);
    return Pull(keys.data(), keys.size(), vals->data(), callback);
  }
  int Pull(const std::vector<Key>& keys, std::vector<Val>& vals) { return Pull(keys, &vals); }
  int Pull(const std::vector<Key>& keys, Val* vals) { return Pull(keys.data(), keys.size(), vals); }

  int Push(const Key* keys, std::size_t num_keys, const Val* vals, bool set = false) {
    adapm_ticket ticket = 0;
    const std::size_t num_vals = server_.total_length(keys, num_keys);
    const auto write = set ? adapm_set : adapm_push;
    porting::require(write(worker_, keys, num_keys, vals, num_vals, &ticket));
    return note(ticket);
  }
  int Push(const std::vector<Key>& keys, const std::vector<Val>& vals) {
    check_length(keys, vals);
    return Push(keys, vals.data());
  }
  int Push(const std::vector<Key>& keys, const Val* vals) { return Push(keys.data(), keys.size(), vals); }

  int Set(const Key* keys, std::size_t num_keys, const Val* vals) { return Push(keys, num_keys, vals, true); }
  int Set(const std::vector<Key>& keys, const std::vector<Val>& vals) {
    check_length(keys, vals);
    return Set(keys, vals.data());
  }
  int Set(const std::vector<Key>& keys, const Val* vals) { return Set(keys.data(), keys.size(), vals); }

  bool PullIfLocal(Key key, Val* vals) {
    int found = 0;
    porting::require(adapm_pull_if_local(worker_, key, vals, GetLen(key), &found));
    return found != 0;
  }
  bool PullIfLocal(Key key, std::vector<Val>* vals) {
    check_length({key}, *vals);
    return PullIfLocal(key, vals->data());
  }

  /// One push, in groups of keys, each waited for.
  int StaggeredPush(const std::vector<Key>& keys, const std::vector<Val>& vals,
                    std::size_t group_size = 100000) {
    check_length(keys, vals);
    const Val* from = vals.data();
    for (std::size_t i = 0; i < keys.size(); i += group_size) {
      const std::size_t group = std::min(group_size, keys.size() - i);
      Wait(Push(&keys[i], group, from));
      from += server_.total_length(&keys[i], group);
    }
    return LOCAL;
  }

  std::size_t GetLen(Key key) const { return server_.GetLen(key); }
  std::size_t GetNumKeys() const { return Postoffice::Get()->num_keys(); }

  // --- completion ---

  void Wait(int timestamp) {
    if (timestamp != LOCAL) porting::require(adapm_wait(worker_, ticket(timestamp)));
    run_callbacks();
  }
  void Wait(int ts1, int ts2, int ts3 = LOCAL, int ts4 = LOCAL, int ts5 = LOCAL) {
    for (const int timestamp : {ts1, ts2, ts3, ts4, ts5}) Wait(timestamp);
  }
  void WaitAll() {
    porting::require(adapm_wait_all(worker_));
    run_callbacks();
  }
  bool IsFinished(int timestamp) {
    const bool finished = is_done(timestamp);
    run_callbacks();
    return finished;
  }

  /// After it all updates of this worker are in the main copies, and have been sent to all replicas.
  void WaitSync() {
    porting::require(adapm_wait_sync(worker_));
    run_callbacks();
  }
  /// All workers of all ranks.
  void Barrier() {
    server_.workers().wait_for_all();
    porting::require(adapm_barrier(worker_));
  }
  void BeginSetup() {
    WaitSync();
    Barrier();
  }
  void EndSetup() {
    server_.workers().wait_for_all();
    porting::require(adapm_end_setup(worker_));
    ResetStats();
  }
  void ResetStats() { server_.reset_statistics(); }

  /// Ends this worker; all workers of all ranks meet here.
  void Finalize() {
    WaitAll();
    WaitSync();
    Barrier();
    adapm_worker_close(worker_);
    worker_ = nullptr;
  }

  // --- intent ---

  int Intent(const Key* keys, std::size_t num_keys, Clock start, Clock end = 0) {
    if (end == 0) end = start + 1;
    if (start < end) porting::require(adapm_intent(worker_, keys, num_keys, start, end));
    return LOCAL;
  }
  int Intent(const std::vector<Key>& keys, Clock start, Clock end = 0) {
    return Intent(keys.data(), keys.size(), start, end);
  }
  int Intent(const std::unordered_set<Key>& keys, Clock start, Clock end = 0) {
    return Intent(std::vector<Key>(keys.begin(), keys.end()), start, end);
  }
  int IntentWithCopy(const std::unordered_set<Key>& keys, Clock start, Clock end = 0) {
    return Intent(keys, start, end);
  }
  int Intent(Key key, Clock start, Clock end = 0) { return Intent(&key, 1, start, end); }

  void advanceClock() { porting::require(adapm_advance_clock(worker_)); }
  Clock currentClock() const { return adapm_current_clock(worker_); }

  // --- sampling ---

  /// Samples are numbered from 1.
  SampleID PrepareSample(std::size_t num_keys, Clock start, Clock end = 0) {
    adapm_sample sample = 0;
    if (end == 0) end = start + 1;
    porting::require(adapm_prepare_sample(worker_, num_keys, start, end, &sample));
    ++num_samples_;
    if (num_keys > 0) samples_[num_samples_] = {sample, num_keys};
    return num_samples_;
  }
  int PullSample(SampleID id, Key* keys, std::size_t num_keys, Val* vals) {
    const auto place = samples_.find(id);
    CHECK(place != samples_.end()) << "sample " << id
                                   << " was not prepared by this worker, or has no keys left";
    adapm_ticket ticket = 0;
    const std::size_t num_vals = num_keys * server_.sample_length();
    porting::require(
        adapm_pull_sample(worker_, place->second.handle, keys, num_keys, vals, num_vals, &ticket));
    place->second.keys_left -= num_keys;
    if (place->second.keys_left == 0) samples_.erase(place);
    return note(ticket);
  }
  int PullSample(SampleID id, std::vector<Key>& keys, std::vector<Val>& vals) {
    CHECK(vals.size() >= keys.size() * server_.sample_length())
        << "the vector of values is too short for the sample";
    return PullSample(id, keys.data(), keys.size(), vals.data());
  }
  void FinishSample(SampleID id) {
    const auto place = samples_.find(id);
    if (place == samples_.end()) return;
    porting::require(adapm_finish_sample(worker_, place->second.handle));
    samples_.erase(place);
  }

  /// Of all workers of all ranks.
  int workerId() const {
    return MyRank() * static_cast<int>(Postoffice::Get()->num_worker_threads()) + customer_id_;
  }

 private:
  void check_length(const std::vector<Key>& keys, const std::vector<Val>& vals) const {
    CHECK(vals.size() >= server_.total_length(keys.data(), keys.size()))
        << "a vector of " << vals.size() << " values is too short for " << keys.size() << " keys";
  }

  /// Timestamps are the low 31 bits of tickets: at most that many operations are under way.
  int note(adapm_ticket operation) {
    if (operation == 0) return LOCAL;
    last_ = operation;
    return static_cast<int>((last_ - 1) & timestamp_bits);
  }
  adapm_ticket ticket(int timestamp) const {
    const std::uint64_t age = ((last_ - 1) - static_cast<std::uint64_t>(timestamp)) & timestamp_bits;
    return last_ - age;
  }
  bool is_done(int timestamp) const {
    int done = 1;
    if (timestamp != LOCAL) porting::require(adapm_is_done(worker_, ticket(timestamp), &done));
    return done != 0;
  }

  void run_callbacks() {
    for (std::size_t i = 0; i < callbacks_.size();) {
      if (!is_done(callbacks_[i].first)) {
        ++i;
        continue;
      }
      const Callback callback = std::move(callbacks_[i].second);
      callbacks_.erase(callbacks_.begin() + static_cast<std::ptrdiff_t>(i));
      callback();
    }
  }

  struct Sample {
    adapm_sample handle;
    std::size_t keys_left;
  };

  static constexpr std::uint64_t timestamp_bits = 0x7fffffff;

  ColoKVServer<Val, Handle>& server_;
  const int customer_id_;
  adapm_worker* worker_ = nullptr;                   // null when it is finalized
  adapm_ticket last_ = 0;                            // the newest
  std::vector<std::pair<int, Callback>> callbacks_;  // of pulls that are under way
  SampleID num_samples_ = 0;
  std::unordered_map<SampleID, Sample> samples_;  // that have keys left
};

}  // namespace ps
