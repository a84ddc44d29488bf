#!/bin/bash
# matrix_factorization finds factors as good as those the matrix was made of, by every algorithm and on any number of
# ranks; it ends in time, goes on from what it has written, and reads ratings.
. "$(dirname "$0")/program_test.sh"

mf=$ADAPM_BIN/matrix_factorization
"$ADAPM_BIN/matrix_generator" --rows 600 --cols 300 --cells 60000 --rank 4 --noise 0.1 --write-factors --output "$scratch/m" \
  >"$scratch/output" || fail "matrix_generator"
data="--train $scratch/m.train.mtx --test $scratch/m.test.mtx --rank 4"

# value NAME: of the last line of the metrics file.
value() { tail -n 1 "$scratch/metrics" | sed -n 's/.*"'"$1"'": \([0-9.e-]*\).*/\1/p'; }
below() { awk -v x="$(value "$1")" -v limit="$2" 'BEGIN { exit !(x != "" && x < limit) }' || fail "$1 $(value "$1") of: $3"; }
epochs() { [ "$(wc -l <"$scratch/metrics")" -eq "$1" ] || fail "not $1 lines in the metrics of: $2"; }

# Rank 0 and N epochs make N + 1 lines. The noise is 0.1: no factors have a smaller error.
for setting in "1 2 dsgd" "2 1 dsgd" "3 1 dsgd --sys.one_host_per_rank 1" "2 2 dsgd --intent-ahead 0" "1 2 columnwise" \
  "2 1 columnwise --sys.one_host_per_rank 1" "3 1 columnwise --batch 10" "1 2 plain_sgd" "2 1 plain_sgd" \
  "2 1 plain_sgd --sys.one_host_per_rank 1 --intent-ahead 1000" "3 1 plain_sgd --batch 32" \
  "2 1 plain_sgd --intent-ahead 0 --batch 1 --sys.techniques relocation_only"; do
  read -r ranks threads algorithm more <<<"$setting"
  succeeds "$ranks" "$mf" $data --epochs 30 --threads "$threads" --algorithm "$algorithm" --metrics "$scratch/metrics" $more
  epochs 31 "$setting"
  below test_rmse 0.115 "$setting"
done

# The factors that the matrix was made of, and none better.
succeeds 2 "$mf" $data --epochs 0 --init-from "$scratch/m.factors.bin" --metrics "$scratch/metrics"
below test_rmse 0.102 "the true factors"

# Training goes on from what was written, with the step and the state.
succeeds 2 "$mf" $data --epochs 6 --write-factors "$scratch/w" --write-text --write-every 3 --metrics "$scratch/metrics"
loss=$(value train_loss)
for file in w.bin w.epoch-3.bin w.epoch-6.bin w.rows.txt w.columns.txt; do
  [ -s "$scratch/$file" ] || fail "$file was not written"
done
[ "$(wc -l <"$scratch/w.rows.txt")" -eq 600 ] || fail "not a line per row"
[ "$(awk 'END { print $1, NF }' "$scratch/w.columns.txt")" = "300 5" ] || fail "not an id and 4 weights per column"
for ranks in 1 3; do
  succeeds "$ranks" "$mf" $data --epochs 3 --init-from "$scratch/w.epoch-3.bin" --metrics "$scratch/metrics"
  [ "$(value epoch)" -eq 6 ] || fail "the epochs do not go on"
  awk -v a="$(value train_loss)" -v b="$loss" 'BEGIN { exit !(a < 1.3 * b) }' ||
    fail "train loss $(value train_loss) after an interruption, $loss without"
done
below train_rmse 1 "--init-from"

# A budget of no time ends after the first epoch, with the model written.
succeeds 2 "$mf" $data --max-runtime 0.000001 --write-factors "$scratch/b" --metrics "$scratch/metrics"
epochs 2 "--max-runtime"
prints "stopping: another epoch would exceed --max-runtime"
[ -s "$scratch/b.bin" ] || fail "the interrupted model was not written"

# The same cells as ratings, with ids of their own.
for part in train test; do
  awk '/^%/ || ++n == 1 { next } { printf "%.0f,%d,%s\n", 1000000000000 - 7 * $1, 3 * $2, $3 }' "$scratch/m.$part.mtx" >"$scratch/$part.csv"
done
sed -i 1iuser,item,rating "$scratch/train.csv"
ratings="--train $scratch/train.csv --test $scratch/test.csv --rank 4"
succeeds 3 "$mf" $ratings --epochs 30 --write-factors "$scratch/r" --write-text --metrics "$scratch/metrics"
prints "600 x 300, 54000 / 6000 cells"
below test_rmse 0.115 "ratings"
[ "$(head -n 1 "$scratch/r.columns.txt" | cut -f 1)" = 3 ] || fail "text factors do not have the items' ids"
succeeds 2 "$mf" $ratings --epochs 1 --init-from "$scratch/r.bin" --metrics "$scratch/metrics"
below test_rmse 0.115 "ratings, --init-from"
