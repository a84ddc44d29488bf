#!/usr/bin/env bash
# When a host cannot be reached any more, or dies, the job ends and says which.
source "$(dirname "$0")/hosts.sh"
needs_hosts
start_hosts 3
export ADAPM_SSH=$remote_shell ADAPM_WATCHDOG_WARN=3
# Ten seconds instead of two minutes.
export OMPI_MCA_oob_tcp_keepalive_time=4 OMPI_MCA_oob_tcp_keepalive_intvl=2 OMPI_MCA_oob_tcp_keepalive_probes=3
run_hosts=$(realpath "$(dirname "$0")/../../scripts/run_hosts.sh")
printf 'node1 slots=1\nnode2 slots=1\nnode3 slots=1\n' >"$scratch/hostfile"
all_announced() { [[ $(find "$scratch/job" -name '[0-9]' | wc -l) == 3 ]]; }
process_of() { cat "$scratch/job/$1"; }

start_job() {
  rm -rf "$scratch/job"
  mkdir "$scratch/job"
  on node1 "$run_hosts" "$scratch/hostfile" --network eth0 -- "$ADAPM_TEST_BIN/endless_store" work "$scratch/job" \
    >"$output" 2>&1 </dev/null &
  job=$!
  await 30 all_announced || fail "the job did not start"
}

# job_ends WHAT SECONDS: after what happened, which cost rank 2.
job_ends() {
  local begin=${EPOCHREALTIME/./} process
  await "$2" ended "$job" || fail "$1: the job goes on after $2 s"
  echo "$1: ended after $((((${EPOCHREALTIME/./} - begin)) / 1000)) ms"
  status=0
  wait "$job" || status=$?
  [[ $status != 0 ]] || fail "$1: the job ended with 0"
  # mpirun learns of it by its own connection, or by that of ssh, and then does not know the host's name.
  grep -m 1 "Remote daemon.* node3\|unable to reliably start one or more daemons" "$output" || fail "$1: mpirun does not say it"
  for process in 0 1; do await 5 ended "$(process_of "$process")" || fail "$1: rank $process is still there"; done
}

start_job
rank_2=$(process_of 2)
kill -9 "$rank_2" "$(awk '/^PPid:/ { print $2 }' "/proc/$rank_2/status")"
job_ends "a host that died" 20

start_job
on node3 ip link set eth0 down
job_ends "a host that was cut off" 60
grep -m 1 "adapm: nothing has come from rank 2 (node3)" "$output" || fail "no rank was named"
! grep "adapm: nothing has come from .*rank 1 " "$output" || fail "another rank was named, too"
