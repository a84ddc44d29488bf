// A rank's part in sending messages by way of a grid of ranks: in a first step along the rows, in a second along the
// columns, each with one message to each peer, which holds what is for it and what it passes on.
//
// Long messages go directly; only word of them takes the way through the grid, so that who gets them knows. A multicast
// leaves its sender once for each rank of the row, which hands it out in its column, instead of once for each receiver.
// Summands of one sum that meet at a rank that passes them on are added up there: of each row at most one is passed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/dense_map.hpp"
#include "base/multicasts.hpp"
#include "base/summands.hpp"
#include "port/grid.hpp"

namespace adapm::port {

class Relaying {
 public:
  /// What has arrived for this rank.
  struct Arrived {
    int from = 0;
    std::size_t bytes = 0;
    const std::byte* content = nullptr;  // in the message that it came in; null: it comes directly
    bool is_summand = false;             // perhaps of several
  };

  /// Before each message that is passed on.
  static constexpr std::size_t head_bytes = 16;
  /// Behind the head of a multicast to so many ranks.
  static constexpr std::size_t list_bytes(std::size_t ranks) { return (ranks + 1) / 2 * 8; }
  /// Messages of more bytes go directly.
  static constexpr std::size_t longest_passed_on = 4000;

  Relaying(int rank, int size);

  [[nodiscard]] const std::vector<int>& row() const { return row_; }
  [[nodiscard]] const std::vector<int>& column() const { return column_; }

  /// Takes what goes by way of the grid; long messages are left, but multicasts go through it whatever their length.
  /// What is for the rank itself is left, too.
  void take_outgoing(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts, base::Summands& summands);
  /// To be sent in the first step; by index in row().
  [[nodiscard]] std::vector<base::Bytes>& to_row() { return to_row_; }
  /// What a peer of the row has sent: keeps what is to be passed on, and appends the rest to `arrived`.
  void take_from_row(const base::Bytes& message, std::vector<Arrived>& arrived);
  /// To be sent in the second step; by index in column().
  [[nodiscard]] std::vector<base::Bytes>& to_column() { return to_column_; }
  void take_from_column(const base::Bytes& message, std::vector<Arrived>& arrived);
  /// Bytes of others' messages that this rank has passed on.
  [[nodiscard]] std::size_t bytes_passed_on() const { return bytes_passed_on_; }

 private:
  enum class Way : std::uint64_t { whole, direct, several, summand };
  struct Head {
    std::uint32_t from = 0;
    std::uint32_t to = 0;  // several: how many; they follow, padded to 8 bytes
    std::uint64_t word = 0;
    Head() = default;
    Head(int from_rank, std::size_t to_rank, std::size_t bytes, Way way)
        : from(static_cast<std::uint32_t>(from_rank)),
          to(static_cast<std::uint32_t>(to_rank)),
          word(bytes << 2U | static_cast<std::uint64_t>(way)) {}
    [[nodiscard]] Way way() const { return static_cast<Way>(word & 3U); }
    [[nodiscard]] std::size_t bytes() const { return word >> 2U; }
  };
  static_assert(sizeof(Head) == head_bytes);

  /// A sum that is being passed on.
  struct Sum {
    std::uint64_t name = 0;
    std::uint32_t to = 0;
    std::size_t bytes = 0;
    std::size_t at = 0;  // its content, in the message to that rank
  };

  static bool has_content(Way way) { return way == Way::whole || way == Way::summand; }
  static Arrived arrived_as(const Head& head, const std::byte* content);
  // Into the message that takes it on. Return how many bytes longer that is.
  std::size_t put(const Head& head, const std::byte* content);
  std::size_t put_to_column(const Head& head, const std::byte* content);
  bool add_to_sum(const Head& head, const std::byte* content, base::Bytes& message);
  static std::size_t append(base::Bytes& message, const Head& head, const std::byte* content);
  void put_multicast(std::span<const int> to, std::span<const std::byte> content);
  void pass_on(const Head& head, const std::byte* content);
  void pass_on_to_several(const Head& head, base::ByteReader& reader);

  const int rank_;
  const Grid grid_;
  const std::vector<int> row_;
  const std::vector<int> column_;
  std::vector<std::uint32_t> index_of_;  // by rank: in row_ or column_
  std::vector<int> relay_of_;            // by rank
  std::vector<base::Bytes> to_row_;
  std::vector<base::Bytes> to_column_;
  base::DenseMap<Sum> sums_;  // by name and receiver, in one number; of those that have the same, the first
  base::Summands::AddUp add_up_ = nullptr;
  std::size_t bytes_passed_on_ = 0;
  std::vector<std::vector<std::uint32_t>> by_relay_;  // scratch; by index in row_: ranks of a multicast
};

}  // namespace adapm::port
