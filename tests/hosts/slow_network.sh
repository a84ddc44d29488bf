#!/usr/bin/env bash
# The same over a network that takes half a millisecond each way and carries 100 Mbit/s: slower, not less exact.
source "$(dirname "$0")/hosts.sh"
needs_hosts
source "$(dirname "$0")/programs.sh"
start_hosts 3 --delay-us 500 --rate-mbit 100

round_trip=$(on node1 bash "$(dirname "$0")/round_trip.sh" node2)
echo "a round trip from node1 to node2: $round_trip us"
((round_trip >= 1000)) || fail "the network is not slow"

across 3 60 "$ADAPM_TEST_BIN/open_store"
reported 3
across 3 100 "$ADAPM_TEST_BIN/mpi_test_access" "~lists of a million keys work"  # a minute, for nothing but bytes
for test in consistency churn; do
  across 3 100 "$ADAPM_TEST_BIN/mpi_test_$test"
done

make_ring "$scratch/ring"
across 3 60 "$ADAPM_BIN/kge" --dataset "$scratch/ring" $ring_options --metrics "$scratch/metrics"
reported 3
learnt "$scratch/metrics"
