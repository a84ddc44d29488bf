#!/usr/bin/env bash
# check_documents.py finds each kind of reference to what is not there, and nothing in a tree without one.
set -euo pipefail
check=$1
build=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree"/{tests,scripts,libadapm/src/api,libadapm/src/store}
echo 'TEST_CASE("keys stay") {}' >"$tree/tests/keys.cpp"
echo 'add_executable(kge main.cpp)' >"$tree/CMakeLists.txt"
echo '{"sys.sync.pause", "sys.report"}' >"$tree/libadapm/src/api/options.cpp"
touch "$tree/scripts/run.sh" "$tree/libadapm/src/store/slot.hpp"

complaints() {
  printf '%s\n' "$@" >"$tree/page.md"
  python3 "$check" "$tree" "$build"
}
# finds PATTERN LINE...: a document of these lines fails, and the complaint is named.
finds() {
  local output
  if output=$(complaints "${@:2}"); then
    echo "FAILED: not found: ${*:2}"
    exit 1
  fi
  grep -q -- "$1" <<<"$output" || { echo "FAILED: '$1' is not in: $output"; exit 1; }
}

complaints '[here](scripts/run.sh#a), [there](https://example.org/x)' '`store/slot.hpp` `scripts/run.sh --only x`' \
  'build/release/bin/kge --sys.report 1; --sys.sync.*' '`unit`, `lint.documents`' \
  '| invariant | guarded by |' '|---|---|' '| one owner | `unit`: *keys stay* |'
finds 'no.md is not there' '[here](no.md)'
finds 'store/no.hpp is not there' 'in `store/no.hpp`'
finds 'scripts/no.sh is not there' '    scripts/no.sh --help'
finds 'no program is called no_program' '    mpirun -n 2 build/release/bin/no_program'
finds 'no option is called --sys.sync.no' 'with `--sys.sync.no 1`'
finds 'no test is called mpi.no' 'tested by `mpi.no`'
finds 'no test is called no_schedules' '| what | test |' '|---|---|' '| it | `unit`, `no_schedules` |'
finds 'no test case is called "keys go"' '`unit`: *keys go*'
echo "check_documents.py finds what it must"
