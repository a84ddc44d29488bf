#!/usr/bin/env bash
# Starts a program on several ranks of this machine, with mpirun's options as the machine and the numbers call for.
set -euo pipefail

usage() {
  cat <<'END_OF_USAGE'
usage: scripts/run_local.sh [--ranks N] [--threads N] [--one-host-per-rank] [--dry-run] -- PROGRAM [ARGUMENT...]

Runs PROGRAM under mpirun on this machine and ends with its exit code. Works as root, as in containers, and with more
ranks than cores.

  --ranks N            MPI ranks (2)
  --threads N          worker threads of each rank; by default as many as leave every rank a core for its progress
                       thread, but at least 1. An ARGUMENT `@threads` becomes this number.
  --one-host-per-rank  ranks behave as if each were alone on its host: no shared memory between them
  --dry-run            only print the command

Where every thread of every rank has a core, ranks are bound to cores of their own; else threads are free to move.

  scripts/run_local.sh --ranks 2 -- build/release/bin/kge --dataset data/wordnet --threads @threads
END_OF_USAGE
}

wrong() {
  echo "run_local.sh: $*" >&2
  usage >&2
  exit 2
}

ranks=2
threads=
dry_run=0
# number NAME VALUE: the value, which must be a whole number above 0.
number() {
  [[ ${2:-} =~ ^[1-9][0-9]{0,5}$ ]] || wrong "$1 takes a number above 0, not '${2:-}'"
  number=$2
}
while (($#)); do
  case $1 in
    --ranks | -n) number "$@"; ranks=$number; shift ;;
    --threads) number "$@"; threads=$number; shift ;;
    --one-host-per-rank) export ADAPM_ONE_HOST_PER_RANK=1 ;;
    --dry-run) dry_run=1 ;;
    --help | -h) usage; exit 0 ;;
    --) shift; break ;;
    -*) wrong "unknown argument: $1" ;;
    *) break ;;
  esac
  shift
done
(($#)) || wrong "which program?"
program=$(command -v -- "$1") || { echo "run_local.sh: no such program: $1 (is it built?)" >&2; exit 127; }
command -v mpirun >/dev/null || { echo "run_local.sh: there is no mpirun; try scripts/install_dependencies.sh" >&2; exit 127; }

# Cores, not hardware threads; no more than this process and its container may use. Without /sys nothing tells cores
# from threads.
usable=$(nproc)
if [[ -r /sys/fs/cgroup/cpu.max ]]; then
  read -r quota period </sys/fs/cgroup/cpu.max
  [[ $quota == max ]] || usable=$(((quota + period - 1) / period < usable ? (quota + period - 1) / period : usable))
fi
cores=$( (lscpu --parse=CORE,SOCKET 2>/dev/null || true) | sed '/^#/d' | sort -u | wc -l)
((cores > 0 && cores < usable)) || cores=$usable

((${threads:=0} > 0)) || threads=$((cores / ranks - 1))
((threads > 0)) || threads=1

options=(-n "$ranks")
needed=$((ranks * (threads + 1)))
if ((needed <= cores && usable == $(nproc --all))); then
  options+=(--map-by "slot:PE=$((threads + 1))" --bind-to core)
  placement="each rank bound to $((threads + 1)) cores of its own"
elif ((needed <= cores)); then
  options+=(--oversubscribe --bind-to none)
  placement="not bound: only a part of the machine is ours"
else
  # Who waits yields: the other may be what is waited for.
  options+=(--oversubscribe --bind-to none --mca mpi_yield_when_idle 1)
  placement="not bound, $needed threads share them"
fi
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

arguments=()
for argument in "${@:2}"; do 
  [[ $argument == @threads ]] && argument=$threads
  arguments+=("$argument")
done
command=(mpirun "${options[@]}" "$program" "${arguments[@]}")
echo "run_local.sh: $ranks ranks x ($threads workers + 1 progress thread) on $cores cores: $placement" >&2
if ((dry_run)); then
  echo "${command[*]@Q}"
  exit 0
fi
exec "${command[@]}" </dev/null
