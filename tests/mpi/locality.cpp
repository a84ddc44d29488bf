// Where keys are before, while and after workers have intents on them. For exactly three ranks: home, owner and asker
// differ. Relocation only: in a neighbour's memory a pull is immediate, too, so there only `pull_if_local` tells where a
// key is.
#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Keys = std::vector<Key>;

/// The keys below `count` that have a copy on this rank.
Keys local_keys(Worker<std::int64_t>& worker, Key count) {
  Keys local;
  std::vector<std::int64_t> value(1);
  for (Key key = 0; key < count; ++key) {
    if (worker.pull_if_local(key, value)) local.push_back(key);
  }
  return local;
}

/// What the first worker of rank 0 and the last worker of rank 2 find here, before, while and after their intents.
struct Expected {
  Keys before, during, after;
};

constexpr Key watched_keys = 7;

/// Rank 0 wants {3,4}, rank 2 wants {1,3,6}; key k starts on rank k mod 3. What becomes of key 3 when both intents end
/// depends on whose end is seen first, so `after` is without it; relocation_only decides between the two as it likes.
Expected expected(Techniques techniques, int rank) {
  if (keys_stay()) return {{0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 4, 5, 6}};
  switch (techniques) {
    case Techniques::all:
      return rank == 0 ? Expected{{0, 3, 6}, {0, 3, 4}, {0, 4}} : Expected{{2, 5}, {1, 2, 3, 5, 6}, {1, 2, 5, 6}};
    case Techniques::replication_only:
      return rank == 0 ? Expected{{0, 3, 6}, {0, 3, 4, 6}, {0, 6}} : Expected{{2, 5}, {1, 2, 3, 5, 6}, {2, 5}};
    case Techniques::relocation_only:
      return rank == 0 ? Expected{{0, 3, 6}, {0, 4}, {0, 4}} : Expected{{2, 5}, {1, 2, 5, 6}, {1, 2, 5, 6}};
  }
  return {};
}

Keys without(Keys keys, Key key) {
  std::erase(keys, key);
  return keys;
}

/// What the two watched workers saw, for the test thread to judge.
struct Seen {
  Keys before, during, after;
};

void watch(Worker<std::int64_t>& worker, Seen& seen, const Keys& wanted) {
  seen.before = local_keys(worker, watched_keys);
  worker.barrier();
  if (!wanted.empty()) worker.intent(wanted, 1);
  worker.advance_clock();
  worker.wait_sync();
  worker.barrier();
  seen.during = local_keys(worker, watched_keys);
  worker.barrier();
  worker.advance_clock();
  worker.wait_sync();
  worker.barrier();
  seen.after = local_keys(worker, watched_keys);
  worker.barrier();
}

/// Whether tickets say where the keys are: 7 is on rank 1 all the time, `local` here.
void check_tickets(Worker<std::int64_t>& worker, Key local, Findings& findings) {
  std::vector<std::int64_t> values(2);
  for (int i = 0; i < 10; ++i) {
    const Ticket remote = worker.pull(Keys{7, local}, values);
    findings.expect(!remote.immediate(), "a pull of a remote key was immediate");
    worker.wait(remote);
    findings.expect(worker.is_done(remote), "not done after wait");
    const Ticket here = worker.pull(Keys{0, local}, values);
    findings.expect(here.immediate() && worker.is_done(here), "a pull of local keys was not immediate");
  }
}

TEST_CASE("keys are where intents call for: before, while and after") {
  REQUIRE(world_size() == 3);
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  Store<std::int64_t> store(ValueLayout::uniform(36, 1), options());
  const Techniques techniques = store.options().techniques;
  const int watched = store.rank() == 0 ? 0 : threads - 1;
  Seen seen;
  const std::string findings =
      run_on_workers(store, threads, [&](Worker<std::int64_t>& worker, int index, Findings& found) {
        Keys wanted;
        if (index == watched && store.rank() == 0) wanted = {3, 4};
        if (index == watched && store.rank() == 2) wanted = {1, 3, 6};
        Seen unwatched;
        watch(worker, index == watched ? seen : unwatched, wanted);
        const bool tells = store.options().one_host_per_rank && store.rank() == 0 && index == watched;
        if (tells) check_tickets(worker, techniques == Techniques::replication_only ? 0 : 4, found);
        worker.barrier();
      });
  CHECK(findings == "");
  if (store.rank() == 1) return;
  const Expected expect = expected(techniques, store.rank());
  const bool contested = techniques == Techniques::relocation_only;
  CHECK(seen.before == expect.before);
  CHECK((contested ? without(seen.during, 3) : seen.during) == expect.during);
  CHECK(without(seen.after, 3) == expect.after);
}

TEST_CASE("when all intents are over, each key has one copy") {
  constexpr std::uint64_t num_keys = 60;
  Store<std::int64_t> store(ValueLayout::uniform(num_keys, 1), options());
  Worker<std::int64_t> worker(store);
  auto random = generator();
  for (int i = 0; i < 20; ++i) {
    worker.intent(distinct_keys(random, 20, num_keys), worker.current_clock(), worker.current_clock() + 2);
    worker.advance_clock();
    if (i % 5 == 0) settle(worker);
  }
  advance_to(worker, worker.current_clock() + 10);
  settle(worker);
  const Statistics total = store.total_statistics();
  CHECK(total.owned_keys == num_keys);
  CHECK(total.replicas_held == 0);
  if (keys_stay()) return;
  std::vector<double> copies(num_keys, 0.0);
  for (const Key key : local_keys(worker, num_keys)) copies[key] = 1;
  worker.barrier();
  store.allreduce(copies);
  CHECK(copies == std::vector<double>(num_keys, 1.0));
}

}  // namespace
}  // namespace adapm::test
