// Many keys under random intents, pulls and pushes: equality, reads that contain one's own writes, eventual
// consistency. ADAPM_TEST_EFFORT=10 is the heavy form.
#include "support/mpi_test.hpp"

namespace adapm::test {
namespace {

using Values = std::vector<std::int64_t>;
constexpr std::size_t length = 10;
constexpr std::size_t pulls_under_way = 10;

struct Size {
  std::uint64_t num_keys;
  std::size_t keys_a_call;
  int look_ahead;
};

Size size() { return scaled(10) > 50 ? Size{10'000, 1000, 1000} : Size{100, 20, 100}; }

std::int64_t initial(Key key, std::size_t element) {
  return static_cast<std::int64_t>((key * 2654435761U + element * 40503U) % 1000);
}

Values initial_values(const std::vector<Key>& keys) {
  Values values;
  for (const Key key : keys) {
    for (std::size_t i = 0; i < length; ++i) values.push_back(initial(key, i));
  }
  return values;
}

class ManyKeys {
 public:
  explicit ManyKeys(int threads) : threads_(threads), store_(ValueLayout::uniform(size_.num_keys, length), options()) {}

  /// Initialises all values and runs body(worker, random, findings) on each worker.
  template <class Body>
  std::string run(Body body) {
    return run_on_workers(store_, threads_, [&](Worker<std::int64_t>& worker, int index, Findings& findings) {
      if (store_.rank() == 0 && index == 0) worker.wait(worker.push(keys_, initial_values(keys_)));
      settle(worker);
      auto random = generator(index);
      body(worker, random, findings);
      worker.barrier();
    });
  }

  [[nodiscard]] std::vector<Key> random_keys(std::mt19937_64& random) const {
    return distinct_keys(random, 1 + below(random, size_.keys_a_call), size_.num_keys);
  }
  [[nodiscard]] const ValueLayout& layout() const { return store_.layout(); }
  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }
  [[nodiscard]] int look_ahead() const { return size_.look_ahead; }

 private:
  Size size_ = size();
  int threads_;
  std::vector<Key> keys_ = all_keys(size_.num_keys);
  Store<std::int64_t> store_;
};

TEST_CASE("pulls with intents return what is there") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  ManyKeys all(threads);
  const int runs = scaled(1'000);
  const std::string findings = all.run([&](Worker<std::int64_t>& worker, auto& random, Findings& found) {
    const auto check = [&](const std::vector<Key>& keys, const Values& values) {
      found.expect(values == initial_values(keys), "a pull of", keys.size(), "keys returned something else");
    };
    std::deque<std::vector<Key>> ahead;
    PullQueue<std::int64_t> pulls(worker, all.layout(), pulls_under_way);
    for (int run = 0; run < runs + all.look_ahead(); ++run) {
      if (run < runs) {
        ahead.push_back(all.random_keys(random));
        worker.intent(ahead.back(), run);
      }
      if (run < all.look_ahead()) continue;
      pulls.pull(ahead.front(), check);
      ahead.pop_front();
      worker.advance_clock();
    }
    pulls.finish(check);
  });
  CHECK(findings == "");
}

TEST_CASE("under positive pushes a pull returns at least the values of the beginning and the worker's own pushes") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  ManyKeys all(threads);
  const int runs = scaled(150);
  const std::string findings = all.run([&](Worker<std::int64_t>& worker, auto& random, Findings& found) {
    Values least = initial_values(all.keys());  // by key and element: what a pull must return at least
    for (int run = 0; run < runs; ++run) {
      const auto pulled = all.random_keys(random);
      const auto pushed = all.random_keys(random);
      for (const auto& keys : {pulled, pushed, all.random_keys(random)}) {
        worker.intent(keys, worker.current_clock() + static_cast<Clock>(below(random, 3)));
      }
      worker.wait_sync();
      Values values(all.layout().total_length(pulled));
      const Ticket pull = worker.pull(pulled, values);
      Values updates(all.layout().total_length(pushed));
      for (auto& update : updates) update = static_cast<std::int64_t>(1 + below(random, 9));
      worker.wait(worker.push(pushed, updates));
      worker.wait(pull);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t bound = least[pulled[i / length] * length + i % length];
        found.expect(values[i] >= bound, "key", pulled[i / length], "has", values[i], "after", bound);
      }
      for (std::size_t i = 0; i < updates.size(); ++i) least[pushed[i / length] * length + i % length] += updates[i];
      worker.advance_clock();
    }
  });
  CHECK(findings == "");
}

TEST_CASE("after all pushes are taken back, every worker finds the values of the beginning") {
  const int threads = GENERATE(1, 2);
  CAPTURE(threads);
  ManyKeys all(threads);
  const int runs = scaled(1'000);
  const std::string findings = all.run([&](Worker<std::int64_t>& worker, auto& random, Findings& found) {
    const Values remembered = pull_now(worker, all.layout(), all.keys());
    worker.barrier();
    Values taken_back(all.keys().size() * length, 0);
    for (int run = 0; run < runs; ++run) {
      const auto keys = all.random_keys(random);
      Values updates(all.layout().total_length(keys));
      for (auto& update : updates) update = static_cast<std::int64_t>(below(random, 1000)) - 500;
      worker.intent(all.random_keys(random), worker.current_clock() + static_cast<Clock>(below(random, 50)));
      worker.push(keys, updates);
      for (std::size_t i = 0; i < updates.size(); ++i) taken_back[keys[i / length] * length + i % length] -= updates[i];
      worker.advance_clock();
    }
    worker.push(all.keys(), taken_back);
    settle(worker);
    found.expect(pull_now(worker, all.layout(), all.keys()) == remembered, "values differ at the end");
  });
  CHECK(findings == "");
}

}  // namespace
}  // namespace adapm::test
