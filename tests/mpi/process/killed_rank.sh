#!/usr/bin/env bash
# When a rank is killed, the job ends within seconds with a message, leaves no process behind, and nothing in /dev/shm
# that the next run trips over.
source "$(dirname "$0")/common.sh"
with_private_shm 256m || echo "may not mount a private /dev/shm here: other programs may disturb this test"

# await SECONDS COMMAND...: true as soon as the command is.
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}
all_announced() { [[ $(find "$scratch/pids" -name '[0-9]' | wc -l) == 3 ]]; }
gone() { ! kill -0 "$1" 2>/dev/null; }

kill_rank_1() {
  local mode=$1 before job pid
  rm -rf "$scratch/pids"
  mkdir "$scratch/pids"
  before=$(ls -A /dev/shm)
  "${mpi[@]}" -n 3 "$ADAPM_TEST_BIN/endless_store" "$mode" "$scratch/pids" >"$output" 2>&1 </dev/null &
  job=$!
  await 60 all_announced || { kill "$job"; fail "$mode: the job did not start"; }
  kill -9 "$(<"$scratch/pids/1")"
  await 15 gone "$job" || { kill "$job"; fail "$mode: the job goes on 15 s after a rank was killed"; }
  status=0
  wait "$job" || status=$?
  [[ $status != 0 ]] || fail "$mode: the job ended with 0"
  grep -q "rank 1.*signal 9" "$output" || fail "$mode: no message names the killed rank"
  for pid in $(cat "$scratch"/pids/*); do
    await 5 gone "$pid" || { kill -9 "$pid"; fail "$mode: process $pid was left behind"; }
  done
  [[ $(ls -A /dev/shm) == "$before" ]] || fail "$mode: left in /dev/shm: $(ls -A /dev/shm)"
  bounded 60 "${mpi[@]}" -n 3 "$ADAPM_TEST_BIN/open_store"
  [[ $status == 0 ]] || fail "$mode: the next run ended with $status"
}

for mode in work barrier idle; do
  kill_rank_1 "$mode"
done
