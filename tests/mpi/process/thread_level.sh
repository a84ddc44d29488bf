#!/usr/bin/env bash
# A store works with every thread level from MPI_THREAD_SERIALIZED up, whoever initialises MPI, and says clearly what
# is wrong below that.
source "$(dirname "$0")/common.sh"

for who in library serialized multiple; do
  for ranks in 1 3; do
    rm -f "$OUTCOME".*
    bounded 60 "${mpi[@]}" -n "$ranks" "$ADAPM_TEST_BIN/open_store" "$who"
    [[ $status == 0 ]] || fail "initialised by $who, $ranks ranks: status $status"
    every_rank "$ranks" '^ok$'
  done
done

for level in single funneled; do
  rm -f "$OUTCOME".*
  bounded 60 "${mpi[@]}" -n 2 "$ADAPM_TEST_BIN/open_store" "$level"
  [[ $status == 3 ]] || fail "level $level: status $status, not 3"
  every_rank 2 "ConfigurationError"
  every_rank 2 "MPI_THREAD_SERIALIZED"
done

# Without mpiexec a program is a job of one rank.
bounded 60 "$ADAPM_TEST_BIN/open_store"
[[ $status == 0 ]] || fail "without mpiexec: status $status"
