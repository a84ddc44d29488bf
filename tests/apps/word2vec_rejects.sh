#!/bin/bash
# What word2vec cannot do it says once, clearly, with a non-zero exit code on every rank, and without a hang.
. "$(dirname "$0")/program_test.sh"

word2vec=$ADAPM_BIN/word2vec
corpus=$scratch/corpus
for i in 1 2 3 4 5 6; do echo "some words of a corpus"; done >"$corpus"

rejects 2 "unknown option --epoch; did you mean --epochs?" 2 "$word2vec" --corpus "$corpus" --epoch 3
rejects 2 "--window takes a whole number of at least 1 and at most 1000, not '0'" 2 "$word2vec" --corpus "$corpus" --window 0
rejects 2 "--optimizer takes adagrad|sgd, not 'adam'" 2 "$word2vec" --corpus "$corpus" --optimizer adam
rejects 2 "--corpus FILE is required" 2 "$word2vec"
rejects 2 "--write-state and --write-every need --output FILE" 2 "$word2vec" --corpus "$corpus" --write-state
rejects 2 "--eval-every needs" 2 "$word2vec" --corpus "$corpus" --eval-every 1

rejects 1 "there is no file $scratch/none: see --corpus" 2 "$word2vec" --corpus "$scratch/none"
rejects 1 "$scratch is not a file: see --corpus" 2 "$word2vec" --corpus "$scratch"
: >"$scratch/empty"
rejects 1 "$scratch/empty is empty" 2 "$word2vec" --corpus "$scratch/empty"
rejects 1 "fewer than two words that occur 7 times: lower --min-count" 3 "$word2vec" --corpus "$corpus" --min-count 7

printf 'some 6\nwords six\n' >"$scratch/vocabulary"
rejects 1 "$scratch/vocabulary:2: expected 'word count', found 'words six'" 2 "$word2vec" --corpus "$corpus" \
  --vocabulary-in "$scratch/vocabulary"
printf 'a b\n' >"$scratch/questions"
rejects 1 "$scratch/questions:1: expected four words" 2 "$word2vec" --corpus "$corpus" --eval-analogies "$scratch/questions"
rejects 1 "$scratch/questions:1: expected 'word<TAB>word<TAB>score'" 2 "$word2vec" --corpus "$corpus" \
  --eval-similarity "$scratch/questions"

printf '1 2\nsome 1 2\n' >"$scratch/model"
rejects 1 "$scratch/model holds vectors of dim 2, but --dim is 3: give --dim 2" 2 "$word2vec" --corpus "$corpus" --dim 3 \
  --init-from "$scratch/model"
printf '1 2\nother 1 2\n' >"$scratch/model"
rejects 1 "$scratch/model has no word of the vocabulary" 2 "$word2vec" --corpus "$corpus" --dim 2 --init-from "$scratch/model"
echo nonsense >"$scratch/model"
rejects 1 "$scratch/model does not begin with" 2 "$word2vec" --corpus "$corpus" --init-from "$scratch/model"

# Errors that only rank 0 meets, with the store open: everybody must end.
for flag in --metrics --output --vocabulary-out; do
  run 2 "$word2vec" --corpus "$corpus" $flag /nowhere/file && fail "$flag in a directory that is not there succeeded"
  prints "cannot create /nowhere/file"
done
