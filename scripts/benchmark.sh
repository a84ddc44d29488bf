#!/usr/bin/env bash
# Builds the benchmarks, runs them all and writes one report.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'END_OF_USAGE'
usage: scripts/benchmark.sh [--quick] [--only SECTION] [--kge-dataset DIR] [--output DIR] [--build DIR]
                            [--no-build] [--no-install]

Installs what is missing (as root or with sudo), builds build/release, runs the benchmarks and writes
build/benchmark/report.md: the machine, the commit, the goals and what was measured, a plot for each sweep, every
command; all single figures are in results.jsonl beside it. On two cores this takes under 15 minutes. Nothing else
should run meanwhile.

  --quick            everything once, on little data: shows in seconds that it runs; the figures mean nothing
  --only SECTION     only this one; may be given several times: local, sampling, remote, intents, rounds, rates,
                     look-ahead, locality, techniques, scaling, network, tracing, scale,
                     applications
  --kge-dataset DIR  train kge on this graph instead of WordNet's, e.g. FB15k-237, for which there is AdaPM's time
  --output DIR       where the report goes (build/benchmark)
  --build DIR        where it is built (build/release)
  --no-build         it is built already
  --no-install       do not look for missing packages
END_OF_USAGE
}

build=build/release
install=1
compile=1
output=build/benchmark
arguments=()
while (($#)); do
  case $1 in
    --quick) arguments+=(--quick) ;;
    --only | --kge-dataset) arguments+=("$1" "${2:?$1 takes a value}"); shift ;;
    --output) output=${2:?--output takes a folder}; shift ;;
    --build) build=${2:?--build takes a folder}; shift ;;
    --no-build) compile=0 ;;
    --no-install) install=0 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "unknown argument: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

((install)) && scripts/install_dependencies.sh --for benchmarks
if ((compile)); then
  launcher=""
  ! command -v ccache >/dev/null || launcher=ccache
  cmake --preset release -B "$build" -DADAPM_BUILD_APPS=ON -DADAPM_BUILD_BENCHMARKS=ON -DADAPM_BUILD_TESTS=OFF \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher"
  cmake --build "$build" --parallel "$(nproc)" --target benchmarks
fi
exec python3 benchmarks/report/benchmark.py --programs "$build/bin" --output "$output" "${arguments[@]}"
