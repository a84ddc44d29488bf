#!/usr/bin/env bash
# scripts/run_hosts.sh runs a program on the hosts of a file, and says of every host that cannot take part what it lacks.
source "$(dirname "$0")/hosts.sh"
needs_hosts
start_hosts 3
export ADAPM_SSH=$remote_shell
run_hosts=$(realpath "$(dirname "$0")/../../scripts/run_hosts.sh")

# finds PATTERN ARGS...: run_hosts.sh with these arguments ends with 1 and says so.
finds() {
  local pattern=$1
  shift
  bounded 60 on node1 "$run_hosts" "$@"
  [[ $status == 1 ]] || fail "status $status, not 1, of: $*"
  grep -q -- "$pattern" "$output" || fail "'$pattern' is not said of: $*"
  echo "said: $(grep -m 1 -- "$pattern" "$output")"
}

printf '# three hosts\nnode1 slots=2\nnode2 slots=1  # one rank\n\nnode3 slots=1\n' >"$scratch/hostfile"
ADAPM_STATISTICS=1 bounded 60 on node1 "$run_hosts" "$scratch/hostfile" --network eth0 -- "$ADAPM_BIN/simple"
[[ $status == 0 ]] || fail "status $status"
grep -m 1 'adapm: 4 ranks on 3 hosts' "$output" || fail "not 4 ranks on 3 hosts"

bounded 60 on node1 "$run_hosts" "$scratch/hostfile" --network 10.77.0.0/24 -- bash -c 'exit $((OMPI_COMM_WORLD_RANK == 3 ? 7 : 0))'
[[ $status == 7 ]] || fail "status $status, not the program's"

printf 'node1\nnode9\n' >"$scratch/unknown"
finds 'node9 does not answer' "$scratch/unknown" -- "$ADAPM_BIN/simple"
for host in node1 node2; do on "$host" cp "$ADAPM_BIN/simple" /dev/shm/simple; done
finds 'node3 has no program /dev/shm/simple' "$scratch/hostfile" -- /dev/shm/simple
on node3 cp "$(type -P true)" /dev/shm/simple
finds 'node3 has another /dev/shm/simple' "$scratch/hostfile" -- /dev/shm/simple
finds 'no such program here: /no/program' "$scratch/hostfile" -- /no/program
finds 'names no host' /dev/null -- "$ADAPM_BIN/simple"
