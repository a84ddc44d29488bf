// What exchanges are made of that needs no MPI: the votes' combination, and ways through a grid of ranks.
#include "port/exchange.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "port/grid.hpp"
#include "port/relaying.hpp"
#include "progress/votes.hpp"

using namespace adapm;
using progress::Verdict;
using progress::Vote;
using progress::VoteWords;

namespace {

Verdict verdict_on(const std::vector<Vote>& votes) {
  VoteWords all(votes[0], 0);
  for (std::size_t rank = 1; rank < votes.size(); ++rank)
    port::combine_votes(all.words, VoteWords(votes[rank], static_cast<int>(rank)).words);
  return all.verdict(votes[0].round);
}

bool contains(const std::vector<int>& ranks, int rank) { return std::count(ranks.begin(), ranks.end(), rank) == 1; }

/// Ranks that send messages as GridExchange does, but for MPI.
class RelayingRanks {
 public:
  /// from, to, bytes, first byte
  using Messages = std::multiset<std::tuple<int, int, std::size_t, int>>;

  /// At a rank, by name: the sum, and how many messages brought it.
  struct Sum {
    std::int64_t value = 0;
    std::size_t messages = 0;
  };
  using Sums = std::map<std::pair<int, std::uint64_t>, Sum>;

  explicit RelayingRanks(int size) : size_(size), multicasts_(static_cast<std::size_t>(size)) {
    for (int rank = 0; rank < size; ++rank) {
      relaying_.emplace_back(rank, size);
      summands_.emplace_back(base::add_arrays<std::int64_t>);
      outgoing_.emplace_back(static_cast<std::size_t>(size));
      votes_.push_back({rank});
    }
  }

  void send(int from, int to, std::size_t bytes) {
    if (from == to || bytes == 0) return;
    base::Bytes& message = outgoing_[index(from)][index(to)];
    message.resize_discarding(bytes);
    std::memset(message.data(), (from * 31 + to) % 128, bytes);
    sent_.insert({from, to, bytes, bytes > Relaying::longest_passed_on ? -1 : (from * 31 + to) % 128});
  }

  void send_to_several(int from, const std::vector<int>& to, std::size_t bytes) {
    if (to.empty() || bytes == 0) return;
    base::Bytes& out = multicasts_[index(from)].begin(to);
    std::memset(out.extend(bytes), from % 128, bytes);
    for (const int receiver : to) sent_.insert({from, receiver, bytes, from % 128});
  }

  void add_to_sum(int from, int to, std::uint64_t name, std::int64_t value, std::size_t elements) {
    if (from == to) return;
    base::Bytes& out = summands_[index(from)].begin(to);
    out.put(name);
    for (std::size_t i = 0; i < elements; ++i) out.put(value);
    Sum& sum = sent_sums_[{to, name}];
    sum.value += value * static_cast<std::int64_t>(elements);
    ++sum.messages;
  }

  void exchange() {
    for (int rank = 0; rank < size_; ++rank) {
      relaying_[index(rank)].take_outgoing(outgoing_[index(rank)], multicasts_[index(rank)], summands_[index(rank)]);
      CHECK(summands_[index(rank)].empty());
      for (const base::Bytes& left : outgoing_[index(rank)])
        CHECK((left.empty() || left.size() > Relaying::longest_passed_on));
    }
    const std::vector<std::set<int>> own = votes_;
    for (int rank = 0; rank < size_; ++rank) {
      const std::vector<int>& row = relaying_[index(rank)].row();
      for (std::size_t i = 0; i < row.size(); ++i) {
        std::vector<Relaying::Arrived> arrived;
        relaying_[index(row[i])].take_from_row(relaying_[index(rank)].to_row()[i], arrived);
        note(row[i], arrived);
        votes_[index(row[i])].insert(own[index(rank)].begin(), own[index(rank)].end());
      }
    }
    const std::vector<std::set<int>> of_rows = votes_;
    for (int rank = 0; rank < size_; ++rank) {
      const std::vector<int>& column = relaying_[index(rank)].column();
      for (std::size_t i = 0; i < column.size(); ++i) {
        std::vector<Relaying::Arrived> arrived;
        relaying_[index(column[i])].take_from_column(relaying_[index(rank)].to_column()[i], arrived);
        note(column[i], arrived);
        votes_[index(column[i])].insert(of_rows[index(rank)].begin(), of_rows[index(rank)].end());
      }
    }
  }

  [[nodiscard]] const Messages& sent() const { return sent_; }
  [[nodiscard]] const Messages& received() const { return received_; }
  [[nodiscard]] const Sums& sent_sums() const { return sent_sums_; }
  [[nodiscard]] const Sums& received_sums() const { return received_sums_; }
  [[nodiscard]] bool all_know_all_votes() const {
    return std::all_of(votes_.begin(), votes_.end(), [this](auto& known) { return known.size() == index(size_); });
  }

 private:
  using Relaying = port::Relaying;
  static std::size_t index(int rank) { return static_cast<std::size_t>(rank); }
  void note(int to, const std::vector<Relaying::Arrived>& arrived) {
    for (const auto& message : arrived)
      if (message.is_summand) {
        note_summand(to, {message.content, message.bytes});
      } else {
        note_message(to, message);
      }
  }
  void note_summand(int to, std::span<const std::byte> content) {
    Sum& sum = received_sums_[{to, base::Summands::name_of(content)}];
    ++sum.messages;
    for (std::size_t at = base::Summands::name_bytes; at < content.size(); at += sizeof(std::int64_t)) {
      std::int64_t element = 0;
      std::memcpy(&element, &content[at], sizeof(element));
      sum.value += element;
    }
  }
  void note_message(int to, const Relaying::Arrived& message) {
    received_.insert({message.from, to, message.bytes,
                      message.content == nullptr ? -1 : static_cast<int>(message.content[message.bytes - 1])});
  }

  const int size_;
  std::deque<Relaying> relaying_;                   // by rank
  std::vector<std::vector<base::Bytes>> outgoing_;  // by rank
  std::vector<base::Multicasts> multicasts_;        // by rank
  std::deque<base::Summands> summands_;             // by rank
  std::vector<std::set<int>> votes_;                // by rank: whose it knows
  Messages sent_, received_;
  Sums sent_sums_, received_sums_;
};

}  // namespace

TEST_CASE("combined votes say what the votes of all ranks say") {
  std::mt19937 random(7);
  const auto chance = [&] { return random() % 3 == 0; };
  for (int repetition = 0; repetition < 1000; ++repetition) {
    std::vector<Vote> votes(1 + random() % 6);
    for (Vote& vote : votes) {
      vote.round = 5;
      vote.stop = !chance();
      vote.failed = chance();
      vote.answers = chance();
      vote.grow = chance();
      vote.comes = !chance();
      vote.collectives = random() % 4;
      vote.interruptions = random() % 4;
      vote.rest = std::chrono::nanoseconds(random() % 4);
      vote.longest_rest = std::chrono::nanoseconds(random() % 4);
    }
    const Verdict verdict = verdict_on(votes);
    const auto all = [&](auto holds) { return std::all_of(votes.begin(), votes.end(), holds); };
    const auto any = [&](auto holds) { return std::any_of(votes.begin(), votes.end(), holds); };
    CHECK(verdict.stop == all([](const Vote& v) { return v.stop; }));
    CHECK(verdict.any_stopped == any([](const Vote& v) { return v.stop; }));
    CHECK(verdict.answers == any([](const Vote& v) { return v.answers; }));
    CHECK(verdict.grow == any([](const Vote& v) { return v.grow; }));
    CHECK(verdict.all_come == all([](const Vote& v) { return v.comes; }));
    const auto first_failed = std::find_if(votes.begin(), votes.end(), [](const Vote& v) { return v.failed; });
    CHECK(verdict.failed_rank == (first_failed == votes.end() ? -1 : first_failed - votes.begin()));
    const auto most = [&](auto of) {
      return of(*std::max_element(votes.begin(), votes.end(), [&](auto& a, auto& b) { return of(a) < of(b); }));
    };
    CHECK(verdict.interruptions == most([](const Vote& v) { return v.interruptions; }));
    CHECK(verdict.rest == most([](const Vote& v) { return v.rest; }));
    CHECK(verdict.longest_rest == -most([](const Vote& v) { return -v.longest_rest; }));
    if (!verdict.any_stopped) continue;
    std::uint64_t fewest = 100;
    for (const Vote& vote : votes)
      if (vote.stop) fewest = std::min(fewest, vote.collectives);
    CHECK(verdict.fewest_collectives_of_stopped == fewest);
  }
}

TEST_CASE("each rank of a grid reaches each other in two steps between peers") {
  for (int size = 1; size <= 70; ++size) {
    const port::Grid grid(size);
    for (int from = 0; from < size; ++from) {
      CHECK(grid.at(grid.row_of(from), grid.column_of(from)) == from);
      for (int to = 0; to < size; ++to) {
        const int relay = grid.relay(from, to);
        CHECK((relay == from || contains(grid.row_peers(from), relay)));
        CHECK((relay == to || contains(grid.column_peers(relay), to)));
      }
    }
  }
}

TEST_CASE("ranks of a grid are each other's peers, once, and few") {
  for (int size = 1; size <= 300; ++size) {
    const port::Grid grid(size);
    for (int rank = 0; rank < size; ++rank) {
      const std::vector<int> row = grid.row_peers(rank);
      const std::vector<int> column = grid.column_peers(rank);
      for (const int peer : row) CHECK(contains(grid.row_peers(peer), rank));
      for (const int peer : column) CHECK(contains(grid.column_peers(peer), rank));
      std::set<int> all(row.begin(), row.end());
      all.insert(column.begin(), column.end());
      CHECK(all.size() == row.size() + column.size());
      CHECK(all.count(rank) == 0);
      CHECK(static_cast<double>(all.size()) <= 3 * std::sqrt(size));  // two square roots, one more if it stands in
    }
  }
}

TEST_CASE("a multicast leaves its sender about as often as a row is long, not for every receiver") {
  port::Relaying sender(100, 1024);
  std::vector<base::Bytes> outgoing(1024);
  base::Multicasts multicasts;
  std::vector<int> everybody_else;
  for (int rank = 0; rank < 1024; ++rank)
    if (rank != 100) everybody_else.push_back(rank);
  multicasts.begin(everybody_else).extend(1000);
  base::Summands none(base::add_arrays<float>);
  sender.take_outgoing(outgoing, multicasts, none);
  CHECK(multicasts.empty());
  std::size_t bytes = 0;
  for (const auto* messages : {&sender.to_row(), &sender.to_column()})
    for (const base::Bytes& message : *messages) bytes += message.size();
  CHECK(bytes >= 62 * 1000);
  CHECK(bytes < 100 * 1000);  // to each rank of the row once for itself, and once for its column
}

TEST_CASE("what ranks send by way of a grid arrives once, and the votes of all ranks with it") {
  std::mt19937 random(11);
  for (const int size : {1, 2, 3, 4, 5, 7, 12, 13, 16, 30}) {
    for (int exchange = 0; exchange < 20; ++exchange) {
      RelayingRanks ranks(size);
      for (int from = 0; from < size; ++from)
        for (int to = 0; to < size; ++to)
          if (random() % 3 == 0) ranks.send(from, to, random() % 2 == 0 ? 8 : 8 * (random() % 1000));
      for (int from = 0; from < size; ++from) {
        for (auto several = random() % 3; several > 0; --several) {
          std::vector<int> to;
          for (int rank = 0; rank < size; ++rank)
            if (rank != from && random() % 2 == 0) to.push_back(rank);
          ranks.send_to_several(from, to, 8 * (random() % 1000));
        }
      }
      ranks.exchange();
      CHECK(ranks.received() == ranks.sent());
      CHECK(ranks.all_know_all_votes());
    }
  }
}

TEST_CASE("summands of a sum are added up on their way: nothing is lost, and one of each row arrives") {
  for (const int size : {2, 5, 12, 30, 64, 100}) {
    RelayingRanks ranks(size);
    const port::Grid grid(size);
    const int owner = size / 2;
    for (int from = 0; from < size; ++from) {
      ranks.add_to_sum(from, owner, 7, from + 1, 3);
      ranks.add_to_sum(from, owner, 8, 2 * from, 1);
      ranks.add_to_sum(from, 0, 7, 1, 5);                                              // of the same name, elsewhere
      ranks.send(from, owner, 40);                                                     // beside messages
      ranks.add_to_sum(from, owner, 9, from, 1 + static_cast<std::size_t>(from % 2));  // of two sizes
    }
    ranks.exchange();
    CHECK(ranks.received() == ranks.sent());
    REQUIRE(ranks.received_sums().size() == ranks.sent_sums().size());
    for (const auto& [place, sum] : ranks.sent_sums()) {
      const auto& received = ranks.received_sums().at(place);
      CHECK(received.value == sum.value);
      CHECK(received.messages <= sum.messages);
      // Those of its own row, and one of each other row, or two: who stands in for a missing rank passes on, too.
      const auto row = grid.row_peers(place.first).size();
      const auto others = static_cast<std::size_t>(grid.rows());
      if (place.second != 9) CHECK(received.messages <= row + others);
    }
  }
}

TEST_CASE("a summand that is dropped is not sent, and the others are") {
  base::Summands summands(base::add_arrays<std::int64_t>);
  for (const std::int64_t value : {1, 2, 3}) {
    base::Bytes& out = summands.begin(1);
    out.put(std::uint64_t{5});
    out.put(value);
    if (value == 2) summands.drop_last();
  }
  std::vector<base::Bytes> messages(2);
  summands.hand_out(messages);
  CHECK(summands.empty());
  CHECK(messages[0].empty());
  base::ByteReader reader(messages[1]);
  for (const std::int64_t value : {1, 3}) {
    CHECK(reader.get<std::uint64_t>() == 5);
    CHECK(reader.get<std::int64_t>() == value);
  }
  CHECK(reader.at_end());
}
