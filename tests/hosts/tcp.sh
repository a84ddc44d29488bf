#!/usr/bin/env bash
# Across three and four hosts over TCP the store is as exact as on one, and kge learns as well.
source "$(dirname "$0")/hosts.sh"
needs_hosts
source "$(dirname "$0")/programs.sh"
start_hosts 4

[[ $(on node1 hostname) == node1 && $(on node2 hostname) == node2 ]] || fail "hosts have no names of their own"
on node1 touch /dev/shm/here
! on node2 test -e /dev/shm/here || fail "hosts share /dev/shm"

across 3 30 "$ADAPM_TEST_BIN/open_store"
reported 3
for test in access consistency churn; do
  across 3 100 "$ADAPM_TEST_BIN/mpi_test_$test"
done

# Ranks that are alone on their hosts have cores for their threads, one each.
bounded 60 hosts_mpirun node1:1,node2:1 -n 2 "$ADAPM_TEST_BIN/mpi_test_thread_placement"
[[ $status == 0 ]] || fail "status $status"
if (($(nproc) >= 2)); then
  grep 'adapm: rank 0: workers on cores ' "$output" || fail "it is not reported where threads run"
  grep -q 'ranks with separate cores: 2' "$output" || fail "threads share cores"
fi

make_ring "$scratch/ring"
across 4 60 "$ADAPM_BIN/kge" --dataset "$scratch/ring" $ring_options --metrics "$scratch/metrics"
reported 4
learnt "$scratch/metrics"
