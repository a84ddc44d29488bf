# Sourced after hosts.sh: programs across hosts. Two ranks are on node1, one on each other host.

# across HOSTS SECONDS PROGRAM ARGS...: runs it on HOSTS hosts with a rank more than that; it must end with 0.
across() {
  local count=$1 seconds=$2 spec=node1:2 i
  shift 2
  for ((i = 2; i <= count; ++i)); do spec+=,node$i:1; done
  echo "$((count + 1)) ranks on $count hosts: $(basename "$1") (after $SECONDS s)"
  bounded "$seconds" hosts_mpirun "$spec" -n $((count + 1)) "$@"
  [[ $status == 0 ]] || fail "status $status"
}

# reported HOSTS: the store said that it is on so many hosts, and has no shortcut between them.
reported() {
  grep -m 1 'adapm: ' "$output" || fail "the store reported nothing"
  grep -q "$(($1 + 1)) ranks on $1 hosts, .*path: shared memory + messages" "$output" || fail "that is not as expected"
}

# 60 entities on a ring; relation k leads k + 1 steps on. A tenth of the triples is held out.
make_ring() {
  mkdir "$1"
  awk -v dir="$1" 'BEGIN {
    for (r = 0; r < 6; ++r) for (s = 0; s < 60; ++s)
      print s "\t" r "\t" (s + r + 1) % 60 > (dir "/" ((7 * s + 3 * r) % 10 == 0 ? "valid" : "train") ".del")
  }'
}
ring_options="--dim 32 --negatives 10 --epochs 120 --reg-entity 0.01 --learning-rate 0.3 --seed 3"

# The ring has been learnt as well as on one host.
learnt() {
  local mrr
  mrr=$(tail -n 1 "$1" | sed -n 's/.*"mrr": \([0-9.e-]*\), "best_mrr".*/\1/p')
  echo "MRR ${mrr:-missing}"
  awk -v mrr="${mrr:-0}" 'BEGIN { exit !(mrr > 0.8) }' || fail "MRR ${mrr:-missing} is not above 0.8"
}
