# Sourced by the scripts of this folder: building other people's programs against a prefix, and running them.
source "$(dirname "$0")/../mpi/process/common.sh"

# quietly COMMAND...: shows its output only if it fails.
quietly() {
  "$@" >"$output" 2>&1 </dev/null || fail "status $?: $*"
}

# runs_on_ranks PROGRAM...: each on 2 and on 3 ranks.
runs_on_ranks() {
  local ranks
  for program in "$@"; do
    for ranks in 2 3; do
      bounded 60 "${mpi[@]}" -n "$ranks" "$program"
      [[ $status == 0 ]] || fail "status $status of $program on $ranks ranks"
      echo "$program, $ranks ranks: $(tail -n 1 "$output")"
    done
  done
}

# build_by_cmake PREFIX SOURCE FOLDER ARGS...
build_by_cmake() {
  quietly cmake -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$1" -S "$2" -B "$3" "${@:4}"
  quietly cmake --build "$3" --parallel 2
}
