#!/usr/bin/env bash
# A rank that is stopped is named, and the job goes on if it does; if not, the job ends.
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/job.sh"

# Where ranks work, one may hold a lock when it is stopped. A neighbour that needs it does not come then, and is named, too.
export ADAPM_WATCHDOG_WARN=2
ADAPM_WATCHDOG_END=0 start_job work
kill -STOP "$(process_of 1)"
await 30 said "nothing has come from ranks\? .*1 (.*waits on" || fail "nobody says that rank 1 does not come"
kill -CONT "$(process_of 1)"
await 30 said "1 (.*: there again" || fail "nobody says that rank 1 has come again"
grep -E "nothing|again" "$output"
kill -TERM "$job"
job_ends 15

# ends_with_stopped_rank MODE: the job does, and names the rank.
ends_with_stopped_rank() {
  local missing="rank 1 ("
  [[ $1 != work ]] || missing="ranks\? .*1 ("
  ADAPM_WATCHDOG_END=4 start_job "$1"
  kill -STOP "$(process_of 1)"
  job_ends 40
  job_said "adapm: rank [02]: nothing has come from $missing.* for [0-9]* s"
}
for mode in work barrier idle; do
  ends_with_stopped_rank "$mode"
done
ADAPM_GRID_EXCHANGE=2 ends_with_stopped_rank idle
