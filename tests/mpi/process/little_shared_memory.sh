#!/usr/bin/env bash
# Where /dev/shm has too little room for the values, opening a store is an error on every rank, not a SIGBUS later.
source "$(dirname "$0")/common.sh"
with_private_shm 48m || skip "may not mount a small /dev/shm here"

bounded 60 "${mpi[@]}" -n 2 "$ADAPM_TEST_BIN/open_store" library 1000 16
[[ $status == 0 ]] || fail "a small store does not open in 48 MB"

rm -f "$OUTCOME".*
bounded 60 "${mpi[@]}" -n 2 "$ADAPM_TEST_BIN/open_store" library 400000 64
[[ $status == 3 ]] || fail "100 MB of values in 48 MB: status $status, not 3"
every_rank 2 "ConfigurationError"
every_rank 2 "shared memory\|/dev/shm"
