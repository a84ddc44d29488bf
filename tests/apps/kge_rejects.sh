#!/bin/bash
# What kge cannot do it says once, clearly, with a non-zero exit code on every rank, and without a hang.
. "$(dirname "$0")/program_test.sh"

kge=$ADAPM_BIN/kge
data=$scratch/data
mkdir "$data"
printf '0\t0\t1\n1\t0\t2\n' >"$data/train.del"

rejects 2 "unknown option --epoch; did you mean --epochs?" 2 "$kge" --dataset "$data" --epoch 3
rejects 2 "--epochs takes a whole number of at least 0, not 'many'" 2 "$kge" --dataset "$data" --epochs many
rejects 2 "--model takes complex|rescal, not 'transe'" 2 "$kge" --dataset "$data" --model transe
rejects 2 "--dataset DIR is required" 2 "$kge"
rejects 2 "--dim must be even" 2 "$kge" --dataset "$data" --dim 7
rejects 2 "sys.sync.max_per_sec" 2 "$kge" --dataset "$data" --sys.sync.max_per_sec soon

rejects 1 "there is no directory $scratch/none" 2 "$kge" --dataset "$scratch/none"
rejects 1 "evaluation is asked for, but $data has no valid triples" 2 "$kge" --dataset "$data" --eval-every 1
printf '0\t0\t1\n1\t0\n' >"$data/valid.del"
rejects 1 "$data/valid.del:2: expected three whole numbers" 2 "$kge" --dataset "$data"
rm "$data/valid.del"
echo nonsense >"$scratch/model.bin"
rejects 1 "$scratch/model.bin is too short" 2 "$kge" --dataset "$data" --init-from "$scratch/model.bin"

# Errors that only rank 0 meets, with the store open: everybody must end.
run 2 "$kge" --dataset "$data" --metrics /nowhere/metrics && fail "--metrics in a directory that is not there succeeded"
prints "cannot create /nowhere/metrics"
run 2 "$kge" --dataset "$data" --write-embeddings /nowhere/model && fail "--write-embeddings to nowhere succeeded"
prints "cannot create /nowhere/model.bin"
