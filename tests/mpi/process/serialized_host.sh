#!/usr/bin/env bash
# A host with one thread and MPI_THREAD_SERIALIZED can use MPI and stores in turn.
source "$(dirname "$0")/common.sh"

for ranks in 1 2 3; do
  bounded 60 "${mpi[@]}" -n "$ranks" "$ADAPM_TEST_BIN/serialized_host"
  [[ $status == 0 ]] || fail "$ranks ranks: status $status"
done
