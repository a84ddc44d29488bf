#!/usr/bin/env bash
# Options that differ between ranks are refused by every rank, with the option's name, and the job ends.
source "$(dirname "$0")/common.sh"

# differ VARIABLE VALUE_OF_RANK_0 VALUE_OF_THE_OTHERS PATTERN
differ() {
  unset "$1"
  rm -f "$OUTCOME".*
  bounded 60 "${mpi[@]}" -n 1 -x "$1=$2" "$ADAPM_TEST_BIN/open_store" : -n 2 -x "$1=$3" "$ADAPM_TEST_BIN/open_store"
  [[ $status != 0 ]] || fail "$1=$2 on rank 0 and $3 on the others was accepted"
  every_rank 3 "ConfigurationError"
  every_rank 3 "$4"
}

differ ADAPM_SYNC_MAX_PER_SEC 10 20 sys.sync.max_per_sec
differ ADAPM_TECHNIQUES all relocation_only sys.techniques
differ ADAPM_ONE_HOST_PER_RANK 0 1 sys.one_host_per_rank

# A value that no rank can use is refused as well.
export ADAPM_TECHNIQUES=none_of_them
bounded 60 "${mpi[@]}" -n 2 "$ADAPM_TEST_BIN/open_store"
[[ $status != 0 ]] || fail "techniques=none_of_them was accepted"
grep -q "ADAPM_TECHNIQUES\|sys.techniques" "$output" || fail "the message does not name the variable"
unset ADAPM_TECHNIQUES

# Layouts are compared like options.
rm -f "$OUTCOME".*
bounded 60 "${mpi[@]}" -n 1 "$ADAPM_TEST_BIN/open_store" library 100 : -n 2 "$ADAPM_TEST_BIN/open_store" library 101
[[ $status != 0 ]] || fail "100 keys on rank 0 and 101 on the others were accepted"
every_rank 3 "ConfigurationError"
