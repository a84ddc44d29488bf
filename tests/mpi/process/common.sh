# What the scripts of this folder share; they source it. CTest sets MPIEXEC, ADAPM_TEST_BIN and ADAPM_BIN.
set -euo pipefail

mpi=("${MPIEXEC:-mpiexec}" --oversubscribe --bind-to none)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
output=$scratch/output

fail() {
  echo "FAILED: $*"
  [[ ! -f $output ]] || sed 's/^/  | /' "$output"
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

# bounded SECONDS COMMAND...: runs it with its output in $output; sets status. More time than that is a failure.
bounded() {
  local seconds=$1
  shift
  status=0
  timeout --kill-after=5 "$seconds" "$@" >"$output" 2>&1 </dev/null || status=$?
  [[ $status != 124 && $status != 137 ]] || fail "still running after $seconds s: $*"
}

# The script starts itself again with a private /dev/shm of the given size; skips if that is not permitted.
with_private_shm() {
  local size=$1
  [[ -z ${ADAPM_TEST_PRIVATE_SHM:-} ]] || return 0
  unshare --mount true 2>/dev/null || return 1
  trap - EXIT
  rm -rf "$scratch"
  export ADAPM_TEST_PRIVATE_SHM=1
  exec unshare --mount bash -c 'mount -t tmpfs -o "size=$1" tmpfs /dev/shm && exec bash "$2"' - "$size" "$0"
}

# every_rank COUNT PATTERN: the file outcome.<rank> of each of COUNT ranks matches.
every_rank() {
  local rank
  for ((rank = 0; rank < $1; ++rank)); do
    grep -q -- "$2" "$scratch/outcome.$rank" 2>/dev/null || fail "rank $rank did not report: $2"
  done
}
export OUTCOME=$scratch/outcome
