#!/bin/bash
# kge learns a graph that can be learnt, the same with every placement of keys, and writes what it has learnt.
. "$(dirname "$0")/program_test.sh"

# 60 entities on a ring; relation k leads k + 1 steps on. A tenth of the triples is held out.
data=$scratch/ring
mkdir "$data"
awk -v dir="$data" 'BEGIN {
  for (r = 0; r < 6; ++r) for (s = 0; s < 60; ++s)
    print s "\t" r "\t" (s + r + 1) % 60 > (dir "/" ((7 * s + 3 * r) % 10 == 0 ? "valid" : "train") ".del")
}'
common="--dataset $data --dim 32 --negatives 10 --epochs 120 --reg-entity 0.01 --learning-rate 0.3 --seed 3"

# mrr: the last filtered MRR in the metrics file.
mrr() { tail -n 1 "$scratch/metrics" | sed -n 's/.*"mrr": \([0-9.e-]*\), "best_mrr".*/\1/p'; }
learnt() { awk -v mrr="$(mrr)" 'BEGIN { exit !(mrr > 0.8) }' || fail "MRR $(mrr) of: $*"; }

for setting in "1 2" "2 1" "2 1 --sys.one_host_per_rank 1" "3 1 --intent-ahead 0 --sys.sampling.scheme naive" \
  "2 1 --sys.sampling.scheme preloc" "2 1 --sys.sampling.scheme pool" "2 2 --full-replication" \
  "2 1 --sys.techniques relocation_only"; do
  read -r ranks threads more <<<"$setting"
  succeeds "$ranks" "$ADAPM_BIN/kge" $common --threads "$threads" --metrics "$scratch/metrics" $more
  [ "$(wc -l <"$scratch/metrics")" -eq 120 ] || fail "not a line per epoch in the metrics of: $setting"
  learnt "$setting"
done

# Without intents negatives come from a rank's own entities only, unless they are drawn from all.
succeeds 2 "$ADAPM_BIN/kge" ${common/--epochs 120/--epochs 1} --intent-ahead 0
prints "--sys.sampling.scheme naive may learn better"

# RESCAL, evaluation in between, and dropout.
succeeds 2 "$ADAPM_BIN/kge" ${common/--dim 32/--dim 16} --model rescal --dropout-entity 0.1 --eval-initial --eval-every 40 \
  --metrics "$scratch/metrics"
[ "$(grep -c '"valid"' "$scratch/metrics")" -eq 4 ] || fail "not evaluated 4 times"
grep -q '"epoch": 0, "valid"' "$scratch/metrics" || fail "no initial evaluation"

# Training goes on from what was written.
succeeds 2 "$ADAPM_BIN/kge" $common --write-embeddings "$scratch/model" --write-text --write-every 60
for file in model.bin model.epoch-60.bin model.entities.txt model.relations.txt; do
  [ -s "$scratch/$file" ] || fail "$file was not written"
done
[ "$(wc -l <"$scratch/model.entities.txt")" -eq 60 ] || fail "not a line per entity"
succeeds 1 "$ADAPM_BIN/kge" ${common/--epochs 120/--epochs 0} --eval-initial --init-from "$scratch/model.bin" --metrics "$scratch/metrics"
learnt "--init-from"

# A budget of no time ends after the first epoch.
succeeds 2 "$ADAPM_BIN/kge" $common --max-runtime 0.000001 --no-final-eval --metrics "$scratch/metrics"
[ "$(wc -l <"$scratch/metrics")" -eq 1 ] || fail "the time budget was not kept"
prints "stopping: another epoch would exceed --max-runtime"
