/* A host code with a model in it, in C.
 *
 * The host simulates waves on a ring of cells, split over the ranks: every step exchanges halos with both
 * neighbours, by MPI, on the main thread. Meanwhile two threads a rank learn from noisy samples of the field
 * how fast waves are in each layer of the ring. A layer is a key; its value is what a least-squares fit
 * needs. See README.md in this folder.
 */
#include <adapm/adapm.h>
#include <math.h>
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_PER_RANK 120
#define CELLS_PER_LAYER 16 /* so layers lie across the borders of ranks */
#define LEAST_STEPS 200    /* of the simulation */
#define NUM_WORKERS 2
#define NUM_BATCHES 500
#define LAYERS_PER_BATCH 3
#define BATCHES_AHEAD 10
#define NOISE 0.01
#define FIT_LENGTH 3 /* samples, sum of bend * bend, sum of bend * response */

/* Ends the job with the library's message. */
#define CHECK(call) check(call, #call)
static void check(adapm_status status, const char* call) {
  if (status == ADAPM_OK) return;
  fprintf(stderr, "wave: %s: %s\n", call, adapm_last_error());
  MPI_Abort(MPI_COMM_WORLD, 2);
}

/* What is to be learnt: the squared speed of waves, in cells per step. */
static double speed(adapm_key layer) { return 0.2 + 0.6 * (double)(layer * 7 % 10) / 10; }

/* --- the host's simulation -------------------------------------------------------------------------------
 */

typedef double Cells[CELLS_PER_RANK + 2]; /* [1, CELLS_PER_RANK] are this rank's, the others are halos */

typedef struct Wave {
  int rank, num_ranks;
  Cells before, now;
  pthread_mutex_t mutex; /* of what workers look at: */
  Cells bend, response;
} Wave;

static adapm_key layer_of(int cell) { return (adapm_key)(cell / CELLS_PER_LAYER); }
static adapm_key own_layer(const Wave* wave, int i) { return layer_of(wave->rank * CELLS_PER_RANK + i - 1); }

static void start_wave(Wave* wave) {
  memset(wave, 0, sizeof *wave);
  MPI_Comm_rank(MPI_COMM_WORLD, &wave->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &wave->num_ranks);
  pthread_mutex_init(&wave->mutex, NULL);
  unsigned short seed[3] = {1, 2, (unsigned short)wave->rank};
  for (int i = 1; i <= CELLS_PER_RANK; ++i) wave->now[i] = wave->before[i] = 2 * erand48(seed) - 1;
}

static void exchange_halos(Wave* wave) {
  const int left = (wave->rank + wave->num_ranks - 1) % wave->num_ranks;
  const int right = (wave->rank + 1) % wave->num_ranks;
  double* now = wave->now;
  MPI_Sendrecv(&now[1], 1, MPI_DOUBLE, left, 0, &now[CELLS_PER_RANK + 1], 1, MPI_DOUBLE, right, 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Sendrecv(&now[CELLS_PER_RANK], 1, MPI_DOUBLE, right, 1, &now[0], 1, MPI_DOUBLE, left, 1, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
}

static void step(Wave* wave) {
  exchange_halos(wave);
  double* now = wave->now;
  pthread_mutex_lock(&wave->mutex);
  for (int i = 1; i <= CELLS_PER_RANK; ++i) {
    wave->bend[i] = now[i - 1] - 2 * now[i] + now[i + 1];
    wave->response[i] = speed(own_layer(wave, i)) * wave->bend[i];
  }
  pthread_mutex_unlock(&wave->mutex);
  for (int i = 1; i <= CELLS_PER_RANK; ++i) {
    const double next = 2 * now[i] - wave->before[i] + wave->response[i];
    wave->before[i] = now[i];
    now[i] = next;
  }
}

/* The same after every step if the halos are right. */
static double momentum(const Wave* wave) {
  double sum = 0;
  for (int i = 1; i <= CELLS_PER_RANK; ++i)
    sum += (wave->now[i] - wave->before[i]) / speed(own_layer(wave, i));
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

/* --- the workers -----------------------------------------------------------------------------------------
 */

typedef struct Learner {
  Wave* wave;
  adapm_store* store;
  int* busy; /* learners of this rank that are not done; under the wave's mutex */
  unsigned short seed[3];
  double samples;
  double late_samples, late_squares; /* of the last tenth: responses less what the fit before them says */
} Learner;

static double estimate(const double* fit) { return fit[1] > 0 ? fit[2] / fit[1] : 0; }

/* Adds this rank's cells of the layer to `learnt`. */
static void sample(Learner* learner, adapm_key layer, double estimated, int late, double* learnt) {
  Wave* wave = learner->wave;
  pthread_mutex_lock(&wave->mutex);
  for (int i = 1; i <= CELLS_PER_RANK; ++i) {
    if (own_layer(wave, i) != layer) continue;
    const double bend = wave->bend[i];
    const double response = wave->response[i] + NOISE * (2 * erand48(learner->seed) - 1);
    learnt[0] += 1;
    learnt[1] += bend * bend;
    learnt[2] += bend * response;
    learner->samples += 1;
    if (!late) continue;
    learner->late_samples += 1;
    learner->late_squares += (response - estimated * bend) * (response - estimated * bend);
  }
  pthread_mutex_unlock(&wave->mutex);
}

/* The layers of a batch, announced to the store for clock `batch`. */
static void plan(Learner* learner, adapm_worker* worker, adapm_key* layers, int batch) {
  const adapm_key first = own_layer(learner->wave, 1);
  const adapm_key last = own_layer(learner->wave, CELLS_PER_RANK);
  for (int i = 0; i < LAYERS_PER_BATCH; ++i)
    layers[i] = first + (adapm_key)(erand48(learner->seed) * (double)(last - first + 1));
  CHECK(adapm_intent(worker, layers, LAYERS_PER_BATCH, batch, batch + 1));
}

/* One clock is one batch: pull what is known of its layers, compare, push what its samples add. */
static void* learn(void* argument) {
  Learner* learner = argument;
  adapm_worker* worker;
  CHECK(adapm_worker_open(&worker, learner->store));
  adapm_key planned[BATCHES_AHEAD][LAYERS_PER_BATCH]; /* a ring */
  for (int batch = 0; batch < BATCHES_AHEAD; ++batch) plan(learner, worker, planned[batch], batch);
  for (int batch = 0; batch < NUM_BATCHES; ++batch) {
    adapm_key* layers = planned[batch % BATCHES_AHEAD];
    double known[LAYERS_PER_BATCH * FIT_LENGTH], learnt[LAYERS_PER_BATCH * FIT_LENGTH] = {0};
    adapm_ticket ticket;
    CHECK(adapm_pull(worker, layers, LAYERS_PER_BATCH, known, LAYERS_PER_BATCH * FIT_LENGTH, &ticket));
    CHECK(adapm_wait(worker, ticket));
    for (int i = 0; i < LAYERS_PER_BATCH; ++i)
      sample(learner, layers[i], estimate(&known[i * FIT_LENGTH]), batch >= NUM_BATCHES * 9 / 10,
             &learnt[i * FIT_LENGTH]);
    CHECK(adapm_push(worker, layers, LAYERS_PER_BATCH, learnt, LAYERS_PER_BATCH * FIT_LENGTH, &ticket));
    CHECK(adapm_wait(worker, ticket)); /* so that the next pull knows of it */
    plan(learner, worker, layers, batch + BATCHES_AHEAD);
    CHECK(adapm_advance_clock(worker));
  }
  CHECK(adapm_wait_sync(worker));
  adapm_worker_close(worker);
  pthread_mutex_lock(&learner->wave->mutex);
  --*learner->busy;
  pthread_mutex_unlock(&learner->wave->mutex);
  return NULL;
}

/* --- together --------------------------------------------------------------------------------------------
 */

/* Simulates as long as workers of any rank learn. */
static void simulate(Wave* wave, const int* busy) {
  for (int steps = 0, any = 1; any > 0 || steps < LEAST_STEPS; ++steps) {
    step(wave);
    pthread_mutex_lock(&wave->mutex);
    any = *busy;
    pthread_mutex_unlock(&wave->mutex);
    MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  }
}

/* Adds up what the learners of this rank have seen; returns their largest error. */
static double train(Wave* wave, adapm_store* store, double* samples) {
  pthread_t threads[NUM_WORKERS];
  Learner learners[NUM_WORKERS];
  int busy = NUM_WORKERS;
  for (int i = 0; i < NUM_WORKERS; ++i) {
    learners[i] = (Learner){.wave = wave, .store = store, .busy = &busy};
    learners[i].seed[0] = (unsigned short)(wave->rank * NUM_WORKERS + i);
    pthread_create(&threads[i], NULL, learn, &learners[i]);
  }
  simulate(wave, &busy);
  double error = 0;
  for (int i = 0; i < NUM_WORKERS; ++i) {
    pthread_join(threads[i], NULL);
    *samples += learners[i].samples;
    error = fmax(error, sqrt(learners[i].late_squares / learners[i].late_samples));
  }
  return error;
}

/* Whether all layers' speeds are learnt, and every sample of all ranks counts. */
static int is_learnt(adapm_store* store, double samples) {
  double farthest = 0;
  adapm_worker* worker;
  CHECK(adapm_worker_open(&worker, store));
  for (adapm_key layer = 0; layer < adapm_store_num_keys(store); ++layer) {
    double fit[FIT_LENGTH];
    adapm_ticket ticket;
    CHECK(adapm_pull(worker, &layer, 1, fit, FIT_LENGTH, &ticket));
    CHECK(adapm_wait(worker, ticket));
    farthest = fmax(farthest, fabs(estimate(fit) - speed(layer)));
    samples -= fit[0];
  }
  adapm_worker_close(worker);
  return farthest < NOISE / 5 && samples == 0;
}

int main(int argc, char** argv) {
  int granted;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &granted);
  Wave wave;
  start_wave(&wave);
  step(&wave);
  const adapm_key num_layers = layer_of(wave.num_ranks * CELLS_PER_RANK - 1) + 1;
  adapm_store* store;
  CHECK(adapm_store_open(&store, ADAPM_DOUBLE, num_layers, FIT_LENGTH, NULL, MPI_COMM_WORLD));

  const double momentum_before = momentum(&wave);
  double samples = 0;
  const double error = train(&wave, store, &samples);
  CHECK(adapm_store_allreduce(store, &samples, 1, ADAPM_SUM));
  const int learnt = is_learnt(store, samples) && error < NOISE;
  const int simulated = fabs(momentum(&wave) - momentum_before) < 1e-9;
  CHECK(adapm_store_close(store));

  if (wave.rank == 0 || !learnt || !simulated)
    printf("%.0f samples of %d layers: %s; error %.4f; simulation: %s\n", samples, (int)num_layers,
           learnt ? "learnt" : "NOT learnt", error, simulated ? "right" : "WRONG");
  MPI_Finalize();
  return learnt && simulated ? 0 : 1;
}
