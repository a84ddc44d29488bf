// A host code with a model in it, in C++.
//
// The host simulates waves on a ring of cells, split over the ranks: every step exchanges halos with both
// neighbours, by MPI, on the main thread. Meanwhile two workers a rank learn from noisy samples of the field
// how fast waves are in each layer of the ring. A layer is a key; its value is what a least-squares fit
// needs. See README.md in this folder.
#include <mpi.h>

#include <adapm/adapm.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <deque>
#include <future>
#include <mutex>
#include <random>
#include <vector>

namespace {

using adapm::Key;

constexpr int cells_per_rank = 120;
constexpr int cells_per_layer = 16;  // so layers lie across the borders of ranks
constexpr int least_steps = 200;     // of the simulation
constexpr int num_workers = 2;
constexpr int num_batches = 500;
constexpr std::size_t layers_per_batch = 3;
constexpr std::size_t batches_ahead = 10;
constexpr double noise = 0.01;

/// What is to be learnt: the squared speed of waves, in cells per step.
double speed(Key layer) { return 0.2 + 0.6 * static_cast<double>(layer * 7 % 10) / 10; }

/// The fit of response = speed * bend; sums over samples, so all workers' updates just add up.
struct Fit {
  static constexpr std::size_t length = 3;  // samples, sum of bend * bend, sum of bend * response
  static double estimate(const double* value) { return value[1] > 0 ? value[2] / value[1] : 0; }
  static void add(double* value, double bend, double response) {
    value[0] += 1;
    value[1] += bend * bend;
    value[2] += bend * response;
  }
};

/// The host's simulation. One thread calls step, any thread sample.
class Wave {
 public:
  explicit Wave(MPI_Comm communicator) : communicator_(communicator) {
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &num_ranks_);
    std::mt19937_64 random(static_cast<unsigned>(rank_));
    std::uniform_real_distribution<double> height(-1, 1);
    for (int i = 1; i <= cells_per_rank; ++i) now_[at(i)] = before_[at(i)] = height(random);
  }

  Key num_layers() const { return layer(num_ranks_ * cells_per_rank - 1) + 1; }
  Key first_layer() const { return layer(rank_ * cells_per_rank); }
  Key last_layer() const { return layer((rank_ + 1) * cells_per_rank - 1); }

  void step() {
    exchange_halos();
    const std::lock_guard lock(mutex_);
    for (int i = 1; i <= cells_per_rank; ++i) {
      bend_[at(i)] = now_[at(i - 1)] - 2 * now_[at(i)] + now_[at(i + 1)];
      response_[at(i)] = speed(layer(rank_ * cells_per_rank + i - 1)) * bend_[at(i)];
    }
    for (int i = 1; i <= cells_per_rank; ++i) {
      const double next = 2 * now_[at(i)] - before_[at(i)] + response_[at(i)];
      before_[at(i)] = now_[at(i)];
      now_[at(i)] = next;
    }
  }

  /// Of each of this rank's cells in the layer: sample(bend, response).
  template <class Sample>
  void sample(Key wanted, Sample sample) const {
    const std::lock_guard lock(mutex_);
    for (int i = 1; i <= cells_per_rank; ++i)
      if (layer(rank_ * cells_per_rank + i - 1) == wanted) sample(bend_[at(i)], response_[at(i)]);
  }

  /// The same after every step if the halos are right.
  double momentum() const {
    double sum = 0;
    for (int i = 1; i <= cells_per_rank; ++i)
      sum += (now_[at(i)] - before_[at(i)]) / speed(layer(rank_ * cells_per_rank + i - 1));
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, communicator_);
    return sum;
  }

 private:
  using Cells = std::vector<double>;  // [1, cells_per_rank] are this rank's, the first and the last are halos

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  static Key layer(int cell) { return static_cast<Key>(cell / cells_per_layer); }

  void exchange_halos() {
    const int left = (rank_ + num_ranks_ - 1) % num_ranks_;
    const int right = (rank_ + 1) % num_ranks_;
    MPI_Sendrecv(&now_[1], 1, MPI_DOUBLE, left, 0, &now_[at(cells_per_rank + 1)], 1, MPI_DOUBLE, right, 0,
                 communicator_, MPI_STATUS_IGNORE);
    MPI_Sendrecv(&now_[at(cells_per_rank)], 1, MPI_DOUBLE, right, 1, &now_[0], 1, MPI_DOUBLE, left, 1,
                 communicator_, MPI_STATUS_IGNORE);
  }

  MPI_Comm communicator_;
  int rank_ = 0;
  int num_ranks_ = 1;
  mutable std::mutex mutex_;  // of bend_ and response_
  Cells before_ = Cells(cells_per_rank + 2), now_ = before_, bend_ = before_, response_ = before_;
};

/// Layers that a worker will look at, batch by batch; announced to the store ahead of time.
class Plan {
 public:
  Plan(const Wave& wave, unsigned seed) : random_(seed), any_layer_(wave.first_layer(), wave.last_layer()) {}

  std::vector<Key> next(adapm::Worker<double>& worker) {
    while (planned_.size() < batches_ahead) {
      std::vector<Key> batch(layers_per_batch);
      for (Key& layer : batch) layer = any_layer_(random_);
      worker.intent(batch, worker.current_clock() + static_cast<adapm::Clock>(planned_.size()));
      planned_.push_back(std::move(batch));
    }
    std::vector<Key> batch = std::move(planned_.front());
    planned_.pop_front();
    return batch;
  }

 private:
  std::mt19937_64 random_;
  std::uniform_int_distribution<Key> any_layer_;
  std::deque<std::vector<Key>> planned_;
};

/// What a worker has seen.
struct Experience {
  double samples = 0;
  double error = 0;  // root mean square of the last tenth's responses less what the fit before them says
};

/// One clock is one batch: pull what is known of its layers, compare, push what its samples add.
Experience learn(adapm::Worker<double>& worker, const Wave& wave, unsigned seed) {
  Plan plan(wave, seed);
  std::mt19937_64 random(seed + 1000);
  std::uniform_real_distribution<double> disturbance(-noise, noise);
  std::vector<double> known(layers_per_batch * Fit::length), learnt(known.size());
  Experience seen;
  double late_samples = 0, late_squares = 0;
  for (int batch = 0; batch < num_batches; ++batch) {
    const std::vector<Key> layers = plan.next(worker);
    worker.wait(worker.pull(layers, known));
    std::fill(learnt.begin(), learnt.end(), 0);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const double estimate = Fit::estimate(&known[i * Fit::length]);
      wave.sample(layers[i], [&](double bend, double response) {
        response += disturbance(random);
        Fit::add(&learnt[i * Fit::length], bend, response);
        seen.samples += 1;
        if (batch < num_batches * 9 / 10) return;
        late_samples += 1;
        late_squares += (response - estimate * bend) * (response - estimate * bend);
      });
    }
    worker.wait(worker.push(layers, learnt));  // so that the next pull knows of it
    worker.advance_clock();
  }
  seen.error = std::sqrt(late_squares / late_samples);
  return seen;
}

/// Learns with all workers of this rank. Returns their samples, and the largest error.
Experience train(adapm::Store<double>& store, const Wave& wave) {
  Experience all;
  std::mutex mutex;
  adapm::run_workers(store, num_workers, [&](adapm::Worker<double>& worker, int index) {
    const Experience own = learn(worker, wave, static_cast<unsigned>(store.rank() * num_workers + index));
    worker.wait_sync();
    const std::lock_guard lock(mutex);
    all.samples += own.samples;
    all.error = std::max(all.error, own.error);
  });
  return all;
}

/// As long as workers of any rank learn.
void simulate(Wave& wave, const std::future<Experience>& training) {
  for (int step = 0, busy = 1; busy == 1 || step < least_steps; ++step) {
    wave.step();
    busy = training.wait_for(std::chrono::seconds(0)) == std::future_status::ready ? 0 : 1;
    MPI_Allreduce(MPI_IN_PLACE, &busy, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  }
}

/// Whether all layers' speeds are learnt, and every sample of all ranks counts.
bool check(adapm::Worker<double>& worker, const Wave& wave, double samples) {
  double farthest = 0;
  std::vector<double> fit(Fit::length);
  for (Key layer = 0; layer < wave.num_layers(); ++layer) {
    worker.wait(worker.pull({&layer, 1}, fit));
    farthest = std::max(farthest, std::abs(Fit::estimate(fit.data()) - speed(layer)));
    samples -= fit[0];
  }
  return farthest < noise / 5 && samples == 0;
}

bool run() {
  Wave wave(MPI_COMM_WORLD);
  wave.step();
  adapm::Store<double> store(adapm::ValueLayout::uniform(wave.num_layers(), Fit::length),
                             adapm::options_from_environment());
  const double momentum = wave.momentum();
  std::future<Experience> training = std::async(std::launch::async, [&] { return train(store, wave); });
  simulate(wave, training);
  const Experience seen = training.get();
  double samples[] = {seen.samples};
  store.allreduce(samples);
  adapm::Worker<double> worker(store);
  const bool learnt = check(worker, wave, samples[0]) && seen.error < noise;
  const bool simulated = std::abs(wave.momentum() - momentum) < 1e-9;
  if (store.rank() == 0 || !learnt || !simulated)
    std::printf("%.0f samples of %d layers: %s; error %.4f; simulation: %s\n", samples[0],
                static_cast<int>(wave.num_layers()), learnt ? "learnt" : "NOT learnt", seen.error,
                simulated ? "right" : "WRONG");
  return learnt && simulated;
}

}  // namespace

int main(int argc, char** argv) {
  int granted = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &granted);
  bool good = false;
  try {
    good = run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wave: %s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  MPI_Finalize();
  return good ? 0 : 1;
}
