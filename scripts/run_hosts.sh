#!/usr/bin/env bash
# Starts a program on the hosts of a file over ssh, after looking whether it can work there.
set -euo pipefail

usage() {
  cat <<'END_OF_USAGE'
usage: scripts/run_hosts.sh HOSTFILE [--network NAME] [--check] -- PROGRAM [ARGUMENT...]

Runs PROGRAM under mpirun on all slots of the hosts in HOSTFILE and ends with its exit code. Before, it looks whether
every host answers ssh without a password, and has this PROGRAM and this Open MPI in the same place.

  HOSTFILE        a host a line, as mpirun takes it: `node1 slots=2` for two ranks; without slots, one for each core
  --network NAME  the interface (eth0) or network (10.0.0.0/24) that hosts reach each other by, where they have several
  --check         only look

Variables ADAPM_* are passed on. ADAPM_SSH is the command to use instead of ssh; it must take `HOST COMMAND...`.

  scripts/run_hosts.sh hosts.txt -- build/release/bin/kge --dataset /shared/wordnet --threads 8
END_OF_USAGE
}

wrong() {
  echo "run_hosts.sh: $*" >&2
  usage >&2
  exit 2
}
fail() {
  echo "run_hosts.sh: $*" >&2
  exit 1
}

hostfile=
network=
only_check=0
while (($#)); do
  case $1 in
    --network) [[ -n ${2:-} ]] || wrong "--network takes an interface or a network"; network=$2; shift ;;
    --check) only_check=1 ;;
    --help | -h) usage; exit 0 ;;
    --) shift; break ;;
    -*) wrong "unknown argument: $1" ;;
    *) [[ -z $hostfile ]] || wrong "the program comes after --"; hostfile=$1 ;;
  esac
  shift
done
[[ -n $hostfile ]] || wrong "which hosts?"
[[ -r $hostfile ]] || fail "cannot read the host file $hostfile"
(($#)) || wrong "which program?"
mapfile -t hosts < <(sed 's/#.*//' "$hostfile" | awk 'NF { print $1 }')
((${#hosts[@]})) || fail "$hostfile names no host"

program=$(command -v -- "$1") || fail "no such program here: $1 (is it built?)"
program=$(realpath "$program")
mpirun=$(command -v mpirun) || fail "there is no mpirun here; try scripts/install_dependencies.sh"
# What starts programs there: one that stops for no question.
read -ra ssh <<<"${ADAPM_SSH:-ssh -o BatchMode=yes -o ConnectTimeout=10}"
command -v "${ssh[0]}" >/dev/null || fail "there is no ${ssh[0]} here: apt-get install openssh-client"

version_here=$("$mpirun" --version | head -n 1)
[[ $version_here == *"Open MPI"* ]] || fail "$mpirun is not Open MPI's: $version_here"
sum_here=$(cksum <"$program")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# look HOST: writes what is wrong with it to $scratch/HOST; an empty file if nothing is.
look() {
  local host=$1 answer sum version
  answer=$(timeout 30 "${ssh[@]}" "$host" \
    "echo answers; cksum <'$program'; test -x '$program' && echo runs; '$mpirun' --version" 2>&1 </dev/null) || true
  sum=$(grep -E '^[0-9]+ [0-9]+$' <<<"$answer" || true)
  version=$(grep -m 1 '^mpirun (' <<<"$answer" || true)
  if ! grep -q '^answers$' <<<"$answer"; then
    echo "does not answer ${ssh[0]} without a password: $(tail -n 1 <<<"${answer:-no reply in 30 s}")"
  elif [[ -z $sum ]] || ! grep -q '^runs$' <<<"$answer"; then
    echo "has no program $program: copy it there, or use a folder that all hosts share"
  elif [[ $sum != "$sum_here" ]]; then
    echo "has another $program than this host: copy it there again"
  elif [[ -z $version ]]; then
    echo "has no Open MPI at $mpirun"
  elif [[ $version != "$version_here" ]]; then
    echo "has $version, but this host has $version_here"
  fi >"$scratch/$host"
}

for host in "${hosts[@]}"; do look "$host" & done
wait
bad=0
for host in "${hosts[@]}"; do
  [[ -s $scratch/$host ]] || continue
  echo "run_hosts.sh: $host $(<"$scratch/$host")" >&2
  bad=$((bad + 1))
done
((bad == 0)) || fail "$bad of ${#hosts[@]} hosts cannot be used"
echo "run_hosts.sh: ${#hosts[@]} hosts answer, with this program and $version_here" >&2
((only_check == 0)) || exit 0

options=(--hostfile "$hostfile" --bind-to none --mca plm rsh)
[[ -z ${ADAPM_SSH:-} ]] || options+=(--mca plm_rsh_agent "$ADAPM_SSH")
[[ -z $network ]] || options+=(--mca oob_tcp_if_include "$network" --mca btl_tcp_if_include "$network")
while IFS='=' read -r name _; do options+=(-x "$name"); done < <(env | grep -E '^ADAPM_[A-Z_]+=' | grep -v '^ADAPM_SSH=')
# mpirun notices after two minutes that a host cannot be reached any more; by default it takes it eight.
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-60}
export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-20}
export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
rm -rf "$scratch"
exec "$mpirun" "${options[@]}" "$program" "${@:2}" </dev/null
