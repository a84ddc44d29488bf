// The settings of the job.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "ps/base.h"
#include "ps/options.h"

namespace ps {

class Postoffice {
 public:
  static Postoffice* Get() {
    static Postoffice postoffice;
    return &postoffice;
  }

  Key num_keys() const { return num_keys_; }
  std::size_t num_worker_threads() const { return num_worker_threads_; }
  int my_rank() const { return MyRank(); }
  int num_servers() const { return NumServers(); }
  int num_workers() const { return NumWorkers(); }
  bool is_worker() const { return IsWorker(); }
  bool is_server() const { return IsServer(); }
  bool is_scheduler() const { return IsScheduler(); }

  unsigned num_channels() const { return num_channels_; }
  /// Remembered, but without effect.
  void set_num_channels(unsigned channels) { num_channels_ = channels; }
  MgmtTechniques management_techniques() const { return porting::techniques(option("techniques")); }
  void set_management_techniques(MgmtTechniques techniques) {
    porting::SystemOptions::get().set("sys.techniques", porting::word(techniques));
  }
  bool use_location_caches() const { return option("location_hints") == "1"; }
  bool time_intent_actions() const { return option("time_intent_actions") == "1"; }

  /// One thread of each rank. Workers have their own barrier.
  void Barrier(int /*customer_id*/, int group) {
    CHECK(group == kServerGroup) << "there is a barrier of servers here; that of workers is ColoKVWorker's";
    CHECK(barrier_) << "there is no server yet";
    barrier_();
  }

  // --- for Setup and the server ---

  void setup(Key num_keys, std::size_t num_threads) {
    num_keys_ = num_keys;
    num_worker_threads_ = num_threads;
    porting::Job::get();
  }
  void set_barrier(std::function<void()> barrier) { barrier_ = std::move(barrier); }

 private:
  static std::string option(const std::string& name) {
    return porting::SystemOptions::get().value_of("sys." + name);
  }

  Key num_keys_ = 0;
  std::size_t num_worker_threads_ = 0;
  unsigned num_channels_ = 4;
  std::function<void()> barrier_;
};

/// The keys are [0, num_keys); each rank has `num_threads` workers.
inline void Setup(Key num_keys, std::size_t num_threads) { Postoffice::Get()->setup(num_keys, num_threads); }

}  // namespace ps
