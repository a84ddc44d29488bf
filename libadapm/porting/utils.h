// What AdaPM gives its programs besides the store: stop watches, containers as text, an all-reduce.
#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <vector>

/// A tab and an element, for each; after `limit` of them a tab and dots.
template <typename Container>
std::string str(const Container& container, std::size_t limit = static_cast<std::size_t>(-1)) {
  std::ostringstream text;
  std::size_t written = 0;
  for (const auto& element : container) {
    text << '\t' << element;
    if (++written < limit) continue;
    text << "\t...";
    break;
  }
  return text.str();
}

template <typename T>
std::ostream& operator<<(std::ostream& out, const std::vector<T>& elements) {
  return out << str(elements);
}
template <typename T>
std::ostream& operator<<(std::ostream& out, const std::valarray<T>& elements) {
  return out << str(elements);
}
template <typename T>
std::ostream& operator<<(std::ostream& out, const std::set<T>& elements) {
  return out << str(elements);
}
template <typename T>
std::ostream& operator<<(std::ostream& out, const std::unordered_set<T>& elements) {
  return out << str(elements);
}

namespace util {

/// Adds up the times from start, or resume, to stop.
class Stopwatch {
 public:
  void start() {
    reset();
    resume();
  }
  void resume() { since_ = std::chrono::steady_clock::now(); }
  void stop() { elapsed_ += std::chrono::steady_clock::now() - since_; }
  void reset() { elapsed_ = {}; }

  long elapsed_ns() const { return as<std::chrono::nanoseconds>(); }
  long elapsed_us() const { return as<std::chrono::microseconds>(); }
  long elapsed_ms() const { return as<std::chrono::milliseconds>(); }
  double elapsed_s() const { return std::chrono::duration<double>(elapsed_).count(); }

 private:
  template <class Unit>
  long as() const {
    return static_cast<long>(std::chrono::duration_cast<Unit>(elapsed_).count());
  }
  std::chrono::steady_clock::time_point since_;
  std::chrono::steady_clock::duration elapsed_{};
};

inline std::ostream& operator<<(std::ostream& out, const Stopwatch& watch) {
  std::ostringstream text;
  text.setf(std::ios::fixed);
  text.precision(3);
  text << watch.elapsed_s() << 's';
  return out << text.str();
}

/// A file to which a line is added for each epoch: epoch, seconds, loss, step size, accuracy.
class Trace {
 public:
  explicit Trace(std::string file) : file_(std::move(file)) {}
  void clear() const { std::ofstream(file_, std::ios::trunc); }
  void operator()(int epoch, double seconds, double step_size, double loss, double accuracy = 0) const {
    std::ofstream(file_, std::ios::app)
        << epoch << '\t' << seconds << '\t' << loss << '\t' << step_size << '\t' << accuracy << '\n';
  }

 private:
  std::string file_;
};

}  // namespace util

/// Sums over all workers, by way of a key whose value is as long as the vector. All workers call it.
template <typename Val, typename Worker, typename Key>
std::vector<Val> ps_allreduce(const std::vector<Val>& values, int worker_id, Key key, Worker& kv) {
  const std::vector<Key> keys{key};
  std::vector<Val> sum(kv.GetLen(key), Val(0));
  if (worker_id == 0) kv.Wait(kv.Set(keys, sum));
  kv.WaitSync();  // so that no replica keeps what the key was before
  kv.Barrier();
  kv.Wait(kv.Push(keys, values));
  kv.WaitSync();
  kv.Barrier();
  kv.Wait(kv.Pull(keys, &sum));
  kv.Barrier();
  return sum;
}

/// The same for one number; a longer value has it as its first element.
template <typename Val, typename Worker, typename Key>
Val ps_allreduce(Val value, int worker_id, Key key, Worker& kv) {
  std::vector<Val> values(kv.GetLen(key), Val(0));
  values[0] = value;
  return ps_allreduce(values, worker_id, key, kv)[0];
}
