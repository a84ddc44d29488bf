#include "api/store_implementation.hpp"

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <cstdio>
#include <thread>
#include <typeinfo>

#include "api/element_name.hpp"
#include "port/heartbeat.hpp"
#include "sampling/sampler.hpp"

namespace adapm {

namespace api {

namespace {

struct Setting {
  std::string name;
  std::string value;
};

/// Everything that must be equal on all ranks, as text.
std::vector<Setting> settings(const ValueLayout& layout, const Options& options, const char* element) {
  std::vector<Setting> all{{"the element type", element}, {"the number of keys", std::to_string(layout.num_keys())}};
  if (layout.is_uniform()) {
    all.push_back({"the value length", std::to_string(layout.length(0))});
  } else {
    std::uint64_t hash = 14695981039346656037U;  // FNV-1a
    for (Key key = 0; key < layout.num_keys(); ++key) hash = (hash ^ layout.length(key)) * 1099511628211U;
    all.push_back({"the value length", "per key, hash " + std::to_string(hash)});
  }
  for (const OptionDescription& option : option_descriptions())
    all.push_back({"option --" + std::string(option.name), option.get(options)});
  return all;
}

}  // namespace

void check_agreement(MPI_Comm communicator, const ValueLayout& layout, const Options& options, const char* element) {
  const boost::mpi::communicator all(communicator, boost::mpi::comm_attach);
  const std::vector<Setting> own = settings(layout, options, element);
  std::vector<std::string> values;
  for (const Setting& setting : own) values.push_back(setting.value);
  std::vector<std::vector<std::string>> of_ranks;
  boost::mpi::all_gather(all, values, of_ranks);
  for (std::size_t rank = 1; rank < of_ranks.size(); ++rank)
    for (std::size_t i = 0; i < own.size(); ++i)
      if (of_ranks[rank][i] != of_ranks[0][i])
        throw ConfigurationError(own[i].name + " differs between ranks: " + of_ranks[0][i] + " on rank 0, " +
                                 of_ranks[rank][i] + " on rank " + std::to_string(rank) +
                                 "; start all ranks with the same settings");
}

}  // namespace api

namespace {

using namespace std::chrono_literals;

/// How long a failed rank's program may take to notice before the job is aborted for it.
constexpr auto patience = 10s;

std::optional<api::OpenTrace> open_trace(const ValueLayout& layout, const Options& options, const port::MpiPort& port) {
  if (options.trace_keys.empty()) return std::nullopt;
  return std::optional<api::OpenTrace>(std::in_place, options, layout.num_keys(), port);
}

MPI_Comm agreed(MPI_Comm communicator, const ValueLayout& layout, const Options& options, const char* element) {
  const MPI_Comm all = communicator == MPI_COMM_NULL ? MPI_COMM_WORLD : communicator;
  Options only_warn = options;  // a program's ranks may have different things to do before
  only_warn.watchdog_end = 0;
  std::optional<port::Heartbeat> opening;
  if (boost::mpi::communicator(all, boost::mpi::comm_attach).rank() == 0)
    opening.emplace(only_warn, "rank 0 waits for the others to open the store, too,");
  api::check_agreement(all, layout, options, element);
  sampling::check(options);
  return all;
}

}  // namespace

template <ValueElement V>
Store<V>::Implementation::Implementation(const ValueLayout& layout, const Options& options, MPI_Comm communicator)
    : thread_level(mpi::ensure_initialized()),
      open_store(thread_level),
      reports(options.report),
      port(options, agreed(communicator, layout, options, api::element_name<V>())),
      trace(open_trace(layout, options, port)),
      manager(layout, options, port,
              [this] {
                if (progress) progress->wake_up();
              },
              trace ? &trace->trace() : nullptr) {
  const boost::mpi::communicator all(port.communicator(), boost::mpi::comm_attach);
  if (reports) report();
  if (options.stats_every > 0 || !options.stats_json.empty())
    live.emplace(options, port, [this] { return manager.statistics(); });
  all.barrier();  // every rank's keys are in place before anybody may look for them
  if (manager.alone()) return;
  watch.emplace(options, port);
  start_progress();
}

template <ValueElement V>
Store<V>::Implementation::~Implementation() {
  if (progress) progress->join();
}

template <ValueElement V>
void Store<V>::Implementation::report() const {
  const Statistics own = manager.statistics();
  const boost::mpi::communicator all(port.communicator(), boost::mpi::comm_attach);
  const auto memory = boost::mpi::all_reduce(all, own.memory_bytes, std::plus<>());
  if (port.rank() != 0) return;
  std::fprintf(stderr,
               "adapm: %d rank%s on %d host%s, %s, MPI threads: %s, path: %s; %llu keys of %s, %.1f MB of "
               "window memory\n",
               port.size(), port.size() == 1 ? "" : "s", port.num_hosts(), port.num_hosts() == 1 ? "" : "s",
               base::describe(cores).c_str(), thread_level == MPI_THREAD_MULTIPLE ? "multiple" : "serialized",
               port.description().c_str(),
               static_cast<unsigned long long>(manager.layout().num_keys()), api::element_name<V>(),
               static_cast<double>(memory) / 1e6);
}

template <ValueElement V>
void Store<V>::Implementation::look_for_crowding() {
  if (!reports || port.rank() != 0) return;
  const auto complaint = base::crowding(port.rank(), manager.num_workers(), cores);
  if (complaint && !told_of_crowding_.exchange(true)) std::fprintf(stderr, "adapm: %s\n", complaint->c_str());
}

template <ValueElement V>
base::Units Store<V>::Implementation::separate_cores(int workers) {
  if (!progress || !manager.options().separate_cores) return {};
  base::Units before = base::usable_units();
  const auto placement = base::place_threads(base::by_core(before), port.sharing(), workers);
  if (!placement || !progress->run_on(placement->progress)) return {};
  base::run_on(pthread_self(), placement->workers);
  if (reports && port.rank() == 0 && !told_of_separate_cores_.exchange(true))
    std::fprintf(stderr, "adapm: rank 0: workers on cores %s, progress thread on %s\n",
                 base::text_of(placement->workers).c_str(), base::text_of(placement->progress).c_str());
  return before;
}

template <ValueElement V>
void Store<V>::Implementation::unite_cores(const base::Units& units_before) {
  if (units_before.empty()) return;
  base::run_on(pthread_self(), units_before);
  progress->run_on(units_before);
}

template <ValueElement V>
void Store<V>::Implementation::start_progress() {
  port::ProgressTasks tasks;
  tasks.poll = [this] {
    try {
      const bool did_something = manager.poll();
      watch->look(manager.driver().between_rounds(), manager.driver().rounds());
      if (live) live->look();
      return did_something;
    } catch (const std::exception& error) {
      progress_failed(error.what());
      return false;
    }
  };
  if (manager.keys_stay()) tasks.longest_nap = 10ms;  // no accesses come from other ranks
  tasks.expectant = [this] { return manager.expects_something(); };
  tasks.ended = [this] { return manager.ended() || disorder.load(std::memory_order_relaxed); };
  tasks.at_end = [this] {
    watch->end();
    manager.fail_all();
    // Nobody else learns of a failure of this thread: if the program does not end the store soon, the job is aborted.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (disorder && !manager.closed() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
    if (disorder && !manager.closed()) mpi::abort_job(MPI_COMM_WORLD, why_disorder);
  };
  progress.emplace(std::move(tasks), manager.options().progress);
}

template <ValueElement V>
void Store<V>::Implementation::progress_failed(const std::string& what) {
  why_disorder = what;
  manager.health().fail("rank " + std::to_string(manager.rank()) + ": " + what);
  disorder.store(true);
}

template <ValueElement V>
void Store<V>::Implementation::close() {
  if (!manager.close()) return;
  if (progress) progress->join();
  if (trace) trace->write();
  if (!manager.health().failed()) return;
  mpi::OpenStore::note_failure();
  port.leave_disorderly();
  if (live) live->leave_disorderly();
  if (disorder) mpi::abort_job(MPI_COMM_WORLD, why_disorder);
  manager.health().check();
}

template struct Store<float>::Implementation;
template struct Store<double>::Implementation;
template struct Store<std::int64_t>::Implementation;

}  // namespace adapm
