// What exchanges are made of that needs no MPI: the votes' combination, and the tree that says that one has begun.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <vector>

#include "port/sparse_exchange.hpp"
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

TEST_CASE("the news that an exchange has begun reaches all ranks from any, each told by those that it tells") {
  for (const int size : {1, 2, 3, 7, 8, 100}) {
    std::set<int> reached{size / 2};
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const int rank : std::set<int>(reached))
        for (const int neighbour : port::tree_neighbours(rank, size)) reached.insert(neighbour);
    }
    CHECK(reached.size() == static_cast<std::size_t>(size));
    for (int rank = 0; rank < size; ++rank) {
      for (const int neighbour : port::tree_neighbours(rank, size)) {
        const std::vector<int> back = port::tree_neighbours(neighbour, size);
        CHECK(std::count(back.begin(), back.end(), rank) == 1);
      }
    }
  }
}
