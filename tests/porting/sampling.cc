// Samples have the values of their keys, keys that differ where they must, and each key as often as it was
// drawn.
#include "program.h"

typedef Sampling<ValT, WorkerT, ServerT> SamplingT;

const size_t vpk = 5;
const size_t num_samples = 1000;  // of a worker
const size_t prepare_ahead = 50;

std::vector<Key> sequence;  // what the sampling function gives, one after the other, round about
std::atomic<size_t> position{0};
std::vector<std::vector<size_t>> times_sampled;  // by worker, by key

Key SampleKey() { return sequence[position++ % sequence.size()]; }

size_t keys_per_sample() {
  return 5 * (SamplingT::scheme == SamplingScheme::Pool ? SamplingT::reuse_factor_ : 1);
}
size_t keys_of_all_workers() { return num_threads * num_samples * keys_per_sample(); }

// Low keys are more frequent, and a third of the keys never come. A key drawn for a pool is used `reuse`
// times.
void make_sequence() {
  std::mt19937 random(17727u ^ static_cast<unsigned>(ps::MyRank()));
  std::unordered_set<Key> never;
  while (never.size() != num_keys / 3) never.insert(random() % num_keys);
  while (sequence.size() != num_threads * num_samples * 5) {
    Key key = random() % num_keys;
    if (never.count(key) == 0 && random() % num_keys >= key) sequence.push_back(key);
  }
}

// How often each key must have been sampled here. The scheme local passes over the keys of other nodes.
std::vector<size_t> expected_times() {
  std::vector<size_t> times(num_keys, 0);
  const bool local = SamplingT::scheme == SamplingScheme::Local;
  size_t total = 0;
  for (size_t i = 0; total != keys_of_all_workers(); ++i) {
    Key key = sequence[i % sequence.size()];
    if (local && key % static_cast<Key>(ps::NumServers()) != static_cast<Key>(ps::MyRank())) continue;
    ++times[key];
    ++total;
  }
  return times;
}

// Pulls all keys of a sample, in pieces.
std::vector<Key> pull(WorkerT& kv, SampleID id, std::mt19937& random) {
  std::vector<Key> all;
  while (all.size() != keys_per_sample()) {
    std::vector<Key> keys(std::min<size_t>(random() % 5 + 1, keys_per_sample() - all.size()));
    std::vector<ValT> vals(keys.size() * vpk);
    kv.Wait(kv.PullSample(id, keys, vals));
    for (size_t i = 0; i != vals.size(); ++i)
      EXPECT(vals[i] == static_cast<ValT>(keys[i / vpk] * 100 + i % vpk),
             "key " << keys[i / vpk] << " has " << vals[i]);
    all.insert(all.end(), keys.begin(), keys.end());
  }
  return all;
}

void initialize(WorkerT& kv) {
  kv.BeginSetup();
  if (kv.workerId() == 0) {
    std::vector<Key> keys(num_keys);
    std::vector<ValT> vals(num_keys * vpk);
    std::iota(keys.begin(), keys.end(), 0);
    for (size_t i = 0; i != vals.size(); ++i) vals[i] = static_cast<ValT>(i / vpk * 100 + i % vpk);
    kv.Wait(kv.Push(keys, vals));
  }
  kv.EndSetup();
}

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  initialize(kv);
  std::mt19937 random = generator(customer_id);
  std::vector<SampleID> ids(num_samples);
  size_t future = 0;
  for (size_t i = 0; i != num_samples; ++i) {
    for (; future <= i + prepare_ahead && future < num_samples; ++future)
      ids[future] = kv.PrepareSample(keys_per_sample(), kv.currentClock() + static_cast<Clock>(future - i));
    std::vector<Key> keys = pull(kv, ids[i], random);
    kv.FinishSample(ids[i]);
    for (Key key : keys) ++times_sampled[static_cast<size_t>(customer_id)][key];
    if (!SamplingT::with_replacement_) {
      std::unordered_set<Key> different(keys.begin(), keys.end());
      EXPECT(different.size() == keys.size(), "a key is in a sample twice:" << keys);
    }
    kv.advanceClock();
  }
  kv.Barrier();
  if (customer_id == 0 && SamplingT::with_replacement_) {
    const std::vector<size_t> expected = expected_times();
    for (Key key = 0; key != num_keys; ++key) {
      size_t times = 0;
      for (auto& of_worker : times_sampled) times += of_worker[key];
      EXPECT(times == expected[key], "key " << key << " came " << times << " times, not " << expected[key]);
    }
  }
  kv.Finalize();
}

int main(int argc, char* argv[]) {
  read_options(argc, argv);
  num_keys = 1000;
  num_threads = 4;
  value_lengths = {vpk};
  times_sampled.assign(num_threads, std::vector<size_t>(num_keys, 0));
  prepare_server = [](ServerT* server) {
    make_sequence();
    server->enable_sampling_support(&SampleKey);
  };
  return run("sampling", RunWorker);
}
