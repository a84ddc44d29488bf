#!/usr/bin/env bash
# Builds the project and runs its tests: optimised, under the sanitizers, and through clang's thread-safety analysis.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
usage: scripts/test.sh [--quick] [--only release|asan|tsan|clang|fuzz] [--no-install]

Installs what is missing (as root or with sudo), builds the presets in build/<preset> and runs the tests:
  release  all tests but the nightly ones
  asan     unit and protocol tests, and a part of the MPI tests, with address and undefined-behaviour sanitizers
  tsan     unit and protocol tests with the thread sanitizer
  clang    builds only: thread-safety analysis and warnings are errors
  fuzz     not by itself, for it takes a minute each: what reads files, with bytes that libFuzzer makes up

  --quick       only the preset release, and of the MPI tests only those with two ranks
  --only NAME   only this preset; may be given several times
  --no-install  do not look for missing packages
END
}

presets=()
install=1
selection=(-LE nightly)
while (($#)); do
  case $1 in
    --quick)
      presets=(release)
      selection+=(-E '\.r[134]\.')
      ;;
    --only)
      case ${2:-} in
        release | asan | tsan | clang | fuzz) presets+=("$2") ;;
        *) echo "--only takes release, asan, tsan, clang or fuzz, not '${2:-}'" >&2; exit 2 ;;
      esac
      shift
      ;;
    --no-install) install=0 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "unknown argument: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
((${#presets[@]})) || presets=(release asan tsan clang)

((install)) && scripts/install_dependencies.sh --for tests

launcher=""
! command -v ccache >/dev/null || launcher=ccache
jobs=$(nproc)
summary=()
failures=0

# step PRESET NAME COMMAND...: runs it, also into build/PRESET/log/NAME.txt, and notes how it went.
step() {
  local preset=$1 name=$2 log=build/$1/log/$2.txt begin=$SECONDS result=passed
  shift 2
  mkdir -p "$(dirname "$log")"
  echo "==== $preset: $name"
  if ! "$@" 2>&1 | tee "$log"; then
    result=FAILED
    failures=$((failures + 1))
  fi
  summary+=("$(printf '%-8s %-10s %-7s %4d s   %s' "$preset" "$name" "$result" $((SECONDS - begin)) "$log")")
  [[ $result == passed ]]
}

build() {
  step "$1" configure cmake --preset "$1" -DADAPM_BUILD_TESTS=ON -DADAPM_BUILD_APPS=ON \
    -DADAPM_BUILD_BENCHMARKS=ON -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" &&
    step "$1" build cmake --build "build/$1" --parallel "$jobs" "${@:2}"
}

run_tests() {
  step "$1" test ctest --test-dir "build/$1" --output-on-failure --no-tests=error --parallel "$jobs" "${@:2}"
}

for preset in "${presets[@]}"; do
  # Sanitized code is slow to compile: only what is run.
  targets=()
  case $preset in
    asan) targets=(--target tests_asan) ;;
    tsan) targets=(--target tests_without_mpi) ;;
    fuzz) targets=(--target fuzzers) ;;
  esac
  build "$preset" "${targets[@]}" || continue
  case $preset in
    release) run_tests release "${selection[@]}" || true ;;
    asan) run_tests asan -LE nightly -L '^(unit|protocol|asan)$' || true ;;
    tsan) run_tests tsan -LE nightly -L '^(unit|protocol)$' || true ;;
    fuzz) run_tests fuzz -L '^fuzz$' || true ;;
    clang) ;;
  esac
done

echo
echo "==== summary after $((SECONDS / 60)) min $((SECONDS % 60)) s; programs in build/<preset>/bin, logs in build/<preset>/log"
printf '%s\n' "${summary[@]}"
if ((failures)); then
  echo "FAILED: $failures steps; what the failed tests printed: build/<preset>/Testing/Temporary/LastTest.log"
  exit 1
fi
echo "all passed"
