#!/usr/bin/env bash
# A rank that is stopped is named, and the job goes on if it does; if not, the job ends.
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/job.sh"

export ADAPM_WATCHDOG_WARN=2
ADAPM_WATCHDOG_END=0 start_job work
kill -STOP "$(process_of 1)"
await 30 said "nothing has come from rank 1 .*waits on" || fail "nobody says that rank 1 does not come"
kill -CONT "$(process_of 1)"
await 30 said "rank 1 .*: there again" || fail "nobody says that rank 1 has come again"
! said "rank [02] " || fail "another rank is blamed"
grep -E "nothing|again" "$output"
kill -TERM "$job"
job_ends 15

for mode in work barrier idle; do
  ADAPM_WATCHDOG_END=4 start_job "$mode"
  kill -STOP "$(process_of 1)"
  job_ends 40
  job_said "adapm: rank 0: nothing has come from rank 1 .* for [0-9]* s"
done
