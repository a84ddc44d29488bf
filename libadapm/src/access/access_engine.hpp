// Accesses to keys that are not here: this rank's operations on their way to the owners, and the service of other
// ranks' requests. One operation makes one message per destination.
//
// Who may answer: only the owner. A rank that wants the key keeps the request until it has it, or no longer wants it;
// a rank with a replica, which the round under way may turn into the main copy, until the round is over. Any other
// rank says where the key is as far as it knows. The home knows exactly between rounds, so few tries are enough.
//
// Visibility: a push or set that the owner acknowledges while this rank has a replica of the key (or is about to get
// one) may be missing in that replica. Its operation is completed only when a round that began after the
// acknowledgement is over: by then the owner has refreshed the replica.
//
// Progress thread only, except submit.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "access/operation.hpp"
#include "access/remote_reader.hpp"
#include "adapm/options.hpp"
#include "base/bytes.hpp"
#include "base/mutex.hpp"
#include "directory/location_table.hpp"
#include "port/port.hpp"
#include "round/round_protocol.hpp"
#include "stats/counters.hpp"
#include "store/value_store.hpp"

namespace adapm::access {

template <class V>
class AccessEngine {
 public:
  AccessEngine(const Options& options, port::Port& port, directory::LocationTable& table,
               store::ValueStore<V>& values, round::RoundProtocol<V>& protocol, stats::ProgressCounters& counters)
      : options_(options), port_(port), table_(table), values_(values), protocol_(protocol), counters_(counters),
        reader_(port, table, values) {
    by_rank_.resize(static_cast<std::size_t>(port.size()));
  }

  /// Any thread: hands an operation over.
  void submit(Operation<V>& operation);

  /// Takes up submitted operations and serves messages. Returns whether there was anything to do.
  bool poll();
  /// A round begins: acknowledgements that have come so far are visible when it is over.
  void round_begins();
  /// A round is over: what waited for it goes on.
  void round_is_over();
  /// There is something that only a round with answers can complete.
  [[nodiscard]] bool waits_for_round() const { return !acknowledged_.empty() || !visible_after_round_.empty(); }

  /// Since the last call, for how long a pull was under way.
  std::chrono::nanoseconds take_waited();

  /// Operations submitted and not completed.
  [[nodiscard]] bool idle();
  /// Completes everything as failed; nothing is sent or served any more.
  void fail_all();

 private:
  using Entry = typename Operation<V>::Entry;
  enum class MessageKind : std::uint32_t { pull, push, set, reply };
  struct Head {
    MessageKind kind;
    std::uint32_t operation;  // the asker's number for it
  };
  struct RequestRecord {  // followed by the value for push and set
    Key key;
    std::uint64_t entry;  // the asker's number for it
  };
  struct ReplyRecord {  // followed by the value for a pull that was served
    std::uint64_t entry;
    std::int64_t owner;  // served: -1; else the rank to ask
  };
  static constexpr std::int64_t served = -1;
  struct ParkedEntry {
    std::uint32_t operation;
    std::size_t entry;
  };
  struct ParkedRequest {
    int from;
    Head head;
    RequestRecord record;
    std::vector<std::byte> value;
  };
  /// What may be done with an access to a key at this moment.
  enum class Place { here, arriving, elsewhere };

  bool take_submitted();
  void take_up(Operation<V>& operation);
  std::uint32_t number(Operation<V>& operation);
  void dispatch(std::uint32_t number, std::size_t entry);
  void end_dispatch();
  bool try_here(Operation<V>& operation, const Entry& entry);
  [[nodiscard]] int destination(const Entry& entry) const;
  void entry_done(std::uint32_t number);
  void finish(std::uint32_t number);

  [[nodiscard]] Place place_for_others(Key key) const;
  void receive(port::ReceivedMessage& message);
  void take_requests(int from, Head head, base::ByteReader& reader);
  void serve(int from, Head head, const RequestRecord& record, const std::byte* value, base::Bytes& reply);
  void take_reply(Head head, base::ByteReader& reader);
  void send(int to, base::Bytes message);

  const Options options_;
  port::Port& port_;
  directory::LocationTable& table_;
  store::ValueStore<V>& values_;
  round::RoundProtocol<V>& protocol_;
  stats::ProgressCounters& counters_;
  RemoteReader<V> reader_;

  base::Mutex mutex_;
  std::deque<Operation<V>*> submitted_ ADAPM_GUARDED_BY(mutex_);
  bool closed_ ADAPM_GUARDED_BY(mutex_) = false;

  std::vector<Operation<V>*> operations_;  // by number; null: number is free
  std::vector<std::uint32_t> free_numbers_;
  std::size_t open_operations_ = 0;
  std::size_t open_pulls_ = 0;
  std::chrono::steady_clock::time_point waiting_since_;  // while there are open pulls
  std::chrono::nanoseconds waited_{};
  std::vector<base::Bytes> by_rank_;  // requests being put together
  std::vector<ParkedEntry> parked_entries_;
  std::vector<ParkedRequest> parked_requests_;
  std::vector<std::uint32_t> acknowledged_;         // deferred operations, no round begun since
  std::vector<std::uint32_t> visible_after_round_;  // deferred operations, the round under way completes them
  bool round_under_way_ = false;
};

extern template class AccessEngine<float>;
extern template class AccessEngine<double>;
extern template class AccessEngine<std::int64_t>;

}  // namespace adapm::access
