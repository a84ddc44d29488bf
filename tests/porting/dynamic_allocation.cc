// No update is lost while the one key that everybody writes moves and is replicated all the time.
#include "program.h"

size_t runs = 10000;

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  kv.Barrier();

  std::mt19937 random = generator(customer_id);
  std::vector<Key> keys{9};
  std::vector<ValT> update{1, 2};
  std::vector<std::vector<ValT>> pulled(runs, std::vector<ValT>(2));
  std::vector<int> timestamps;
  for (size_t run = 0; run != runs; ++run) {
    if (random() % 50 == 0) kv.Intent(keys, kv.currentClock() + 10, kv.currentClock() + 40);
    timestamps.push_back(kv.Push(keys, update));
    timestamps.push_back(kv.Pull(keys, &pulled[run]));
    kv.advanceClock();
  }
  for (auto ts : timestamps) kv.Wait(ts);
  for (auto& value : pulled) EXPECT(value[1] == 2 * value[0], "half a push: " << value);

  kv.WaitSync();
  kv.Barrier();
  kv.WaitSync();
  if (kv.workerId() == 0) {
    std::vector<ValT> sum(2);
    kv.Wait(kv.Pull(keys, &sum));
    ValT correct = Postoffice::Get()->num_servers() * static_cast<ValT>(num_threads * runs);
    EXPECT(sum[0] == correct && sum[1] == 2 * correct, "sum " << sum << ", not " << correct);
  }
  kv.Finalize();
}

int main(int argc, char* argv[]) {
  options().add_options()("runs", boost::program_options::value<size_t>(&runs)->default_value(10000),
                          "pushes a worker");
  read_options(argc, argv);
  value_lengths = {2};
  return run("dynamic allocation", RunWorker);
}
