/** @file
 * libadapm in C. What each function does, and what may be relied on, is told in store.hpp and worker.hpp; here
 * stands what is different in C.
 *
 * Errors: functions that can fail return a status, and the calling thread's adapm_last_error() says what was
 * wrong. A function that fails with ADAPM_USAGE_ERROR had no effect.
 *
 * Functions that return something else return 0 for a null pointer.
 *
 * Elements: a store holds float, double or int64_t, as told when it is opened. Values are passed as void *:
 * arrays of the store's element, with the number of elements, which is checked.
 *
 * Tickets of asynchronous functions are returned where the last argument points to. A null pointer there means
 * that the caller does without, for example because adapm_wait_all follows.
 *
 * Threads: as in C++, a worker belongs to one thread at a time, and the collective functions of a store are
 * called by one thread per rank.
 */
#ifndef ADAPM_ADAPM_H
#define ADAPM_ADAPM_H

#include <mpi.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t adapm_key;    /**< 0-based and dense */
typedef int64_t adapm_clock;   /**< a worker's logical clock */
typedef uint64_t adapm_ticket; /**< of one asynchronous operation of one worker; 0: done */
typedef uint64_t adapm_sample; /**< a prepared sample of one worker */

typedef struct adapm_options adapm_options;     /**< settings of a store */
typedef struct adapm_store adapm_store;         /**< this rank's part of a store */
typedef struct adapm_worker adapm_worker;       /**< a thread's handle on a store */
typedef struct adapm_generator adapm_generator; /**< random numbers, for adapm_draw */

/** An intent with this end never expires while its worker lives. */
#define ADAPM_FOREVER INT64_MAX

/** What functions that can fail return. */
typedef enum adapm_status {
  ADAPM_OK = 0,                  /**< done */
  ADAPM_USAGE_ERROR = 1,         /**< the caller broke the contract of the function */
  ADAPM_CONFIGURATION_ERROR = 2, /**< the job cannot run as configured; on every rank */
  ADAPM_STORE_FAILURE = 3,       /**< the store has failed, here or on another rank: close it */
  ADAPM_NO_MEMORY = 4,           /**< there is not enough */
  ADAPM_OTHER_ERROR = 5,         /**< see the message */
  ADAPM_CHECKPOINT_ERROR = 6     /**< a checkpoint cannot be written or read; the store goes on */
} adapm_status;

/** What values consist of. */
typedef enum adapm_element {
  ADAPM_FLOAT = 0,  /**< float */
  ADAPM_DOUBLE = 1, /**< double */
  ADAPM_INT64 = 2   /**< int64_t */
} adapm_element;

/** How adapm_store_allreduce combines. */
typedef enum adapm_reduction {
  ADAPM_SUM = 0, /**< adds */
  ADAPM_MIN = 1, /**< takes the least */
  ADAPM_MAX = 2  /**< takes the greatest */
} adapm_reduction;

/** What the calling thread's last failed call had to say; "" if none has failed. Valid until another one
 * fails. */
const char* adapm_last_error(void);

/** For interfaces in other languages: keeps the message for adapm_last_error; returns ADAPM_USAGE_ERROR. */
adapm_status adapm_usage_error(const char* message);

/** Of the library, as "0.1.0". */
const char* adapm_version(void);

/** Initialises MPI as the first store does, if the program has not: for programs that ask for their rank
 * before they open one. MPI is then finalised at process exit. */
adapm_status adapm_initialize_mpi(void);

/* --- options --- */

/** Options with their defaults, overridden by the environment (ADAPM_...). */
adapm_status adapm_options_create(adapm_options** options);
/** Stores that were opened with them keep a copy. A null pointer is fine. */
void adapm_options_destroy(adapm_options* options);

/** By its name, without dashes: "sys.techniques", "replication_only". */
adapm_status adapm_options_set(adapm_options* options, const char* name, const char* value);

/** Writes the value as text, ended by '\0', to `value`, which has room for `capacity` characters. */
adapm_status adapm_options_get(const adapm_options* options, const char* name, char* value, size_t capacity);

/** All options for people: a line each. */
const char* adapm_options_help(void);

/* --- store --- */

/** Opens a store of num_keys keys, whose values have `length` elements each. Without options (a null pointer)
 * it takes those of adapm_options_create. The communicator is duplicated. Collective over it. */
adapm_status adapm_store_open(adapm_store** store, adapm_element element, uint64_t num_keys, size_t length,
                              const adapm_options* options, MPI_Comm communicator);

/** The same; key k has a value of lengths[k] elements. */
adapm_status adapm_store_open_per_key(adapm_store** store, adapm_element element, uint64_t num_keys,
                                      const uint32_t* lengths, const adapm_options* options,
                                      MPI_Comm communicator);

/** Either of them (the second if `lengths` is not a null pointer), with Fortran's handle of the communicator. */
adapm_status adapm_store_open_fortran(adapm_store** store, adapm_element element, uint64_t num_keys,
                                      size_t length, const uint32_t* lengths, const adapm_options* options,
                                      MPI_Fint communicator);

/** Ends the store and frees it, also if it has failed, which the status then tells. Collective.
 * Fails with ADAPM_USAGE_ERROR, and does nothing, as long as the store has workers here. */
adapm_status adapm_store_close(adapm_store* store);

/** This rank in the store's communicator. */
int adapm_store_rank(const adapm_store* store);
/** Ranks of the store's communicator. */
int adapm_store_num_ranks(const adapm_store* store);
/** What its values consist of. */
adapm_element adapm_store_element(const adapm_store* store);
/** Keys are 0 to one less. */
uint64_t adapm_store_num_keys(const adapm_store* store);
/** Elements of the key's value; 0 if there is no such key. */
size_t adapm_store_length(const adapm_store* store, adapm_key key);

/** Returns when all ranks have called it. Collective, one thread per rank. */
adapm_status adapm_store_barrier(adapm_store* store);
/** Combines the values element by element over all ranks; every rank gets the result. Collective. */
adapm_status adapm_store_allreduce(adapm_store* store, double* values, size_t num_values,
                                   adapm_reduction reduction);

/** Saves a checkpoint to the folder, with a state of this rank's, and keeps the newest keep_last.
 * *number, which may be a null pointer, is the checkpoint's. Collective. */
adapm_status adapm_store_save(adapm_store* store, const char* folder, const void* state, size_t state_bytes,
                              size_t keep_last, uint64_t* number);

/** Loads the folder's newest checkpoint. Sets *number to its number, 0 if there is none, and *num_states
 * to the number of ranks that saved it. Collective. */
adapm_status adapm_store_load(adapm_store* store, const char* folder, uint64_t* number, size_t* num_states);

/** The state that this rank of then gave to save, from the checkpoint that was loaded last; a null pointer if there was
 * no such rank. Valid until the next load or close. */
const void* adapm_store_state(const adapm_store* store, size_t rank, size_t* state_bytes);

/** Makes adapm_store_interruptions grow on all ranks. */
adapm_status adapm_store_interrupt(adapm_store* store);
/** How often a rank has interrupted; 0 at first. */
uint64_t adapm_store_interruptions(const adapm_store* store);

/** Makes blocked and later calls on all ranks fail with this reason. */
void adapm_store_fail(adapm_store* store, const char* reason);

/** One counter. */
typedef struct adapm_statistic {
  const char* name; /**< as in statistics.hpp: "rounds", "pulled.local" */
  double value;     /**< as counted */
} adapm_statistic;

/** The number of statistics there are: what the next two functions write. */
size_t adapm_num_statistics(void);
/** This rank's counters. */
adapm_status adapm_store_statistics(adapm_store* store, adapm_statistic* statistics);
/** Their sums over all ranks. Collective. */
adapm_status adapm_store_total_statistics(adapm_store* store, adapm_statistic* statistics);

/* --- what this rank's workers sample from --- */

/** All keys of [begin, end) alike. */
adapm_status adapm_store_set_uniform_distribution(adapm_store* store, adapm_key begin, adapm_key end);
/** Keys of [begin, end) by near Zipf's law, the first the most frequent. */
adapm_status adapm_store_set_log_uniform_distribution(adapm_store* store, adapm_key begin, adapm_key end);
/** Key first + stride * i with a probability in proportion to weights[i]. */
adapm_status adapm_store_set_weighted_distribution(adapm_store* store, const double* weights,
                                                   size_t num_weights, adapm_key first, adapm_key stride);

/** Draws one key, by the bits of `random`. Called by all workers of the rank at the same time. */
typedef adapm_key (*adapm_draw)(void* context, adapm_generator* random);
/** A distribution of the program's. If begin < end, it can draw every key of [begin, end), and no other. */
adapm_status adapm_store_set_distribution(adapm_store* store, adapm_draw draw, void* context, adapm_key begin,
                                          adapm_key end);

/** 64 random bits. */
uint64_t adapm_generator_bits(adapm_generator* random);
/** Uniform in [0, bound), which must not be 0. */
uint64_t adapm_generator_below(adapm_generator* random, uint64_t bound);
/** Uniform in [0, 1). */
double adapm_generator_uniform(adapm_generator* random);

/* --- workers --- */

/** Any thread may open a worker, at any time. Before the first adapm_barrier all of the rank's workers must be
 * open. */
adapm_status adapm_worker_open(adapm_worker** worker, adapm_store* store);
/** Waits for open operations, ends the worker's intents, and frees it. */
void adapm_worker_close(adapm_worker* worker);

/** Reads the values of the keys, back to back; `values` must stay until the ticket is done, `keys` is copied. */
adapm_status adapm_pull(adapm_worker* worker, const adapm_key* keys, size_t num_keys, void* values,
                        size_t num_values, adapm_ticket* ticket);
/** Adds the updates to the values of the keys; both are copied. */
adapm_status adapm_push(adapm_worker* worker, const adapm_key* keys, size_t num_keys, const void* updates,
                        size_t num_updates, adapm_ticket* ticket);
/** Replaces the values of the keys; both are copied. */
adapm_status adapm_set(adapm_worker* worker, const adapm_key* keys, size_t num_keys, const void* values,
                       size_t num_values, adapm_ticket* ticket);
/** Sets *found to 1 and reads the value if this rank has a copy, else sets it to 0. */
adapm_status adapm_pull_if_local(adapm_worker* worker, adapm_key key, void* value, size_t length, int* found);

/** Blocks until the operation is done. */
adapm_status adapm_wait(adapm_worker* worker, adapm_ticket ticket);
/** Blocks until all of this worker's operations are done. */
adapm_status adapm_wait_all(adapm_worker* worker);
/** Sets *done to 1 if the operation is done, else to 0. */
adapm_status adapm_is_done(adapm_worker* worker, adapm_ticket ticket, int* done);

/** The worker will access the keys while start <= clock < end. */
adapm_status adapm_intent(adapm_worker* worker, const adapm_key* keys, size_t num_keys, adapm_clock start,
                          adapm_clock end);
/** Ends the current clock and begins the next. */
adapm_status adapm_advance_clock(adapm_worker* worker);
/** 0 at first. */
adapm_clock adapm_current_clock(const adapm_worker* worker);

/** Reserves a sample of num_keys keys, which will be pulled while start <= clock < end. */
adapm_status adapm_prepare_sample(adapm_worker* worker, size_t num_keys, adapm_clock start, adapm_clock end,
                                  adapm_sample* sample);
/** Sets the next num_keys keys of the sample, and reads their values. */
adapm_status adapm_pull_sample(adapm_worker* worker, adapm_sample sample, adapm_key* keys, size_t num_keys,
                               void* values, size_t num_values, adapm_ticket* ticket);
/** Gives up the keys of the sample that were not pulled. */
adapm_status adapm_finish_sample(adapm_worker* worker, adapm_sample sample);

/** Blocks until what this worker has pushed is in the main copies and sent to the replicas. */
adapm_status adapm_wait_sync(adapm_worker* worker);
/** Returns when all workers of all ranks have called it. */
adapm_status adapm_barrier(adapm_worker* worker);
/** Begins the initialisation of a model. All workers of all ranks call it. */
adapm_status adapm_begin_setup(adapm_worker* worker);
/** Ends it: what was set or pushed is visible everywhere, and statistics start anew. All workers call it. */
adapm_status adapm_end_setup(adapm_worker* worker);

#ifdef __cplusplus
}
#endif

#endif
