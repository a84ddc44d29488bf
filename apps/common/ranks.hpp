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

  /// The values of all ranks, one rank's after the other's.
  [[nodiscard]] std::vector<std::int64_t> gather(std::span<const std::int64_t> values) const;

  /// Sends parts[r] to rank r; returns what was sent here. Fewer than 2^31 items in all.
  template <class Item>
  requires std::is_trivially_copyable_v<Item>
  [[nodiscard]] std::vector<Item> exchange(const std::vector<std::vector<Item>>& parts) const {
    std::vector<Item> sent;
    std::vector<int> counts;
    for (const auto& part : parts) {
      sent.insert(sent.end(), part.begin(), part.end());
      counts.push_back(static_cast<int>(part.size()));
    }
    const std::vector<int> arriving = exchange_counts(counts);
    std::size_t total = 0;
    for (const int n : arriving) total += static_cast<std::size_t>(n);
    std::vector<Item> received(total);
    exchange_items(sent.data(), counts, received.data(), arriving, sizeof(Item));
    return received;
  }

 private:
  [[nodiscard]] std::vector<int> exchange_counts(const std::vector<int>& counts) const;
  void exchange_items(const void* sent, const std::vector<int>& counts, void* received,
                      const std::vector<int>& arriving, std::size_t bytes_each) const;

  std::size_t rank_ = 0;
  std::size_t count_ = 1;
  bool agreed_error_ = false;
};

}  // namespace adapm::apps
