#!/usr/bin/env bash
# checkpoint.sh FOLDER [RANKS [OPTION...]]: saves a checkpoint of 1 M keys of 128 floats below FOLDER, and writes as much there
# with dd, in turn. Options go to bench_checkpoint (see --help).
set -euo pipefail
[[ $# -ge 1 && $1 != -* ]] || { echo "usage: benchmarks/macro/checkpoint.sh FOLDER [RANKS [OPTION...]]" >&2; exit 2; }
folder=$(realpath "$1")
ranks=${2:-1}
shift $(($# < 2 ? 1 : 2))
root=$(realpath "$(dirname "$0")/../..")
trap 'rm -rf "$folder/dd" "$folder/checkpoints"' EXIT
for _ in 1 2 3; do
  dd if=/dev/zero of="$folder/dd" bs=1M count=488 conv=fsync 2>&1 | tail -n 1
  rm "$folder/dd"
  "$root/scripts/run_local.sh" --ranks "$ranks" --threads 1 -- "$root/build/release/bin/bench_checkpoint" --folder "$folder/checkpoints" --times 2 "$@"
done
