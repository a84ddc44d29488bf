// Pulls from other hosts' memory without their help, where the network serves one-sided reads.
//
// A read is validated as a local one is: the owner's location word names the slot, and word and generation must be the
// same after the value was read. The steps (generation, word, value, word, generation) are batches over all keys, each
// with one completion: reads of one batch are not ordered among themselves. What fails goes by message; nothing is
// retried more than once. Progress thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "access/operation.hpp"
#include "directory/location_table.hpp"
#include "port/port.hpp"
#include "store/value_store.hpp"

namespace adapm::access {

template <class V>
class RemoteReader {
 public:
  /// With more keys an operation is faster by message: one-sided reads cost a latency or so a key.
  static constexpr std::size_t worthwhile_keys = 128;

  RemoteReader(port::Port& port, const directory::LocationTable& table, const store::ValueStore<V>& values)
      : port_(port), table_(table), values_(values) {}

  /// Reads what it can of a pull; `first_rank` says where to look for an entry's key first. Returns, by entry, whether
  /// its value is in the destination.
  template <class FirstRank>
  std::vector<bool> read(Operation<V>& operation, FirstRank first_rank) {
    candidates_.clear();
    for (std::size_t entry = 0; entry < operation.entries.size(); ++entry) {
      const int rank = first_rank(operation.entries[entry]);
      if (rank != table_.rank()) candidates_.push_back({.entry = entry, .rank = rank});
    }
    std::vector<bool> done(operation.entries.size());
    for (std::size_t begin = 0; begin < candidates_.size(); begin += batch_keys) {
      const std::size_t end = std::min(candidates_.size(), begin + batch_keys);
      read_batch(operation, std::span(candidates_).subspan(begin, end - begin), done);
    }
    return done;
  }

 private:
  static constexpr std::size_t batch_keys = 256;
  static constexpr std::size_t table_region = 0;  // the first that the manager allocates; segments follow
  struct Candidate {
    std::size_t entry = 0;
    int rank = 0;
    bool looks = false;  // in this attempt
    std::uint64_t generation = 0;
    std::uint64_t word = 0;
    std::uint64_t word_after = 0;
    std::uint64_t generation_after = 0;
  };

  void read_batch(Operation<V>& operation, std::span<Candidate> batch, std::vector<bool>& done);
  void locate(const Operation<V>& operation, std::span<Candidate> batch);
  [[nodiscard]] bool readable(const Candidate& candidate) const;
  void start_reading_word(const Candidate& candidate, Key key, std::uint64_t& to);
  void start_reading_generation(const Candidate& candidate, std::uint64_t& to);

  port::Port& port_;
  const directory::LocationTable& table_;
  const store::ValueStore<V>& values_;
  std::vector<Candidate> candidates_;
};

extern template class RemoteReader<float>;
extern template class RemoteReader<double>;
extern template class RemoteReader<std::int64_t>;

}  // namespace adapm::access
