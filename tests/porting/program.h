// What the programs of this folder share. They are written as programs for AdaPM are: options, Setup, the
// role, a server, threads with a worker each. Values are whole numbers, so equality is exact.
#pragma once

#include <cstdlib>

#include "ps/ps.h"
#include "utils.h"

using namespace ps;

typedef long ValT;
typedef DefaultColoServerHandle<ValT> HandleT;
typedef ColoKVServer<ValT, HandleT> ServerT;
typedef ColoKVWorker<ValT, HandleT> WorkerT;

// What a program sets before it calls run.
size_t num_keys = 36;
size_t num_threads = 2;
std::vector<size_t> value_lengths = {1};
std::function<void(ServerT*)> prepare_server = [](ServerT*) {};

std::atomic<long> num_errors{0};

#define EXPECT(condition, text)                    \
  if (!(condition)) {                              \
    if (++num_errors < 10) ALOG("WRONG: " << text) \
  }

// Options besides those of the system.
inline boost::program_options::options_description& options() {
  static boost::program_options::options_description description("Options");
  return description;
}

inline void read_options(int argc, char* argv[]) {
  namespace po = boost::program_options;
  ServerT::AddSystemOptions(options());
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, options()), values);
  po::notify(values);
}

// A generator that no other worker of the job has.
inline std::mt19937 generator(int customer_id) {
  return std::mt19937(static_cast<unsigned>(ps::MyRank()) * 100 + static_cast<unsigned>(customer_id) + 1);
}

// From the start of the server to its end; returns what main does.
inline int run(const char* name, void (*run_worker)(int customer_id, ServerT* server)) {
  Setup(num_keys, num_threads);
  std::string role = std::string(getenv("DMLC_ROLE"));
  if (role.compare("scheduler") == 0) {
    Scheduler();
  } else if (role.compare("server") == 0) {
    auto server = new ServerT(value_lengths);
    RegisterExitCallback([server]() { delete server; });
    server->Barrier();
    prepare_server(server);

    std::vector<std::thread> workers{};
    for (size_t i = 0; i != num_threads; ++i) {
      workers.push_back(std::thread(run_worker, static_cast<int>(i), server));
      std::string thread_name = std::to_string(ps::MyRank()) + "-worker-" + std::to_string(i);
      SET_THREAD_NAME((&workers[workers.size() - 1]), thread_name.c_str());
    }
    for (auto& w : workers) w.join();

    server->shutdown();
  } else {
    LL << "unknown role '" << role << "'";
    return 1;
  }
  ALOG(name << ", rank " << ps::MyRank() << ": " << (num_errors == 0 ? "PASSED" : "FAILED"));
  return num_errors == 0 ? 0 : 1;
}
