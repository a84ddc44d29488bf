#!/usr/bin/env bash
# A store that nobody uses costs less than a tenth of a core on each rank.
source "$(dirname "$0")/common.sh"

for hosts in 0 1; do
  export ADAPM_ONE_HOST_PER_RANK=$hosts
  bounded 60 "${mpi[@]}" -n 2 "$ADAPM_TEST_BIN/idle_store" 3
  cat "$output"
  [[ $status == 0 ]] || fail "one_host_per_rank=$hosts: status $status"
done
