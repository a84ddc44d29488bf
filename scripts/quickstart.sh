#!/usr/bin/env bash
# From nothing to a trained model: installs, builds, makes a knowledge graph of WordNet, trains ComplEx on two ranks.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
usage: scripts/quickstart.sh [--ranks N] [--minutes N] [--dim N] [--no-install]

Installs what is missing (as root or with sudo), builds build/release, makes a knowledge graph of WordNet in
data/wordnet and trains ComplEx embeddings of it.

  --ranks N     MPI ranks, with one worker thread each (2)
  --minutes N   train for at most about this long (2)
  --dim N       weights per entity, even (64)
  --no-install  do not look for missing packages
END
}

ranks=2
minutes=2
dim=64
install=1
# number NAME VALUE: the value, which must be a whole number above 0.
number() {
  [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "$1 takes a number above 0, not '${2:-}'" >&2; exit 2; }
  echo "$2"
}
while (($#)); do
  case $1 in
    --ranks) ranks=$(number "$@"); shift ;;
    --minutes) minutes=$(number "$@"); shift ;;
    --dim) dim=$(number "$@"); shift ;;
    --no-install) install=0 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "unknown argument: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

graph=data/wordnet
results=results/quickstart
log=$results/training.txt
mkdir -p data "$results"

heading() { printf '\n==== %s (after %d s)\n' "$1" "$SECONDS"; }

heading "packages"
if ((install)); then
  scripts/install_dependencies.sh --for quickstart
else
  echo "not looked for"
fi

heading "building build/release"
launcher=""
! command -v ccache >/dev/null || launcher=ccache
cmake --preset release -DADAPM_BUILD_APPS=ON -DADAPM_BUILD_TESTS=OFF -DADAPM_BUILD_BENCHMARKS=OFF \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" >"$results/configure.txt" 2>&1 || { cat "$results/configure.txt"; exit 1; }
cmake --build build/release --parallel "$(nproc)"

heading "a knowledge graph of WordNet in $graph"
build/release/bin/wordnet_graph --output "$graph"

heading "training on $ranks ranks, about $minutes min; log: $log"
if ((EUID == 0)); then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
train=(mpirun --oversubscribe --bind-to none -n "$ranks" build/release/bin/kge --dataset "$graph" --dim "$dim"
  --negatives 10 --learning-rate 0.3 --reg-entity 0.05
  --epochs 1000 --max-runtime $((minutes * 60)) --eval-initial --eval-every 5 --eval-max 1000 --eval-split test
  --metrics "$results/metrics.jsonl" --write-embeddings "$results/wordnet" --write-text)
echo "${train[*]}"
"${train[@]}" | tee "$log"

# The untrained model is evaluated first, the trained one last.
mrr() { sed -n 's/.*test: filtered MRR \([0-9.]*\).*/\1/p' "$log" | "$1" -n 1; }
untrained=$(mrr head)
trained=$(mrr tail)
[[ -n $untrained && -n $trained ]] || { echo "kge printed no filtered MRR; see $log" >&2; exit 1; }

heading "done"
cat <<END
Filtered MRR on test triples: $untrained untrained, $trained trained.
MRR is the mean of 1/rank of the right answer among all entities: 1 is perfect.

  the graph                $graph
  what was printed         $log
  one JSON line an epoch   $results/metrics.jsonl
  the embeddings           $results/wordnet.entities.txt, .relations.txt, .bin

Try next:
  scripts/quickstart.sh --minutes 10 --dim 128        longer and wider; everything else is there now
  build/release/bin/kge --help                        all options
  mpirun --oversubscribe --bind-to none -n 4 build/release/bin/kge --dataset $graph --sys.one_host_per_rank 1
                                                      four ranks as if each were alone on its host
  scripts/test.sh                                     the tests
END
