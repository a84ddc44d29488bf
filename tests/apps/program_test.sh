# Sourced by the scripts that start programs as a user does. MPIEXEC, ADAPM_BIN and the environment come from CTest.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "FAILED: $*" >&2
  echo "--- output:" >&2
  cat "$scratch/output" >&2
  exit 1
}

# run RANKS PROGRAM ARGS...: puts everything it prints in $scratch/output, returns its exit code; 124 if it hangs.
run() {
  local ranks=$1
  shift
  timeout 60 "$MPIEXEC" --oversubscribe --bind-to none -n "$ranks" "$@" >"$scratch/output" 2>&1
}

# succeeds RANKS PROGRAM ARGS...
succeeds() {
  run "$@" || fail "exit code $? of: $*"
}

# rejects CODE TEXT RANKS PROGRAM ARGS...: must end with this code and print the text exactly once.
rejects() {
  local code=$1 text=$2
  shift 2
  run "$@"
  local got=$?
  [ "$got" -eq "$code" ] || fail "exit code $got instead of $code of: $*"
  local times
  times=$(grep -c -F -- "$text" "$scratch/output")
  [ "$times" -eq 1 ] || fail "'$text' printed $times times by: $*"
}

prints() {
  grep -q -E -- "$1" "$scratch/output" || fail "'$1' was not printed"
}
