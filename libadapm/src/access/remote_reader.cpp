#include "access/remote_reader.hpp"

namespace adapm::access {

using directory::Location;
using directory::RankWords;
using store::Presence;

namespace {

std::span<std::byte> bytes_of(std::uint64_t& word) {
  return std::as_writable_bytes(std::span<std::uint64_t, 1>(&word, 1));
}

}  // namespace

template <class V>
void RemoteReader<V>::start_reading_word(const Candidate& candidate, Key key, std::uint64_t& to) {
  port_.start_read(candidate.rank, table_region, RankWords::offset_of_words + key * sizeof(std::uint64_t),
                   bytes_of(to));
}

template <class V>
void RemoteReader<V>::start_reading_generation(const Candidate& candidate, std::uint64_t& to) {
  port_.start_read(candidate.rank, table_region, RankWords::offset_of_generation, bytes_of(to));
}

/// Reads generation and word of the ranks that may own the keys, then those of the ranks that these words name.
template <class V>
void RemoteReader<V>::locate(const Operation<V>& operation, std::span<Candidate> batch) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    bool any = false;
    for (Candidate& candidate : batch) {
      const Location known(candidate.word);
      candidate.looks = attempt == 0 || !known.here();
      if (!candidate.looks) continue;
      if (attempt > 0) candidate.rank = known.rank();
      candidate.looks = candidate.rank != table_.rank();
      if (candidate.looks) start_reading_generation(candidate, candidate.generation);
      any |= candidate.looks;
    }
    if (!any) return;
    port_.complete_reads();
    for (Candidate& candidate : batch)
      if (candidate.looks) start_reading_word(candidate, operation.entries[candidate.entry].key, candidate.word);
    port_.complete_reads();
  }
}

template <class V>
bool RemoteReader<V>::readable(const Candidate& candidate) const {
  const Location location(candidate.word);
  return candidate.rank != table_.rank() && location.is_stable_owner() &&
         location.segment() < values_.segments().count();  // the other rank may have grown already
}

template <class V>
void RemoteReader<V>::read_batch(Operation<V>& operation, std::span<Candidate> batch, std::vector<bool>& done) {
  locate(operation, batch);
  for (Candidate& candidate : batch) {
    if (!readable(candidate)) continue;
    const auto& entry = operation.entries[candidate.entry];
    const Location location(candidate.word);
    const std::span<V> to(operation.destination + entry.offset, values_.layout().length(entry.key));
    port_.start_read(candidate.rank, table_region + 1 + location.segment(), location.offset(),
                     std::as_writable_bytes(to));
  }
  port_.complete_reads();
  for (Candidate& candidate : batch)
    if (readable(candidate))
      start_reading_word(candidate, operation.entries[candidate.entry].key, candidate.word_after);
  port_.complete_reads();
  for (Candidate& candidate : batch)
    if (readable(candidate)) start_reading_generation(candidate, candidate.generation_after);
  port_.complete_reads();
  for (const Candidate& candidate : batch) {
    if (readable(candidate))
      done[candidate.entry] =
          candidate.word_after == candidate.word && candidate.generation_after == candidate.generation;
  }
}

template class RemoteReader<float>;
template class RemoteReader<double>;
template class RemoteReader<std::int64_t>;

}  // namespace adapm::access
