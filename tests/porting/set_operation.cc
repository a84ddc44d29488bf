// What is set is what the next pull finds, and what is pushed afterwards is added to it.
#include "program.h"

const int check_runs = 50;
const int pushes_per_run = 100;

// Every worker adds its number, many times. Then no intent is left, and all is in the main copies.
void push_from_everywhere(WorkerT& kv, std::vector<Key>& keys) {
  std::vector<ValT> update{kv.workerId(), 2L * kv.workerId()};
  std::vector<std::vector<ValT>> pulled(pushes_per_run, std::vector<ValT>(2));
  std::vector<int> timestamps;
  kv.Intent(keys, kv.currentClock() + 10);
  for (int i = 0; i != pushes_per_run; ++i) {
    timestamps.push_back(kv.Push(keys, update));
    timestamps.push_back(kv.Pull(keys, &pulled[i]));
    kv.advanceClock();
  }
  for (int i = 0; i != 10; ++i) kv.advanceClock();
  for (auto ts : timestamps) kv.Wait(ts);
  for (int i = 0; i != 2; ++i) {
    kv.WaitSync();
    kv.Barrier();
  }
}

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  std::mt19937 random = generator(customer_id);
  const ValT num_workers = ps::NumServers() * static_cast<ValT>(num_threads);
  const ValT sum_of_ids = num_workers * (num_workers - 1) / 2;
  std::vector<Key> keys{9};
  kv.Barrier();
  for (int run = 0; run != check_runs; ++run) {
    std::vector<ValT> correct(2), found(2);
    if (kv.workerId() == 0) {
      for (auto& value : correct) value = random() % 1000000;
      kv.Wait(kv.Set(keys, correct));
      kv.Wait(kv.Pull(keys, &found));
      EXPECT(found == correct, "run " << run << ": found" << found << " after setting" << correct);
    }
    kv.Barrier();
    push_from_everywhere(kv, keys);
    if (kv.workerId() == 0) {
      correct[0] += pushes_per_run * sum_of_ids;
      correct[1] += pushes_per_run * 2 * sum_of_ids;
      kv.Wait(kv.Pull(keys, &found));
      EXPECT(found == correct, "run " << run << ": found" << found << ", not" << correct);
    }
  }
  kv.WaitAll();
  kv.Barrier();
  kv.Finalize();
}

int main(int argc, char* argv[]) {
  read_options(argc, argv);
  value_lengths = {2};
  return run("set", RunWorker);
}
