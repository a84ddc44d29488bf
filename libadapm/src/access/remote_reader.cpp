#include "access/remote_reader.hpp"

namespace adapm::access {

using directory::Location;
using store::Presence;
using store::Role;
using store::Slot;

namespace {

template <class T>
std::span<std::byte> bytes_of(T& object) {
  return std::as_writable_bytes(std::span<T, 1>(&object, 1));
}

}  // namespace

/// Reads the words of the ranks that may own the keys, then those of the ranks that these name.
template <class V>
void RemoteReader<V>::locate(const Operation<V>& operation, std::span<Candidate> batch) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (Candidate& candidate : batch) {
      const Location known(candidate.word);
      if (attempt > 0 && known.presence() == Presence::owner) continue;
      if (attempt > 0) candidate.rank = known.rank();
      if (candidate.rank == table_.rank()) continue;
      const Key key = operation.entries[candidate.entry].key;
      port_.start_read(candidate.rank, table_region, key * sizeof(std::uint64_t), bytes_of(candidate.word));
    }
    port_.complete_reads();
  }
}

template <class V>
bool RemoteReader<V>::readable(const Candidate& candidate) const {
  const Location location(candidate.word);
  return candidate.rank != table_.rank() && location.presence() == Presence::owner &&
         location.place().segment < values_.segments().count();  // the other rank may have grown already
}

template <class V>
bool RemoteReader<V>::valid(const Candidate& candidate, Key key) const {
  const auto role = static_cast<Role>(candidate.before.state & Slot::role_mask);
  return candidate.before.key == key && role == Role::owner && (candidate.before.sequence & Slot::locked_bit) == 0;
}

template <class V>
void RemoteReader<V>::start_header_read(const Candidate& candidate, Header& to) {
  const Location location(candidate.word);
  port_.start_read(candidate.rank, table_region + 1 + location.place().segment, location.offset(), bytes_of(to));
}

template <class V>
void RemoteReader<V>::read_batch(Operation<V>& operation, std::span<Candidate> batch, std::vector<bool>& done) {
  static_assert(sizeof(Header) == offsetof(Slot, companion));
  locate(operation, batch);
  for (Candidate& candidate : batch)
    if (readable(candidate)) start_header_read(candidate, candidate.before);
  port_.complete_reads();

  const auto promising = [&](const Candidate& candidate) {
    return readable(candidate) && valid(candidate, operation.entries[candidate.entry].key);
  };
  for (Candidate& candidate : batch) {
    if (!promising(candidate)) continue;
    const auto& entry = operation.entries[candidate.entry];
    const Location location(candidate.word);
    const std::span<V> to(operation.destination + entry.offset, values_.layout().length(entry.key));
    port_.start_read(candidate.rank, table_region + 1 + location.place().segment, location.offset() + sizeof(Slot),
                     std::as_writable_bytes(to));
  }
  port_.complete_reads();

  for (Candidate& candidate : batch)
    if (promising(candidate)) start_header_read(candidate, candidate.after);
  port_.complete_reads();
  for (const Candidate& candidate : batch) {
    if (!promising(candidate)) continue;
    done[candidate.entry] =
        candidate.after.key == candidate.before.key && candidate.after.sequence == candidate.before.sequence;
  }
}

template class RemoteReader<float>;
template class RemoteReader<double>;
template class RemoteReader<std::int64_t>;

}  // namespace adapm::access
