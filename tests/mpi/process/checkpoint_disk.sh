#!/usr/bin/env bash
# A disk that is really full, and a folder that each rank has for itself.
source "$(dirname "$0")/common.sh"
with_private_shm 256m || skip "may not mount file systems here"
checkpoints=$ADAPM_TEST_BIN/checkpoints

# There is room for two checkpoints of 800 kB, but not for a third beside them.
mkdir "$scratch/disk"
mount -t tmpfs -o size=2200k tmpfs "$scratch/disk"
bounded 60 "${mpi[@]}" -n 2 "$checkpoints" save "$scratch/disk" 3
[[ $status == 3 ]] || fail "ended with $status on a full disk"
for rank in 0 1; do
  grep -q "rank $rank: rank [01]: cannot write .*checkpoint-3.partial/.*: No space left on device; make room" "$output" ||
    fail "rank $rank does not say what is full"
done
[[ $(ls "$scratch/disk" | tr '\n' ' ') == "checkpoint-1 checkpoint-2 " ]] || fail "left: $(ls "$scratch/disk")"
bounded 60 "${mpi[@]}" -n 3 "$checkpoints" check "$scratch/disk"
grep -q "checkpoint 2 is whole" "$output" || fail "the checkpoint before is not intact"
umount "$scratch/disk"

mkdir "$scratch/own"
bounded 60 "${mpi[@]}" -n 2 unshare --mount bash -c 'mount -t tmpfs tmpfs "$1" && exec "$2" save "$1" 1' - "$scratch/own" \
  "$checkpoints"
[[ $status == 3 ]] || fail "ended with $status on folders that are not shared"
for rank in 0 1; do
  grep -q "rank $rank: rank 1: cannot create $scratch/own/.*need a folder that all ranks share" "$output" ||
    fail "rank $rank does not say that the folder is not shared"
done
