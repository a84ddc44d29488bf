#!/bin/bash
# simple runs, checks its sums, and rejects what it cannot do.
. "$(dirname "$0")/program_test.sh"

for ranks in 1 2 3; do
  for one_host in 0 1; do
    succeeds $ranks "$ADAPM_BIN/simple" --num_threads 2 --sys.one_host_per_rank $one_host
    prints "All keys hold the sum of all pushes of $((2 * ranks)) workers"
  done
done
succeeds 2 "$ADAPM_BIN/simple" -k 50 -t 1 -i 50 -v 7
succeeds 2 "$ADAPM_BIN/simple" -k 3 -i 0

succeeds 2 "$ADAPM_BIN/simple" --help
[ "$(grep -c -F -- --num_keys "$scratch/output")" -eq 1 ] || fail "help is printed more or less than once"
rejects 2 "unknown option --num_thraeds; did you mean --num_threads?" 2 "$ADAPM_BIN/simple" --num_thraeds 3
rejects 2 "--num_iterations must not be above --num_keys" 2 "$ADAPM_BIN/simple" -k 3 -i 4
