// The rest of the interface: lengths per key, overloads, callbacks, samples, the all-reduce, barriers, the
// environment, misuse.
#include "program.h"

// Programs bring names into the global namespace, and have names of their own there that later C++ has in
// std.
using namespace std;
double sample = 0.5;
int data = 1;

template <class Call>
bool is_refused(Call call) {
  try {
    call();
  } catch (const dmlc::Error&) {
    return true;
  }
  return false;
}

void check_overloads(WorkerT& kv) {
  std::vector<Key> keys{2, 1};
  std::vector<ValT> vals{10, 20, 30};
  std::vector<ValT> found(3);
  std::unordered_set<Key> set_of_keys{1, 2};
  EXPECT(kv.Intent(set_of_keys, 0, CLOCK_MAX) == -1, "an intent has a timestamp");
  kv.IntentWithCopy(set_of_keys, 0);
  kv.Intent(std::move(set_of_keys), 0, 5);
  kv.Intent(keys.data(), keys.size(), 0);
  kv.Intent(Key(2), 3);
  kv.Intent(keys, 5, 5);  // empty: ignored
  kv.Wait(kv.Set(keys.data(), keys.size(), vals.data()));
  kv.Wait(kv.Push(keys, vals.data()), kv.Push(keys.data(), keys.size(), vals.data()));
  kv.Wait(kv.Pull(keys, found.data()));
  EXPECT((found == std::vector<ValT>{30, 60, 90}), "found" << found);
  EXPECT(kv.GetLen(1) == 1 && kv.GetLen(2) == 2 && kv.GetNumKeys() == num_keys, "lengths");
}

void check_callbacks(WorkerT& kv) {
  int called = 0;
  std::vector<Key> keys{0, 1, 2, 3, 4};
  std::vector<std::vector<ValT>> found(50, std::vector<ValT>(10));
  for (auto& vals : found) kv.Pull(keys, &vals, [&]() { ++called; });
  kv.WaitAll();
  EXPECT(called == 50, called << " callbacks were called");
}

Key DrawKey() { return 2 + 2 * static_cast<Key>(rand() % 2); }  // 2 or 4: their values have the same length

// Programs tell samples from keys by the sign of an int.
void check_samples(WorkerT& kv) {
  const int first = -static_cast<int>(kv.PrepareSample(4, kv.currentClock()));
  const int nothing = -static_cast<int>(kv.PrepareSample(0, kv.currentClock(), kv.currentClock() + 2));
  EXPECT(first == -1 && nothing == -2, "samples have the numbers " << -first << " and " << -nothing);
  std::vector<Key> keys(2);
  std::vector<ValT> vals(4);
  kv.Wait(kv.PullSample(static_cast<SampleID>(-first), keys, vals));
  kv.Wait(kv.PullSample(1, &keys[1], 1, vals.data()));
  for (Key key : keys) EXPECT(key == 2 || key == 4, "key " << key << " was sampled");
  EXPECT(is_refused([&] { kv.PullSample(1, keys, vals); }), "more keys came than were prepared");
  kv.FinishSample(1);
  kv.FinishSample(2);
  EXPECT(is_refused([&] { kv.PullSample(1, keys, vals); }), "a finished sample went on");
}

void check_misuse(WorkerT& kv) {
  std::vector<Key> beyond{num_keys}, two{2};
  std::vector<ValT> one(1), many(10);
  EXPECT(is_refused([&] { kv.Pull(beyond, &many); }), "a key out of range was pulled");
  EXPECT(is_refused([&] { kv.Pull(two, &one); }), "a vector that is too short was filled");
  EXPECT(is_refused([&] { kv.Push(two, one); }), "a vector that is too short was read");
}

void RunWorker(int customer_id, ServerT* server) {
  WorkerT kv(customer_id, *server);
  if (kv.workerId() == 0) check_overloads(kv);
  kv.Barrier();
  check_callbacks(kv);
  check_samples(kv);
  check_misuse(kv);
  if (customer_id == 0) Postoffice::Get()->Barrier(1, kServerGroup);
  kv.Barrier();

  const int num_workers = ps::NumServers() * static_cast<int>(num_threads);
  for (ValT round = 1; round != 4; ++round) {
    ValT sum = ps_allreduce(round, kv.workerId(), Key(0), kv);
    EXPECT(sum == round * num_workers, "the all-reduce gave " << sum);
  }
  std::vector<ValT> sums = ps_allreduce(std::vector<ValT>{1, kv.workerId()}, kv.workerId(), Key(4), kv);
  EXPECT(sums[0] == num_workers && sums[1] == num_workers * (num_workers - 1) / 2,
         "the all-reduce gave" << sums);
  kv.Finalize();
  EXPECT(is_refused([&] { kv.advanceClock(); }), "a finalized worker went on");
}

int main(int argc, char* argv[]) {
  EXPECT(std::string(getenv("DMLC_ROLE")) == "server", "role " << getenv("DMLC_ROLE"));
  int num_servers = atoi(Environment::Get()->find("DMLC_NUM_SERVER"));
  read_options(argc, argv);
  num_keys = 5;
  value_lengths = {1, 1, 2, 3, 2};
  EXPECT(sample < data, "the program's own names");
  util::Stopwatch watch{};
  watch.start();
  Postoffice::Get()->set_management_techniques(MgmtTechniques::REPLICATION_ONLY);
  EXPECT((SyncManager<ValT, HandleT>::PrintOptions().find("sys.techniques=replication_only") !=
          std::string::npos),
         "the options are " << (SyncManager<ValT, HandleT>::PrintOptions()));
  prepare_server = [](ServerT* server) {
    EXPECT(server->management_techniques_str() == "replication_only" && server->GetLen(3) == 3,
           "the server's settings");
    server->enable_sampling_support(&DrawKey);
  };
  int result = run("interface", RunWorker);
  watch.stop();
  EXPECT(num_servers == ps::NumServers() && watch.elapsed_s() > 0,
         num_servers << " servers; it took " << watch);
  return result != 0 || num_errors != 0;
}
