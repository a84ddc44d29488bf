#!/usr/bin/env bash
# remote_shell.sh [-OPTION...] HOST COMMAND...: stands in for ssh where hosts are those of hosts.sh. As with ssh the
# command's words are joined and read by a shell there; it starts in the same folder.
while [[ ${1:-} == -* ]]; do
  [[ $1 == -o ]] && shift
  shift
done
host=${1##*@}
shift
pid=$(cat "$ADAPM_TEST_HOSTS/$host.pid" 2>/dev/null) || {
  echo "remote_shell: no such host: $host" >&2
  exit 255
}
exec nsenter --target "$pid" --net --uts --ipc --mount -- bash -c 'cd "$0" && eval "$1"' "$PWD" "$*"
