#!/usr/bin/env bash
# When a rank is killed, or the whole job is told to end, it ends within seconds, leaves no process behind, and nothing in
# /dev/shm that the next run trips over.
source "$(dirname "$0")/common.sh"
source "$(dirname "$0")/job.sh"

for mode in work barrier idle; do
  start_job "$mode"
  kill -9 "$(process_of 1)"
  job_ends 15
  job_said "rank 1.*signal 9"
done

for signal in TERM INT; do
  start_job work
  kill -"$signal" "$job"
  job_ends 15
done
