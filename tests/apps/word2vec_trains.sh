#!/bin/bash
# word2vec learns what a small generated corpus has to teach, with every placement of keys, and writes what it has learnt.
. "$(dirname "$0")/program_test.sh"

# 40 words in 8 groups; a sentence has words of one group. Pairs of one group are alike, of two groups not.
corpus=$scratch/corpus
awk -v dir="$scratch" 'BEGIN {
  srand(7)
  for (s = 0; s < 4000; ++s) {
    g = int(8 * rand())
    line = ""
    for (i = 0; i < 8; ++i) line = line sprintf("w%d_%d ", g, int(5 * rand()))
    print line > (dir "/corpus")
  }
  for (g = 0; g < 8; ++g) for (i = 0; i < 5; ++i) {
    printf "w%d_%d\tW%d_%d\t9\n", g, i, g, (i + 1) % 5 > (dir "/pairs")
    printf "w%d_%d\tw%d_%d\t1\n", g, i, (g + 1 + i % 3) % 8, i > (dir "/pairs")
  }
  print "w0_0\tunknown\t5" > (dir "/pairs")
  print ": groups\nw0_0 w0_1 w1_0 w1_1\nw0_0 w0_1 unknown w1_1" > (dir "/questions")
}'
common="--corpus $corpus --dim 16 --epochs 4 --subsample 0 --seed 3 --metrics $scratch/metrics"
evaluate="--eval-similarity $scratch/pairs --eval-analogies $scratch/questions"

# Half of the scores are equal: Spearman's correlation is at most 0.87.
spearman() { tail -n 1 "$scratch/metrics" | sed -n 's/.*"spearman": \([0-9.e-]*\), .*/\1/p'; }
learnt() { awk -v r="$(spearman)" 'BEGIN { exit !(r > 0.8) }' || fail "Spearman '$(spearman)' of: $*"; }

for setting in "1 2" "2 1" "2 1 --sys.one_host_per_rank 1" "3 1 --intent-ahead 0" "2 2 --full-replication" \
  "3 1 --share-negatives pair --sys.one_host_per_rank 1" "2 1 --optimizer sgd --epochs 12 --learning-rate 0.1"; do
  read -r ranks threads more <<<"$setting"
  arguments=$common
  [[ $more != *--epochs* ]] || arguments=${common/--epochs 4/}
  succeeds "$ranks" "$ADAPM_BIN/word2vec" $arguments $evaluate --threads "$threads" $more
  learnt "$setting"
  # Every word of the corpus is read once an epoch, whoever reads it.
  [ "$(grep -c '"words": 32000,' "$scratch/metrics")" -eq "$(wc -l <"$scratch/metrics")" ] || fail "not 32000 words an epoch: $setting"
done
prints "pairs: Spearman .* on 80 pairs, 1 with unknown words"
prints "analogies: .* of 1 questions right, 1 with unknown words"

# The vocabulary does not depend on who counts it.
for ranks in 1 2 3; do
  succeeds $ranks "$ADAPM_BIN/word2vec" ${common/--epochs 4/--epochs 0} --threads 2 --vocabulary-out "$scratch/vocabulary.$ranks"
  cmp -s "$scratch/vocabulary.1" "$scratch/vocabulary.$ranks" || fail "another vocabulary with $ranks ranks"
done
tr ' ' '\n' <"$corpus" | grep . | sort | uniq -c | awk '{ print $2, $1 }' | LC_ALL=C sort -k2,2nr -k1,1 >"$scratch/counted"
cmp -s "$scratch/vocabulary.1" "$scratch/counted" || fail "the vocabulary is not that of sort and uniq"
succeeds 2 "$ADAPM_BIN/word2vec" $common $evaluate --vocabulary-in "$scratch/counted"
learnt "--vocabulary-in"

# Training goes on from what was written, in either format, with another number of ranks.
for format in binary text; do
  succeeds 2 "$ADAPM_BIN/word2vec" $common --output "$scratch/model" --output-format $format --write-state --write-every 2
  for file in model model.state model.epoch-2 model.epoch-4; do
    [ -s "$scratch/$file" ] || fail "$file was not written"
  done
  [ "$(head -n 1 "$scratch/model")" = "40 16" ] || fail "no header: $(head -n 1 "$scratch/model")"
  succeeds 3 "$ADAPM_BIN/word2vec" ${common/--epochs 4/--epochs 0} $evaluate --init-from "$scratch/model" \
    --output "$scratch/again" --output-format $format --write-state
  learnt "--init-from"
  prints "started from $scratch/model: 40 of 40 words"
  cmp -s "$scratch/model" "$scratch/again" || fail "what is read is not what was written ($format)"
  cmp -s "$scratch/model.state" "$scratch/again.state" || fail "the state that is read is not what was written ($format)"
done
succeeds 2 "$ADAPM_BIN/word2vec" ${common/--epochs 4/--epochs 1} --init-from "$scratch/model"
rm "$scratch/model.state"
succeeds 2 "$ADAPM_BIN/word2vec" ${common/--epochs 4/--epochs 1} --init-from "$scratch/model"
prints "input vectors only"

# When the time is over, the model is written; the look-ahead may be longer than what is left.
rm "$scratch/model"
succeeds 2 "$ADAPM_BIN/word2vec" ${common/--epochs 4/--epochs 1000000} --max-runtime 0.5 --intent-ahead 100000 --output "$scratch/model"
prints "stopp.*--max-runtime"
[ -s "$scratch/model" ] || fail "no model was written when the time was over"
