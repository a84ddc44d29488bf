#!/usr/bin/env bash
# When a rank can start no thread, a worker throws, or memory runs out in a worker or where the store grows, the job ends and
# says why.
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/job.sh"
command -v prlimit >/dev/null || skip "there is no prlimit: apt-get install util-linux"

# limit_rank_1 MEGABYTES: it may have so much more address space than it has.
limit_rank_1() {
  local process now
  process=$(process_of 1)
  now=$(awk '/^VmSize:/ { print $2 }' "/proc/$process/status")
  prlimit --pid "$process" --as=$(((now + $1 * 1024) * 1024))
}

# A rank that can start no thread would not come to the first round.
for rank in 0 1; do
  bounded 30 "${mpi[@]}" -x NO_THREADS_ON=$rank -n 2 "$ADAPM_TEST_BIN/open_store"
  [[ $status != 0 ]] || fail "a store opened without a thread on rank $rank"
  said "adapm: rank $rank: cannot start a thread" || fail "rank $rank did not say that it can start no thread"
done

start_job throw
touch "$scratch/job/break"
job_ends 15
job_said "rank 1: a worker threw: thrown on purpose"

start_job allocate
limit_rank_1 200
touch "$scratch/job/break"
job_ends 15
job_said "rank 1: a worker threw: std::bad_alloc"

# Neighbours' keys move, and memory grows, with relocation only.
for setting in ADAPM_TECHNIQUES=relocation_only ADAPM_ONE_HOST_PER_RANK=1; do
  export "${setting?}"
  start_job grow
  limit_rank_1 10
  touch "$scratch/job/break"
  job_ends 30
  job_said "rank 1: not enough memory"
  unset "${setting%=*}"
done
