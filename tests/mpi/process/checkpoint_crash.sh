#!/usr/bin/env bash
# A job that is killed while it saves leaves the checkpoint before as the newest, and the next job goes on from there, on
# another number of ranks.
source "$(dirname "$0")/common.sh"
checkpoints=$ADAPM_TEST_BIN/checkpoints
folder=$scratch/folder

numbers() { find "$folder" -name 'checkpoint-*' ! -name '*.partial' | sed 's/.*-//' | sort -n; }
# saves_beyond NUMBER: a newer checkpoint is complete, and another is being written.
saves_beyond() { (($(numbers | tail -n 1 || echo 0) > $1)) && compgen -G "$folder/*.partial" >/dev/null; }

newest=0
for ranks in 3 2 3; do
  mkdir -p "$folder"
  "${mpi[@]}" -n "$ranks" "$checkpoints" save "$folder" >"$output" 2>&1 </dev/null &
  job=$!
  end=$((SECONDS + 60))
  until saves_beyond $((newest + 1)); do
    ((SECONDS < end)) || { kill "$job"; fail "no checkpoints"; }
  done
  # mpirun's children are the ranks.
  pkill -9 -P "$job" || true
  wait "$job" && fail "the job ended with 0"
  newest=$(numbers | tail -n 1)
  bounded 60 "${mpi[@]}" -n $((5 - ranks)) "$checkpoints" check "$folder"
  [[ $status == 0 ]] || fail "the checkpoint cannot be loaded"
  grep -q "checkpoint $newest is whole" "$output" || fail "not checkpoint $newest"
  echo "killed at checkpoint $((newest + 1)); $newest is whole"
done
