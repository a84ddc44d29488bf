# Several hosts on one machine, for tests; sourced. A host is a set of namespaces: its own network, host name, /dev/shm
# and System V memory, on a switch (switch.cpp) that delays and limits if asked to. Files and processes are common to
# all, as with a shared file system. No host has a link or a route to the machine's real network.
#
#   needs_hosts              first of all: starts the script again where it may make hosts, or skips it
#   start_hosts N [OPTION..] makes node1..nodeN and `head`; options as of switch.cpp
#   on HOST COMMAND...       runs it there
#   hosts_mpirun SPEC ...    mpirun, itself on node1; SPEC as of its -H, e.g. node1:2,node2:1
#
# The script runs in process and mount namespaces of its own. When it ends, however it ends, the kernel ends all it has
# started and unmounts all it has mounted. Nothing but files of its own is ever mounted into $scratch.
set -euo pipefail

fail() {
  echo "FAILED: $*"
  [[ ! -f ${output:-} ]] || tail -n 60 "$output" | sed 's/^/  | /'
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

needs_hosts() {
  if [[ -z ${ADAPM_TEST_HOSTS:-} ]]; then
    local command
    ((EUID == 0)) || skip "hosts are network namespaces, which take root, in a container also --privileged"
    for command in ip nsenter unshare; do
      command -v "$command" >/dev/null || skip "there is no '$command': apt-get install iproute2 util-linux"
    done
    [[ -c /dev/net/tun ]] || skip "there is no /dev/net/tun, which the hosts' network needs"
    local isolate=(unshare --mount --propagation private --pid --fork --mount-proc --kill-child)
    "${isolate[@]}" unshare --net --uts --ipc true 2>/dev/null ||
      skip "network namespaces are not permitted here: a container needs --privileged"
    ADAPM_TEST_HOSTS=1 exec "${isolate[@]}" bash "$0" "$@"
  fi
  scratch=$(mktemp -d)
  output=$scratch/output
  hosts=$scratch/hosts
  trap 'rm -rf --one-file-system "$scratch"' EXIT
  trap 'exit 1' TERM INT
  mkdir "$hosts" "$scratch/tmp"
  export ADAPM_SEPARATE_CORES=0  # each host has the same cores
  export ADAPM_TEST_HOSTS=$hosts TMPDIR=$scratch/tmp  # Open MPI's folders, named by host and process id
  remote_shell=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/remote_shell.sh
}

# address NAME: nodeI has 10.77.0.I.
address() {
  [[ $1 == head ]] && echo 10.77.0.250 || echo "10.77.0.${1#node}"
}

# await SECONDS COMMAND...: true as soon as the command is.
await() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

start_host() {
  local name=$1
  unshare --net --uts --ipc --mount --propagation private bash -c '
    set -e
    hostname "$1"
    mount -t tmpfs -o size=2g,mode=1777 tmpfs /dev/shm
    mount --bind "$2/table" /etc/hosts
    ip link set lo up
    touch "$2/$1.ready"
    exec sleep infinity' host "$name" "$hosts" </dev/null >"$hosts/$name.log" 2>&1 &
  echo $! >"$hosts/$name.pid"
  await 10 test -e "$hosts/$name.ready" || skip "a host does not start here: $(<"$hosts/$name.log")"
}

start_hosts() {
  local count=$1 name names=()
  shift
  for ((i = 1; i <= count; ++i)); do names+=("node$i"); done
  names+=(head)
  echo "127.0.0.1 localhost" >"$hosts/table"
  for name in "${names[@]}"; do echo "$(address "$name") $name" >>"$hosts/table"; done
  for name in "${names[@]}"; do start_host "$name"; done
  : >"$hosts/switch.log"
  "$ADAPM_TEST_BIN/switch" "$@" $(for name in "${names[@]}"; do cat "$hosts/$name.pid"; done) \
    >"$hosts/switch.log" 2>&1 </dev/null &
  await 10 grep -q '^ready' "$hosts/switch.log" || skip "the hosts' switch does not start: $(<"$hosts/switch.log")"
  for name in "${names[@]}"; do
    on "$name" ip address add "$(address "$name")/24" dev eth0
    on "$name" ip link set eth0 up
  done
}

on() {
  local host=$1
  shift
  "$remote_shell" "$host" "${@@Q}"
}

# mpirun knows of each host's cores, not that all hosts share them: nothing is bound, and who waits yields.
hosts_mpirun() {
  local spec=$1
  shift
  on node1 "${MPIEXEC:-mpirun}" -H "$spec" --bind-to none --mca plm rsh --mca plm_rsh_agent "$remote_shell" \
    --mca oob_tcp_if_include eth0 --mca btl_tcp_if_include eth0 --mca mpi_yield_when_idle 1 "$@"
}

# bounded SECONDS COMMAND...: runs it with its output in $output; sets status. More time than that is a failure.
# The command may be one of the functions above, so it is this shell that keeps the time.
bounded() {
  local seconds=$1 job
  shift
  status=0
  "$@" >"$output" 2>&1 </dev/null &
  job=$!
  await "$seconds" ended "$job" || fail "still running after $seconds s: $*"
  wait "$job" || status=$?
}
ended() { [[ ! -e /proc/$1 || $(cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null || echo Z) == Z ]]; }
