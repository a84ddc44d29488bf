# Sourced after common.sh: jobs that something happens to. A job is endless_store on three ranks.
with_private_shm 512m || echo "may not mount a private /dev/shm here: other programs may disturb this test"

# What a failure would leave running.
end_job() {
  [[ -z ${job:-} ]] || kill -9 "$job" $(cat "$scratch"/job/[0-9] 2>/dev/null) 2>/dev/null || true
}
trap '(($? == 0)) || end_job; rm -rf "$scratch"' EXIT

# await SECONDS COMMAND...: true as soon as the command is.
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}
all_announced() { [[ $(find "$scratch/job" -name '[0-9]' | wc -l) == 3 ]]; }
gone() { [[ ! -e /proc/$1 || $(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null || echo Z) == Z ]]; }
said() { grep -q -- "$1" "$output"; }
process_of() { cat "$scratch/job/$1"; }

# start_job MODE: returns when all ranks are at work.
start_job() {
  mode=$1
  rm -rf "$scratch/job"
  mkdir "$scratch/job"
  shared_memory_before=$(ls -A /dev/shm)
  "${mpi[@]}" -n 3 "$ADAPM_TEST_BIN/endless_store" "$mode" "$scratch/job" >"$output" 2>&1 </dev/null &
  job=$!
  await 60 all_announced || { kill "$job" 2>/dev/null || true; fail "$mode: the job did not start"; }
}

# job_ends SECONDS: in this time, with an error; nothing is left of it, and the next one runs.
job_ends() {
  local process begin=${EPOCHREALTIME/./}
  await "$1" gone "$job" || { kill "$job" 2>/dev/null || true; fail "$mode: the job goes on after $1 s"; }
  echo "$mode: ended after $((((${EPOCHREALTIME/./} - begin)) / 1000)) ms"
  status=0
  wait "$job" || status=$?
  [[ $status != 0 ]] || fail "$mode: the job ended with 0"
  for process in $(cat "$scratch"/job/[0-9]); do
    await 5 gone "$process" || { kill -9 "$process"; fail "$mode: process $process was left behind"; }
  done
  [[ $(ls -A /dev/shm) == "$shared_memory_before" ]] || fail "$mode: left in /dev/shm: $(ls -A /dev/shm)"
  cp "$output" "$scratch/of_job"
  bounded 60 "${mpi[@]}" -n 3 "$ADAPM_TEST_BIN/open_store"
  [[ $status == 0 ]] || fail "$mode: the next run ended with $status"
  mv "$scratch/of_job" "$output"
}

# job_said PATTERN...: in its output, in lines of their own.
job_said() {
  local pattern
  for pattern in "$@"; do
    said "$pattern" || fail "$mode: it does not say: $pattern"
    grep -m 1 -- "$pattern" "$output"
  done
}
