#!/bin/bash
# A training run that was ended goes on from its checkpoint: on one rank with one worker exactly as if it had not ended,
# elsewhere to the same quality. A signal saves and ends it.
. "$(dirname "$0")/program_test.sh"

data=$scratch/ring
mkdir "$data"
awk -v dir="$data" 'BEGIN {
  for (r = 0; r < 6; ++r) for (s = 0; s < 60; ++s)
    print s "\t" r "\t" (s + r + 1) % 60 > (dir "/" ((7 * s + 3 * r) % 10 == 0 ? "valid" : "train") ".del")
  srand(7)
  for (s = 0; s < 2000; ++s) {
    g = int(8 * rand())
    line = ""
    for (i = 0; i < 8; ++i) line = line sprintf("w%d_%d ", g, int(5 * rand()))
    print line > (dir "/corpus")
  }
}'
"$ADAPM_BIN/matrix_generator" --rows 300 --cols 200 --cells 12000 --rank 4 --noise 0.1 --output "$scratch/m" \
  >"$scratch/output" || fail "matrix_generator"

# Each ends with the option that takes the model's name.
metrics="--metrics $scratch/metrics"
kge="$ADAPM_BIN/kge --dataset $data --dim 32 --negatives 10 --reg-entity 0.01 --learning-rate 0.3 $metrics"
word2vec="$ADAPM_BIN/word2vec --corpus $data/corpus --dim 16 --subsample 0.1 $metrics --write-state --output"
mf="$ADAPM_BIN/matrix_factorization --train $scratch/m.train.mtx --rank 4 $metrics"
programs=("$kge --dropout-entity 0.1 --write-embeddings" "$word2vec" "$mf --write-factors"
  "$mf --algorithm columnwise --write-factors" "$mf --algorithm plain_sgd --write-factors")
saved=$scratch/saved
checkpoint="--checkpoint $saved --resume"

same() { cmp -s "$scratch/$1" "$scratch/$2" || fail "$1 and $2 differ: $3"; }
# same_models COMMAND: the models called `whole` and `parts` are the same.
same_models() {
  case $1 in
    *word2vec*) same whole parts "$1" && same whole.state parts.state "$1" ;;
    *) same whole.bin parts.bin "$1" ;;
  esac
}
last_epoch() { tail -n 1 "$scratch/metrics" | sed 's/{"epoch": \([0-9]*\).*/\1/'; }

# In two parts, or in one.
for program in "${programs[@]}"; do
  rm -rf "$saved"
  succeeds 1 $program "$scratch/whole" --epochs 6
  succeeds 1 $program "$scratch/parts" --epochs 3 $checkpoint
  prints "$saved has no checkpoint to resume from: beginning anew"
  succeeds 1 $program "$scratch/parts" --epochs 6 $checkpoint
  prints "continuing after epoch 3, from $saved/checkpoint-3"
  same_models "$program"
done

# interrupted SIGNAL WHOM RANKS PROGRAM ARGS...: after the first epochs the signal goes to WHOM, the launcher or a rank.
# A single rank needs no launcher.
interrupted() {
  local signal=$1 whom=$2 ranks=$3 launcher tries code
  shift 3
  rm -rf "$saved" "$scratch/metrics"
  local start=("$MPIEXEC" --oversubscribe --bind-to none -n "$ranks")
  [ "$ranks" -gt 1 ] || start=()
  "${start[@]}" "$@" >"$scratch/output" 2>&1 </dev/null &
  launcher=$!
  for ((tries = 0; tries < 300; ++tries)); do
    grep -qs '"epoch": 2,' "$scratch/metrics" && break
    sleep 0.1
  done
  case $whom in
    launcher) kill "-$signal" $launcher ;;
    rank) kill "-$signal" "$(pgrep -P $launcher | tail -n 1)" ;;
  esac
  for ((tries = 0; tries < 300; ++tries)); do
    kill -0 $launcher 2>/dev/null || break
    sleep 0.1
  done
  kill -9 $launcher 2>/dev/null && fail "$signal does not end: $*"
  wait $launcher
  code=$?
  [ $code -eq 3 ] || fail "exit code $code instead of 3 after $signal: $*"
  prints "interrupted by a signal: saved to $saved; the same command with --resume goes on"
}

# Interrupted somewhere, and finished.
for program in "${programs[@]}"; do
  interrupted USR1 launcher 1 $program "$scratch/parts" --epochs 10000000 $checkpoint --checkpoint-every 0
  epochs=$(($(last_epoch) + 3))
  succeeds 1 $program "$scratch/parts" --epochs $epochs $checkpoint
  [ "$(last_epoch)" -eq $epochs ] || fail "not $epochs epochs: $program"
  succeeds 1 $program "$scratch/whole" --epochs $epochs
  same_models "$program"
done

# Each worker of several goes on where it was: every word of the corpus is read once an epoch.
wide="${word2vec/--dim 16/--dim 256} $scratch/parts --threads 2"
interrupted USR1 launcher 2 $wide --epochs 10000000 $checkpoint --checkpoint-every 0
epochs=$(($(last_epoch) + 2))
succeeds 2 $wide --epochs $epochs $checkpoint
[ "$(grep -c '"words": 16000,' "$scratch/metrics")" -eq $epochs ] || fail "not 16000 words in each of $epochs epochs"

# A signal that reaches one rank ends all; other ranks and threads go on, and learn as much.
mrr() { tail -n 1 "$scratch/metrics" | sed -n 's/.*"mrr": \([0-9.e-]*\), "best_mrr".*/\1/p'; }
interrupted TERM rank 3 $kge --epochs 120 $checkpoint --checkpoint-every 50
succeeds 2 $kge --epochs 120 $checkpoint --checkpoint-every 0 --threads 2
prints "continuing after epoch"
awk -v mrr="$(mrr)" 'BEGIN { exit !(mrr > 0.8) }' || fail "MRR $(mrr) after an interruption"
succeeds 2 $kge --epochs 120 $checkpoint
prints "all epochs are done already"
succeeds 2 $kge --epochs 130 --max-runtime 0.000001 $checkpoint
prints "--max-runtime is over already"

# What cannot be resumed.
rejects 1 "$saved has checkpoints: add --resume" 2 $kge --checkpoint "$saved"
rejects 1 "saved with --seed 134827, not 4; give the same --seed" 2 $kge $checkpoint --seed 4
rejects 1 "what must not change: --dataset, --model, --dim, --seed" 2 $kge $checkpoint --model rescal
rejects 1 "what must not change: --corpus, --dim, --optimizer, --seed" 2 $word2vec "$scratch/parts" $checkpoint
rejects 2 "--resume and --checkpoint-every need --checkpoint DIR" 2 $kge --resume
touch "$scratch/file"
rejects 1 "--checkpoint: cannot make $scratch/file/saved" 2 $kge --checkpoint "$scratch/file/saved"

# No room for a file of 17 MB, as on a full disk: training goes on, with a warning. MPI's own files are smaller.
(
  trap '' XFSZ
  ulimit -f 16000
  exec ${kge/--dim 32 --negatives 10/--dim 32768 --negatives 1} --epochs 2 --checkpoint "$scratch/full" \
    >"$scratch/output" 2>&1
) || fail "exit code $? where there is no room for a checkpoint"
prints "kge: no checkpoint after epoch 1: .*File too large"
prints "trained 2 epochs"
compgen -G "$scratch/full/checkpoint-[0-9]" >/dev/null && fail "there is a checkpoint, where there is no room"
exit 0
