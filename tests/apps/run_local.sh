#!/bin/bash
# scripts/run_local.sh starts a program, ends as it ended, and also where nothing tells how many cores there are.
. "$(dirname "$0")/program_test.sh"
run_local=$(dirname "$0")/../../scripts/run_local.sh

local_run() {
  timeout 60 "$run_local" "$@" >"$scratch/output" 2>&1
}

local_run --ranks 3 --threads 1 -- "$ADAPM_BIN/simple" --num_threads @threads || fail "exit code $? of simple"
prints "All keys hold the sum of all pushes of 3 workers"
prints "3 ranks x \(1 workers \+ 1 progress thread\)"

local_run --ranks 2 -- sh -c 'exit 7'
[ $? -eq 7 ] || fail "the program's exit code 7 got lost"
local_run --ranks 0 -- true
[ $? -eq 2 ] || fail "0 ranks were accepted"
prints "--ranks takes a number above 0, not '0'"
local_run -- "$scratch/not_there"
[ $? -eq 127 ] || fail "a program that is not there was started"
prints "no such program: .*/not_there"

# Without /sys, as in some containers, lscpu fails and prints nothing.
mkdir "$scratch/bin"
printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/lscpu"
chmod +x "$scratch/bin/lscpu"
PATH=$scratch/bin:$PATH local_run --ranks 2 -- true || fail "exit code $? without what lscpu tells"
