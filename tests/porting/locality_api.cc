// Where keys are, as PullIfLocal and timestamps tell: at the start, while two nodes have intents, and after.
#include "program.h"

// Of `expected`, all are here, and of `elsewhere`, none.
void check_local(WorkerT& kv, const char* when, std::vector<Key> expected, std::vector<Key> elsewhere) {
  std::vector<ValT> value(4);
  for (Key key : expected) EXPECT(kv.PullIfLocal(key, &value), when << ": key " << key << " is not here");
  for (Key key : elsewhere) EXPECT(!kv.PullIfLocal(key, &value), when << ": key " << key << " is here");
}

void check_timestamps(WorkerT& kv, Key remote, std::vector<Key> local) {
  std::vector<ValT> values(4);
  for (int i = 0; i != 10; ++i) {
    std::vector<Key> some{remote, local[0]};
    auto ts = kv.Pull(some, &values);
    EXPECT(ts != -1, "a pull of a remote key was done at once");
    kv.Wait(ts);
    EXPECT(kv.IsFinished(ts), "not finished after Wait");
    auto ts_local = kv.Pull(local, &values);
    EXPECT(ts_local == -1 && kv.IsFinished(ts_local), "a pull of local keys was not done at once");
  }
}

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  kv.Barrier();

  // Key k starts on rank k mod N. The first worker of rank 0 and the last worker look.
  const Key n = static_cast<Key>(ps::NumServers());
  const bool first = kv.workerId() == 0;
  const bool last = kv.workerId() == ps::NumServers() * static_cast<int>(num_threads) - 1;
  if (first) check_local(kv, "at the start", {0, n, 2 * n}, {n + 1, n + 2});
  if (last) check_local(kv, "at the start", {n - 1, 2 * n - 1}, {1, n, n + 1, 2 * n});
  kv.Barrier();

  std::vector<Key> of_first{n, n + 1}, of_last{1, n, 2 * n};
  if (first) kv.Wait(kv.Intent(of_first, 1));
  if (last) kv.Wait(kv.Intent(of_last, 1));
  kv.advanceClock();
  kv.WaitSync();
  kv.Barrier();
  if (first) check_local(kv, "with intents", {0, n, n + 1}, {n + 2, 2 * n});
  if (last) check_local(kv, "with intents", {1, n, n - 1, 2 * n}, {0, n + 1});
  kv.Barrier();

  kv.advanceClock();
  kv.WaitSync();
  if (first) check_local(kv, "after intents", {0, n + 1}, {2 * n});
  if (last) check_local(kv, "after intents", {1, n - 1, 2 * n}, {});

  if (first) check_timestamps(kv, 2 * n + 2, {0, n + 1});
  kv.Finalize();
}

int main(int argc, char* argv[]) {
  read_options(argc, argv);
  return run("locality API", RunWorker);
}
