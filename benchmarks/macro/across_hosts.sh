#!/usr/bin/env bash
# across_hosts.sh DELAY PROGRAM ARGS...: runs PROGRAM with a rank on each of two hosts, network namespaces of this machine
# between which a frame takes DELAY microseconds. Ends with 77 and the reason where such hosts cannot be made.
source "$(dirname "$0")/../../tests/hosts/hosts.sh"
[[ $# -ge 2 && $1 =~ ^[0-9]+$ ]] || { echo "usage: benchmarks/macro/across_hosts.sh DELAY PROGRAM ARGS..." >&2; exit 2; }
ADAPM_TEST_BIN=$(realpath "$(dirname "$2")/../tests")  # where `switch` is
needs_hosts "$@"
start_hosts 2 --delay-us "$1"
shift
hosts_mpirun node1:1,node2:1 -n 2 "$(realpath "$1")" "${@:2}" </dev/null
