#include "access/access_engine.hpp"

#include <cstring>
#include <utility>

#include "base/assert.hpp"

namespace adapm::access {

using directory::Location;
using directory::Presence;

namespace {

/// Requests are sent in pieces of about this size, so that the destination serves while the rest is under way.
constexpr std::size_t message_bytes = std::size_t{4} << 20U;
constexpr int messages_per_poll = 64;
constexpr std::size_t operations_per_poll = 64;

}  // namespace

template <class V>
void AccessEngine<V>::submit(Operation<V>& operation) {
  const base::MutexLock lock(mutex_);
  if (closed_) return operation.completion.complete(base::Completion::failed);
  submitted_.push_back(&operation);
}

template <class V>
bool AccessEngine<V>::poll() {
  bool active = take_submitted();
  for (int i = 0; i < messages_per_poll; ++i) {
    auto message = port_.receive();
    if (!message) break;
    active = true;
    receive(*message);
  }
  return active;
}

template <class V>
bool AccessEngine<V>::take_submitted() {
  std::vector<Operation<V>*> taken;
  {
    const base::MutexLock lock(mutex_);
    const auto end = submitted_.begin() + static_cast<std::ptrdiff_t>(std::min(submitted_.size(), operations_per_poll));
    taken.assign(submitted_.begin(), end);
    submitted_.erase(submitted_.begin(), end);
  }
  for (Operation<V>* operation : taken) take_up(*operation);
  return !taken.empty();
}

template <class V>
void AccessEngine<V>::take_up(Operation<V>& operation) {
  const std::size_t entries = operation.entries.size();  // it may be completed, and reused, with its last entry
  operation.remaining = entries;
  const std::uint32_t number = this->number(operation);
  std::vector<bool> read;
  if (port_.one_sided() && operation.kind == OperationKind::pull && entries <= RemoteReader<V>::worthwhile_keys)
    read = reader_.read(operation, [this](const Entry& entry) { return destination(entry); });
  for (std::size_t entry = 0; entry < entries; ++entry) {
    if (!read.empty() && read[entry]) {
      ++counters_.one_sided_reads;
      entry_done(number);
    } else {
      dispatch(number, entry);
    }
  }
  end_dispatch();
}

template <class V>
std::uint32_t AccessEngine<V>::number(Operation<V>& operation) {
  ++open_operations_;
  if (operation.kind == OperationKind::pull && open_pulls_++ == 0) waiting_since_ = port_.now();
  if (free_numbers_.empty()) {
    operations_.push_back(&operation);
    return static_cast<std::uint32_t>(operations_.size() - 1);
  }
  const std::uint32_t number = free_numbers_.back();
  free_numbers_.pop_back();
  operations_[number] = &operation;
  return number;
}

// --- this rank's operations -----------------------------------------------------------------------------------------

/// Does the entry here if the key has come meanwhile, keeps it if the key is arriving, else adds it to a request.
template <class V>
void AccessEngine<V>::dispatch(std::uint32_t number, std::size_t index) {
  Operation<V>& operation = *operations_[number];
  const Entry& entry = operation.entries[index];
  if (try_here(operation, entry)) return entry_done(number);
  const Location location = table_.get(entry.key);
  if (location.presence() == Presence::releasing || protocol_.is_arriving(entry.key)) {
    parked_entries_.push_back({number, index});
    return;
  }
  const auto to = static_cast<std::size_t>(destination(entry));
  base::Bytes& request = by_rank_[to];
  if (request.empty()) request.put(Head{static_cast<MessageKind>(operation.kind), number});
  request.put(RequestRecord{entry.key, index});
  if (operation.kind != OperationKind::pull) {
    const std::size_t length = values_.layout().length(entry.key);
    std::byte* room = request.extend(values_.wire_bytes(entry.key));
    std::memcpy(room, operation.values.data() + entry.offset, length * sizeof(V));
  }
  if (request.size() > message_bytes) {
    send(static_cast<int>(to), std::move(request));
    request.clear();
  }
}

template <class V>
void AccessEngine<V>::end_dispatch() {
  for (std::size_t to = 0; to < by_rank_.size(); ++to) {
    if (by_rank_[to].empty()) continue;
    send(static_cast<int>(to), std::move(by_rank_[to]));
    by_rank_[to] = base::Bytes();
  }
}

template <class V>
bool AccessEngine<V>::try_here(Operation<V>& operation, const Entry& entry) {
  switch (operation.kind) {
    case OperationKind::pull:
      return values_.try_pull(entry.key, operation.destination + entry.offset) != Presence::elsewhere;
    case OperationKind::push:
      return values_.try_push(entry.key, operation.values.data() + entry.offset, protocol_.own_dirty_list()) !=
             Presence::elsewhere;
    case OperationKind::set:
      return values_.try_set(entry.key, operation.values.data() + entry.offset, protocol_.own_dirty_list()) !=
             Presence::elsewhere;
  }
  return false;
}

/// This rank's own word if it is the home, for then it is the truth. Else the hint first, then in turn where the last
/// rank asked believes the key to be, and the home.
template <class V>
int AccessEngine<V>::destination(const Entry& entry) const {
  const int home = table_.home(entry.key);
  int to = home;
  if (home == table_.rank() || table_.get(entry.key).at_hand()) {
    to = values_.owner(entry.key);
  } else if (entry.tries == 0 && options_.location_hints) {
    to = values_.owner(entry.key);
  } else if (entry.tries % 2 == 1) {
    to = entry.told;
  }
  return to == table_.rank() ? home : to;
}

template <class V>
void AccessEngine<V>::entry_done(std::uint32_t number) {
  Operation<V>& operation = *operations_[number];
  ADAPM_ASSERT(operation.remaining > 0);
  if (--operation.remaining > 0) return;
  if (operation.deferred) {
    acknowledged_.push_back(number);
  } else {
    finish(number);
  }
}

template <class V>
void AccessEngine<V>::finish(std::uint32_t number) {
  Operation<V>* operation = operations_[number];
  operations_[number] = nullptr;
  free_numbers_.push_back(number);
  --open_operations_;
  if (operation->kind == OperationKind::pull && --open_pulls_ == 0) waited_ += port_.now() - waiting_since_;
  operation->completion.complete(base::Completion::done);  // the worker may reuse it from here on
}

template <class V>
void AccessEngine<V>::take_reply(Head head, base::ByteReader& reader) {
  ADAPM_ASSERT(head.operation < operations_.size() && operations_[head.operation] != nullptr);
  while (!reader.at_end()) {
    const auto record = reader.get<ReplyRecord>();
    Operation<V>& operation = *operations_[head.operation];
    ADAPM_ASSERT(record.entry < operation.entries.size());
    Entry& entry = operation.entries[record.entry];
    if (record.owner != served) {
      ++entry.tries;
      entry.told = static_cast<int>(record.owner);
      if (options_.location_hints && entry.told != table_.rank())  // that would say: it is on its way
        table_.improve_hint(entry.key, table_.get(entry.key), static_cast<int>(record.owner));
      dispatch(head.operation, record.entry);
      continue;
    }
    if (operation.kind == OperationKind::pull) {
      const std::size_t length = values_.layout().length(entry.key);
      std::memcpy(operation.destination + entry.offset, reader.take(values_.wire_bytes(entry.key)), length * sizeof(V));
    } else if (table_.get(entry.key).presence() != Presence::owner &&
               (table_.get(entry.key).here() || protocol_.is_arriving(entry.key))) {
      operation.deferred = true;
    }
    entry_done(head.operation);
  }
  end_dispatch();
}

// --- other ranks' requests --------------------------------------------------------------------------------------

template <class V>
typename AccessEngine<V>::Place AccessEngine<V>::place_for_others(Key key) const {
  const Presence presence = table_.get(key).presence();
  if (presence == Presence::owner) return Place::here;
  const bool may_become_owner = round_under_way_ && (presence == Presence::replica || presence == Presence::releasing);
  return may_become_owner || protocol_.is_arriving(key) ? Place::arriving : Place::elsewhere;
}

template <class V>
void AccessEngine<V>::receive(port::ReceivedMessage& message) {
  base::ByteReader reader(message.content);
  const auto head = reader.get<Head>();
  if (head.kind == MessageKind::reply) {
    take_reply(head, reader);
  } else {
    take_requests(message.from, head, reader);
  }
}

template <class V>
void AccessEngine<V>::take_requests(int from, Head head, base::ByteReader& reader) {
  base::Bytes reply;
  reply.put(Head{MessageKind::reply, head.operation});
  const std::size_t nothing = reply.size();
  while (!reader.at_end()) {
    const auto record = reader.get<RequestRecord>();
    ADAPM_ASSERT(record.key < table_.num_keys());
    const std::size_t value_bytes = head.kind == MessageKind::pull ? 0 : values_.wire_bytes(record.key);
    const std::byte* value = reader.take(value_bytes);
    if (place_for_others(record.key) == Place::arriving) {
      parked_requests_.push_back({from, head, record, {value, value + value_bytes}});
    } else {
      serve(from, head, record, value, reply);
    }
  }
  if (reply.size() > nothing) send(from, std::move(reply));
}

template <class V>
void AccessEngine<V>::serve(int from, Head head, const RequestRecord& record, const std::byte* value,
                            base::Bytes& reply) {
  if (table_.get(record.key).presence() != Presence::owner) {
    // The home knows the truth, even if that is the asker: then the key is on its way to it.
    const int home = table_.home(record.key);
    const int known = values_.owner(record.key);
    reply.put(ReplyRecord{record.entry, known != from || home == table_.rank() ? known : home});
    ++counters_.elsewhere;
    return;
  }
  reply.put(ReplyRecord{record.entry, served});
  switch (head.kind) {
    case MessageKind::pull:
      values_.append_value(record.key, reply);
      return;
    case MessageKind::push:
      values_.try_push(record.key, reinterpret_cast<const V*>(value), protocol_.own_dirty_list());
      return;
    case MessageKind::set:
      values_.try_set(record.key, reinterpret_cast<const V*>(value), protocol_.own_dirty_list());
      return;
    case MessageKind::reply:
      break;
  }
  ADAPM_UNREACHABLE("no request has this kind");
}

template <class V>
void AccessEngine<V>::send(int to, base::Bytes message) {
  ADAPM_ASSERT(to != table_.rank());
  ++counters_.messages_sent;
  counters_.bytes_sent.add(message.size());
  port_.send(to, std::move(message));
}

// --- rounds -----------------------------------------------------------------------------------------------------

template <class V>
void AccessEngine<V>::round_begins() {
  round_under_way_ = true;
  visible_after_round_.insert(visible_after_round_.end(), acknowledged_.begin(), acknowledged_.end());
  acknowledged_.clear();
}

template <class V>
void AccessEngine<V>::round_is_over() {
  round_under_way_ = false;
  for (const std::uint32_t number : visible_after_round_) finish(number);
  visible_after_round_.clear();

  std::vector<ParkedEntry> entries;
  entries.swap(parked_entries_);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    dispatch(entries[i].operation, entries[i].entry);
    if (i + 1 == entries.size() || entries[i + 1].operation != entries[i].operation) end_dispatch();
  }
  std::vector<ParkedRequest> requests;
  requests.swap(parked_requests_);
  for (ParkedRequest& parked : requests) {
    if (place_for_others(parked.record.key) == Place::arriving) {
      parked_requests_.push_back(std::move(parked));
      continue;
    }
    base::Bytes reply;
    reply.put(Head{MessageKind::reply, parked.head.operation});
    serve(parked.from, parked.head, parked.record, parked.value.data(), reply);
    send(parked.from, std::move(reply));
  }
}

template <class V>
std::chrono::nanoseconds AccessEngine<V>::take_waited() {
  if (open_pulls_ > 0) {
    const auto now = port_.now();
    waited_ += now - std::exchange(waiting_since_, now);
  }
  return std::exchange(waited_, std::chrono::nanoseconds::zero());
}

template <class V>
bool AccessEngine<V>::idle() {
  const base::MutexLock lock(mutex_);
  return open_operations_ == 0 && submitted_.empty();
}

template <class V>
void AccessEngine<V>::fail_all() {
  {
    const base::MutexLock lock(mutex_);
    for (Operation<V>* operation : submitted_) operation->completion.complete(base::Completion::failed);
    submitted_.clear();
    closed_ = true;
  }
  for (Operation<V>*& operation : operations_) {
    if (operation != nullptr) operation->completion.complete(base::Completion::failed);
    operation = nullptr;
  }
  open_operations_ = 0;
  parked_entries_.clear();
  parked_requests_.clear();
  acknowledged_.clear();
  visible_after_round_.clear();
}

template class AccessEngine<float>;
template class AccessEngine<double>;
template class AccessEngine<std::int64_t>;

}  // namespace adapm::access
