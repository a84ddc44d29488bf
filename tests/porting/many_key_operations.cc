// Many keys at a time, in no order, under intents: what is pulled is what was pushed.
#include "program.h"

const size_t vpk = 10;
size_t runs = 500;
size_t max_keys = 20;
const size_t max_open = 10;  // operations that are not waited for

std::vector<Key> random_keys(std::mt19937& random) {
  std::unordered_set<Key> keys;
  const size_t count = random() % max_keys + 1;
  while (keys.size() != count) keys.insert(random() % num_keys);
  std::vector<Key> list(keys.begin(), keys.end());
  std::shuffle(list.begin(), list.end(), random);
  return list;
}

ValT initial(Key key, size_t place) {
  return static_cast<ValT>((key * 7919 + place * 104729) % 10000000) - 5000000;
}

// The lists of keys of all runs, and what was pulled.
struct Pulls {
  std::vector<std::vector<Key>> keys = std::vector<std::vector<Key>>(runs);
  std::vector<std::vector<ValT>> vals = std::vector<std::vector<ValT>>(runs);
  std::vector<int> ts = std::vector<int>(runs);

  void start(WorkerT& kv, size_t run) {
    vals[run].resize(keys[run].size() * vpk);
    ts[run] = kv.Pull(keys[run], &vals[run]);
    if (run >= max_open) kv.Wait(ts[run - max_open]);
  }
};

// Signals intents for the lists of keys `ahead` runs before they are used: one clock is one run.
void signal(WorkerT& kv, const std::vector<std::vector<Key>>& lists, size_t run, size_t ahead) {
  if (run == 0)
    for (size_t i = 0; i < ahead && i < runs; ++i)
      kv.Intent(lists[i], kv.currentClock() + static_cast<Clock>(i));
  if (run + ahead < runs) kv.Intent(lists[run + ahead], kv.currentClock() + static_cast<Clock>(ahead));
}

void pulls_and_intents(WorkerT& kv, std::mt19937& random) {
  Pulls pulls;
  for (auto& keys : pulls.keys) keys = random_keys(random);
  for (size_t run = 0; run != runs; ++run) {
    signal(kv, pulls.keys, run, 100);
    pulls.start(kv, run);
    kv.advanceClock();
  }
  for (size_t run = 0; run != runs; ++run) {
    kv.Wait(pulls.ts[run]);
    for (size_t i = 0; i != pulls.vals[run].size(); ++i) {
      ValT correct = initial(pulls.keys[run][i / vpk], i % vpk);
      EXPECT(pulls.vals[run][i] == correct, "key " << pulls.keys[run][i / vpk] << ": " << pulls.vals[run][i]);
    }
  }
  kv.WaitAll();
  kv.Barrier();
}

// Pushes what is above 0; a pull must have at least what this worker has pushed before it.
void monotonic_pushes(WorkerT& kv, std::mt19937& random) {
  Pulls pulls;
  for (auto& keys : pulls.keys) keys = random_keys(random);
  std::vector<ValT> least(num_keys * vpk);
  for (size_t i = 0; i != least.size(); ++i) least[i] = initial(i / vpk, i % vpk);
  std::vector<std::vector<ValT>> least_of_run(runs);
  for (size_t run = 0; run != runs; ++run) {
    signal(kv, pulls.keys, run, 100);
    if (run % 10 == 0) kv.WaitSync();
    pulls.start(kv, run);
    for (Key key : pulls.keys[run])
      least_of_run[run].insert(least_of_run[run].end(), &least[key * vpk], &least[key * vpk] + vpk);
    std::vector<Key> keys = random_keys(random);
    std::vector<ValT> updates(keys.size() * vpk);
    for (size_t i = 0; i != updates.size(); ++i)
      least[keys[i / vpk] * vpk + i % vpk] += updates[i] = random() % 1000 + 1;
    kv.Wait(kv.Push(keys, updates));
    kv.advanceClock();
  }
  for (size_t run = 0; run != runs; ++run) {
    kv.Wait(pulls.ts[run]);
    for (size_t i = 0; i != pulls.vals[run].size(); ++i)
      EXPECT(pulls.vals[run][i] >= least_of_run[run][i], "key " << pulls.keys[run][i / vpk] << " has "
                                                                << pulls.vals[run][i] << " < "
                                                                << least_of_run[run][i]);
  }
  kv.WaitAll();
  kv.Barrier();
}

// What everybody pushes and takes back leaves all keys as they were, on all nodes.
void eventual_consistency(WorkerT& kv, std::mt19937& random) {
  kv.WaitSync();
  kv.Barrier();
  std::vector<Key> all_keys(num_keys);
  std::iota(all_keys.begin(), all_keys.end(), 0);
  std::vector<ValT> before(num_keys * vpk), after(num_keys * vpk), total(num_keys * vpk, 0);
  kv.Wait(kv.Pull(all_keys, &before));
  kv.Barrier();

  for (size_t run = 0; run != runs; ++run) {
    kv.Intent(random_keys(random), kv.currentClock() + 2, kv.currentClock() + 5);
    std::vector<Key> keys = random_keys(random);
    std::vector<ValT> updates(keys.size() * vpk);
    for (size_t i = 0; i != updates.size(); ++i)
      total[keys[i / vpk] * vpk + i % vpk] -= updates[i] = random() % 1000;
    kv.Push(keys, updates);
    kv.advanceClock();
  }
  kv.StaggeredPush(all_keys, total, 30);
  kv.WaitAll();
  kv.WaitSync();
  kv.Barrier();
  kv.WaitSync();
  kv.Barrier();
  kv.Wait(kv.Pull(all_keys, &after));
  EXPECT(after == before, "values differ after all updates were taken back");
  kv.Barrier();
}

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  std::mt19937 random = generator(customer_id);
  kv.BeginSetup();
  if (kv.workerId() == 0) {
    std::vector<Key> all_keys(num_keys);
    std::vector<ValT> values(num_keys * vpk);
    std::iota(all_keys.begin(), all_keys.end(), 0);
    for (size_t i = 0; i != values.size(); ++i) values[i] = initial(i / vpk, i % vpk);
    kv.Wait(kv.Push(all_keys, values));
  }
  kv.EndSetup();

  pulls_and_intents(kv, random);
  monotonic_pushes(kv, random);
  eventual_consistency(kv, random);
  kv.Finalize();
}

int main(int argc, char* argv[]) {
  bool heavy = false;
  options().add_options()("heavy", boost::program_options::bool_switch(&heavy),
                          "more keys at a time, more workers");
  read_options(argc, argv);
  num_keys = heavy ? 10000 : 100;
  max_keys = heavy ? 1000 : 20;
  runs = heavy ? 1000 : 500;
  num_threads = heavy ? 4 : 2;
  value_lengths = {vpk};
  return run("many keys", RunWorker);
}
