#!/bin/bash
# A run of kge on two ranks is traced; the trace opens in Perfetto, as far as its format goes, and is drawn.
. "$(dirname "$0")/program_test.sh"
scripts=$(dirname "$0")/../../scripts
command -v python3 >/dev/null || { echo "no python3"; exit 77; }

data=$scratch/ring
mkdir "$data"
awk -v dir="$data" 'BEGIN {
  for (r = 0; r < 6; ++r) for (s = 0; s < 60; ++s) print s "\t" r "\t" (s + r + 1) % 60 > (dir "/train.del")
}'
train="$ADAPM_BIN/kge --dataset $data --dim 16 --negatives 4 --epochs 8"
# python ARGS...: puts what it prints in $scratch/output.
python() { python3 "$@" >"$scratch/output" 2>&1 || fail "exit code $? of: $*"; }
# refuses TEXT ARGS...: must end with an error that says so.
refuses() {
  local text=$1
  shift
  python3 "$@" >"$scratch/output" 2>&1 && fail "succeeded: $*"
  prints "$text"
}

for keys in all 0-9,random-20-seed-2; do
  succeeds 2 $train --sys.trace.out "$scratch/trace" --sys.one_host_per_rank 1 --sys.trace.keys "$keys"
  python "$scripts/trace_to_perfetto.py" "$scratch/trace" "$scratch/trace.json"
  python "$(dirname "$0")/check_perfetto.py" "$scratch/trace.json"
  prints 'M=.*X=[1-9].*b=[1-9].*e=[1-9].*i=[1-9]'
  command -v gnuplot >/dev/null || continue
  python "$scripts/plot_trace.py" "$scratch/trace" "$scratch/plots" --top 3
  for text in '^2 ranks, ' '^intents on traced keys: [1-9]' '^  in time ' '^  too early ' '^  too late ' \
    '^hottest keys '; do
    prints "$text"
  done
  for plot in keys copies lead_times; do
    grep -q '</svg>' "$scratch/plots/$plot.svg" || fail "no plot $plot.svg"
  done
done

# Ranks that share one memory have all keys at hand: there is little to draw.
succeeds 2 $train --sys.trace.out "$scratch/trace" --sys.trace.keys all
python "$scripts/trace_to_perfetto.py" "$scratch/trace" "$scratch/trace.json"
python "$(dirname "$0")/check_perfetto.py" "$scratch/trace.json"
if command -v gnuplot >/dev/null; then
  python "$scripts/plot_trace.py" "$scratch/trace" "$scratch/plots"
  prints 'no lead times: no key was brought'
  [[ ! -e $scratch/plots/lead_times.svg ]] || fail "lead times of another trace are left"
fi

refuses 'cannot read .*nothing/trace.0.tsv: .*--sys.trace.keys' \
  "$scripts/trace_to_perfetto.py" "$scratch/nothing" "$scratch/x.json"
head -c 300 "$scratch/trace/trace.1.tsv" >"$scratch/cut"
mv "$scratch/cut" "$scratch/trace/trace.1.tsv"
refuses 'trace.1.tsv is not a whole file' "$scripts/plot_trace.py" "$scratch/trace" "$scratch/plots"

# What cannot be traced is refused on all ranks.
rejects 2 "--sys.trace.keys" 2 $train --sys.trace.keys some
run 2 $train --sys.trace.keys 60-99 && fail "keys that are not there are traced"
prints "option --sys.trace.keys cannot have '60-99': the store has keys 0 to 6"
run 2 $train --sys.trace.keys all --sys.trace.out /dev/null/trace && fail "a folder below /dev/null can be written"
prints "cannot write /dev/null/trace .--sys.trace.out.: Not a directory"
