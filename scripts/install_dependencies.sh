#!/usr/bin/env bash
# Installs what the project needs from Debian 12's packages; only what is missing.
set -euo pipefail

usage() {
  cat <<'END'
usage: scripts/install_dependencies.sh [--for build|quickstart|word2vec|benchmarks|tests|cluster]

Installs Debian packages that are missing, as root or with sudo.
  build       compiler, CMake, Ninja, Open MPI, hwloc, Boost (default)
  quickstart  the same and WordNet's data
  word2vec    the first and the dictionary GCIDE
  benchmarks  the second, the third, Google Benchmark, Python and gnuplot
  tests       the same and Catch2, clang with libFuzzer, gfortran, and tools that tests use
  cluster     the same and Slurm, for the tests on a cluster of this machine's own
END
}

build=(cmake ninja-build g++ libopenmpi-dev openmpi-bin libhwloc-dev
  libboost-mpi-dev libboost-serialization-dev libboost-program-options-dev libboost-math-dev)
quickstart=("${build[@]}" wordnet-base)
word2vec=("${build[@]}" dict-gcide)
benchmarks=("${quickstart[@]}" dict-gcide libbenchmark-dev python3 gnuplot-nox)
tests=("${benchmarks[@]}" catch2 clang libclang-rt-dev gfortran iproute2 make pkg-config dpkg-dev file doxygen)
cluster=("${tests[@]}" slurm-wlm slurm-wlm-basic-plugins munge)

purpose=build
while (($#)); do
  case $1 in
    --for)
      purpose=${2:-}
      shift 2 || { usage >&2; exit 2; }
      ;;
    --help | -h) usage; exit 0 ;;
    *) echo "unknown argument: $1" >&2; usage >&2; exit 2 ;;
  esac
done
case $purpose in
  build) packages=("${build[@]}") ;;
  quickstart) packages=("${quickstart[@]}") ;;
  word2vec) packages=("${word2vec[@]}") ;;
  benchmarks) packages=("${benchmarks[@]}") ;;
  tests) packages=("${tests[@]}") ;;
  cluster) packages=("${cluster[@]}") ;;
  *) echo "--for takes build, quickstart, word2vec, benchmarks, tests or cluster, not '$purpose'" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "This script knows Debian's apt-get only. Install what corresponds to: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [[ $state == "install ok installed" ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "packages: all there"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and this is neither root nor is there sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# quietly COMMAND...: shows its output only if it fails.
quietly() {
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "failed: $*" >&2
    exit 1
  fi
}

echo "packages: installing ${missing[*]}"
quietly apt-get -q update
quietly apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}"
echo "packages: done"
