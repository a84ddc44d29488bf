// A rank's part of the store, as AdaPM programs know it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ps/base.h"
#include "ps/logging.h"
#include "ps/options.h"
#include "ps/postoffice.h"

namespace ps {

/// Names the type of values; there is nothing to handle.
template <typename Val>
struct DefaultColoServerHandle {};

namespace porting {

template <typename Val>
struct Element {
  static_assert(sizeof(Val) == 0, "values are float, double or long");
};
template <>
struct Element<float> {
  static constexpr adapm_element value = ADAPM_FLOAT;
};
template <>
struct Element<double> {
  static constexpr adapm_element value = ADAPM_DOUBLE;
};
template <>
struct Element<std::int64_t> {
  static constexpr adapm_element value = ADAPM_INT64;
};

/// Keys drawn by a function of the program. Such functions are seldom safe to be called by several workers at
/// a time, so they are called one after the other.
class SampleFunction {
 public:
  explicit SampleFunction(Key (*function)()) : function_(function) {
    CHECK(function != nullptr) << "the sampling function is a null pointer";
  }
  /// An adapm_draw; `context` is a SampleFunction.
  static adapm_key draw(void* context, adapm_generator*) {
    SampleFunction& self = *static_cast<SampleFunction*>(context);
    const std::lock_guard<std::mutex> lock(self.mutex_);
    return self.latest_ = self.function_();
  }
  /// The key that was drawn last.
  Key latest() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return latest_;
  }

 private:
  Key (*const function_)();
  std::mutex mutex_;
  Key latest_ = 0;
};

/// The workers of this rank that have come so far.
class Arrivals {
 public:
  void note() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  /// Until all are there: barriers count those that are.
  void wait_for_all() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= Postoffice::Get()->num_worker_threads(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
};

}  // namespace porting

template <typename Val, typename Handle = DefaultColoServerHandle<Val>>
class ColoKVServer {
 public:
  /// All keys have values of this length. Collective, as the next.
  explicit ColoKVServer(std::size_t uniform_len) : ColoKVServer(std::vector<std::size_t>{uniform_len}) {}
  /// Key k has a value of lens[k] elements; a single length is that of all.
  explicit ColoKVServer(const std::vector<std::size_t>& lens) : lens_(lens), store_(open(lens)) {
    Postoffice::Get()->set_barrier([this] { Barrier(); });
    if (MyRank() != 0) return;
    for (const std::string& name : porting::SystemOptions::get().without_effect)
      LOG(WARNING) << "option --" << name << " has no effect here";
  }
  ~ColoKVServer() {
    Postoffice::Get()->set_barrier(nullptr);
    if (store_ != nullptr) adapm_store_close(store_);
  }
  ColoKVServer(const ColoKVServer&) = delete;
  ColoKVServer& operator=(const ColoKVServer&) = delete;

  static void AddSystemOptions(boost::program_options::options_description& description) {
    porting::add_system_options(description);
  }

  /// What samples are drawn from. If min < max, the function draws from all keys of [min, max).
  void enable_sampling_support(Key (*function)(), Key min = 0, Key max = 0) {
    sample_function_.reset(new porting::SampleFunction(function));
    porting::require(adapm_store_set_distribution(store_, &porting::SampleFunction::draw,
                                                  sample_function_.get(), min, max));
    // Where lengths differ and there is no range, the store has drawn a key, to know the length of all.
    sample_length_ = GetLen(min < max ? min : sample_function_->latest());
  }

  std::size_t GetLen(Key key) const {
    CHECK_LT(key, Postoffice::Get()->num_keys());
    return lens_.size() == 1 ? lens_[0] : lens_[key];
  }
  std::string management_techniques_str() const {
    return porting::word(Postoffice::Get()->management_techniques());
  }

  /// One thread of each rank.
  void Barrier() { porting::require(adapm_store_barrier(store_)); }

  /// Ends the server, and calls what RegisterExitCallback was given, which may delete it.
  void shutdown() {
    report();
    adapm_store* const closing = store_;
    store_ = nullptr;
    porting::require(adapm_store_close(closing));
    const std::function<void()> callback = std::move(porting::exit_callback());
    porting::exit_callback() = nullptr;
    if (callback) callback();
  }

  // --- for the workers ---

  adapm_store* store() { return store_; }
  porting::Arrivals& workers() { return workers_; }

  /// Elements of the keys' values.
  std::size_t total_length(const Key* keys, std::size_t num_keys) const {
    if (lens_.size() == 1) return num_keys * lens_[0];
    std::size_t total = 0;
    for (std::size_t i = 0; i < num_keys; ++i) total += GetLen(keys[i]);
    return total;
  }
  /// Elements of the value of each key that samples have.
  std::size_t sample_length() const {
    CHECK(sample_length_ > 0) << "call enable_sampling_support before sampling";
    return sample_length_;
  }
  void reset_statistics() {
    const std::lock_guard<std::mutex> lock(mutex_);
    before_ = statistics();
  }

 private:
  static adapm_store* open(const std::vector<std::size_t>& lens) {
    const Key num_keys = Postoffice::Get()->num_keys();
    CHECK(num_keys > 0) << "call Setup(num_keys, num_threads) before making the server";
    CHECK(lens.size() == 1 || lens.size() == num_keys)
        << "there are " << lens.size() << " lengths for " << num_keys << " keys";
    const adapm_options* const options = porting::SystemOptions::get().handle();
    const adapm_element element = porting::Element<Val>::value;
    adapm_store* store = nullptr;
    if (lens.size() == 1) {
      porting::require(adapm_store_open(&store, element, num_keys, lens[0], options, MPI_COMM_WORLD));
    } else {
      const std::vector<std::uint32_t> lengths(lens.begin(), lens.end());
      porting::require(
          adapm_store_open_per_key(&store, element, num_keys, lengths.data(), options, MPI_COMM_WORLD));
    }
    return store;
  }

  std::map<std::string, double> statistics() const {
    std::vector<adapm_statistic> counted(adapm_num_statistics());
    porting::require(adapm_store_statistics(store_, counted.data()));
    std::map<std::string, double> by_name;
    for (const adapm_statistic& statistic : counted) by_name[statistic.name] = statistic.value;
    return by_name;
  }

  void report() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::map<std::string, double> now = statistics();
    std::ostringstream line;
    line << "server " << MyRank();
    for (const std::string accesses : {"pulled", "pushed"}) {
      double all = 0;
      double remote = 0;
      for (const auto& statistic : now) {
        if (statistic.first.compare(0, accesses.size() + 1, accesses + '.') != 0) continue;
        const double counted = statistic.second - before_[statistic.first];
        all += counted;
        if (statistic.first == accesses + ".remote") remote = counted;
      }
      line << ", " << accesses << ' ' << static_cast<std::uint64_t>(all) << " parameters, "
           << (all > 0 ? 100 * (all - remote) / all : 100) << "% locally";
    }
    ALOG(line.str());
  }

  const std::vector<std::size_t> lens_;
  adapm_store* store_;
  std::unique_ptr<porting::SampleFunction> sample_function_;
  std::size_t sample_length_ = 0;
  porting::Arrivals workers_;
  std::mutex mutex_;
  std::map<std::string, double> before_;  // when statistics were last reset
};

}  // namespace ps
