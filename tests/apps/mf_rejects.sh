#!/bin/bash
# What matrix_factorization and matrix_generator cannot do they say once, clearly, with a non-zero exit code on every rank,
# and without a hang.
. "$(dirname "$0")/program_test.sh"

mf=$ADAPM_BIN/matrix_factorization
banner="%%MatrixMarket matrix coordinate real general"
train=$scratch/train.mtx
printf '%s\n3 3 4\n1 1 1\n2 2 2\n3 3 3\n1 2 3\n' "$banner" >"$train"

rejects 2 "unknown option --epoch; did you mean --epochs?" 2 "$mf" --train "$train" --epoch 3
rejects 2 "--rank takes a whole number of at least 1" 2 "$mf" --train "$train" --rank 0
rejects 2 "--algorithm takes dsgd|columnwise|plain_sgd, not 'als'" 2 "$mf" --train "$train" --algorithm als
rejects 2 "--train FILE is required" 2 "$mf"
rejects 2 "need --write-factors PREFIX" 2 "$mf" --train "$train" --write-text
rejects 2 "sys.sync.max_per_sec" 2 "$mf" --train "$train" --sys.sync.max_per_sec soon
rejects 2 "--cells must be at most --rows times --cols" 1 "$ADAPM_BIN/matrix_generator" --rows 10 --cols 10 --cells 101 --output x
rejects 2 "--output PREFIX is required" 1 "$ADAPM_BIN/matrix_generator"

rejects 1 "cannot open $scratch/none" 2 "$mf" --train "$scratch/none"
bad=$scratch/bad.mtx
printf '%s\n%% c\n3 3 4\n1 1 1\n2 2 2\n3 three 3\n1 2 3\n' "$banner" >"$bad"
for ranks in 1 2 3; do  # only one rank reads the line
  rejects 1 "$bad:6: expected 'row column value', found '3 three 3'" $ranks "$mf" --train "$bad"
done
printf '%s\n3 3 5\n1 1 1\n2 2 2\n' "$banner" >"$bad"
rejects 1 "announces 5 cells, but 2 follow" 2 "$mf" --train "$bad"
printf '%s\n3 4 1\n1 1 1\n' "$banner" >"$bad"
rejects 1 "--test must be of the form and size of --train" 2 "$mf" --train "$train" --test "$bad"
printf '1 1 1\n' >"$bad"
rejects 1 "--test must be of the form and size of --train" 2 "$mf" --train "$train" --test "$bad"
: >"$bad"
rejects 1 "$bad: there are no cells" 2 "$mf" --train "$bad"
echo nonsense >"$scratch/factors.bin"
rejects 1 "$scratch/factors.bin is too short" 2 "$mf" --train "$train" --init-from "$scratch/factors.bin"
succeeds 2 "$mf" --train "$train" --rank 2 --epochs 1 --write-factors "$scratch/factors"
rejects 1 "factorises a matrix of 3 x 3 of rank 2, but the options and the data call for 3 x 3 of rank 4" 2 "$mf" \
  --train "$train" --rank 4 --init-from "$scratch/factors.bin"

# More workers than rows.
succeeds 3 "$mf" --train "$train" --rank 2 --epochs 2 --threads 2
succeeds 3 "$mf" --train "$train" --rank 2 --epochs 2 --threads 2 --algorithm columnwise
succeeds 3 "$mf" --train "$train" --rank 2 --epochs 2 --threads 2 --algorithm plain_sgd

# Errors that only rank 0 meets, with the store open: everybody must end.
run 2 "$mf" --train "$train" --metrics /nowhere/metrics && fail "--metrics in a directory that is not there succeeded"
prints "cannot create /nowhere/metrics"
run 2 "$mf" --train "$train" --write-factors /nowhere/factors && fail "--write-factors to nowhere succeeded"
prints "cannot create /nowhere/factors.bin"
run 2 "$mf" --train "$train" --step 1e30 --epochs 5 && fail "training with an absurd step succeeded"
prints "choose a smaller --step"
