// The ranks of the job before a store is open: reading input together needs a few collectives, and an error
// that one rank meets must end all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

namespace adapm::apps {

/// All functions but rank and count are collective, one thread per rank, while no store is open.
class Ranks {
 public:
  /// Initialises MPI if nobody has; then MPI is finalised at process exit.
  Ranks();
  /// If an error ends this rank that the others do not know of, the exit of the process will abort the job.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] std::size_t rank() const { return rank_; }
  [[nodiscard]] std::size_t count() const { return count_; }

  /// Runs `work`; returns if it threw nowhere. Errors  InputError on every rank with the message of the first
  /// rank where it threw a std::exception.
  void agree(const std::function<void()>& work);

  /// Sums element by element over all ranks; equal sizes.
  void sum(std::span<std::uint32_t> values) const;
  [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
  [[nodiscard]] std::uint64_t max(std::uint64_t value) const;

  /// The items of all ranks, one rank's after the other's. `Items` is a vector or a string; fewer than 2^31
  /// items in all.
  template <class Items>
  [[nodiscard]] Items gather(const Items& mine) const {
    const std::vector<int> counts = gather_counts(mine.size());
    Items all;
    all.resize(sum_of(counts));
    gather_items(mine.data(), all.data(), counts, size_of_item<Items>());
    return all;
  }

  /// Sends parts[r] to rank r; returns what was sent here, one rank's after the other's. As gather.
  template <class Items>
  [[nodiscard]] Items exchange(const std::vector<Items>& parts) const {
    Items sent;
    std::vector<int> counts;
    for (const Items& part : parts) {
      sent.insert(sent.end(), part.begin(), part.end());
      counts.push_back(static_cast<int>(part.size()));
    }
    const std::vector<int> arriving = exchange_counts(counts);
    Items received;
    received.resize(sum_of(arriving));
    exchange_items(sent.data(), counts, received.data(), arriving, size_of_item<Items>());
    return received;
  }

 private:
  template <class Items>
  static constexpr std::size_t size_of_item() {
    static_assert(std::is_trivially_copyable_v<typename Items::value_type>);
    return sizeof(typename Items::value_type);
  }
  static std::size_t sum_of(const std::vector<int>& counts);
  [[nodiscard]] std::vector<int> gather_counts(std::size_t mine) const;
  void gather_items(const void* mine, void* all, const std::vector<int>& counts,
                    std::size_t bytes_each) const;
  [[nodiscard]] std::vector<int> exchange_counts(const std::vector<int>& counts) const;
  void exchange_items(const void* sent, const std::vector<int>& counts, void* received,
                      const std::vector<int>& arriving, std::size_t bytes_each) const;

  std::size_t rank_ = 0;
  std::size_t count_ = 1;
  bool agreed_error_ = false;
};

}  // namespace adapm::apps
