#!/bin/bash
# Benchmarks say what they cannot do.
. "$(dirname "$0")/../apps/program_test.sh"

rejects 1 "needs two ranks: mpirun -n 2 bench_remote_access" 1 "$ADAPM_BIN/bench_remote_access"
rejects 2 "--ranks takes numbers above 1 separated by commas, not '16,1'" 1 "$ADAPM_BIN/bench_scale" --ranks 16,1
rejects 2 "--zipf" 1 "$ADAPM_BIN/bench_access" --zipf -1
