#!/usr/bin/env bash
# gather.sh FOLDER: a table of the runs of a sweep, best MRR first; columns are separated by tabs.
set -euo pipefail
[[ $# == 1 && -d $1 ]] || { echo "usage: slurm/gather.sh results/sweep-JOB" >&2; exit 2; }
# value NAME: that of the last line that has it.
value() { grep -o "\"$1\": [^,}]*" "$metrics" | tail -n 1 | sed 's/.*: //'; }
printf 'run\tmrr\tbest_mrr\tepoch\tseconds\tsetting\n'
for setting in "$1"/*.setting; do
  run=$(basename "$setting" .setting)
  metrics=$1/$run.metrics
  if [[ -s $metrics ]]; then
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$run" "$(value mrr || echo -)" "$(value best_mrr || echo -)" "$(value epoch)" \
      "$(value total_seconds)" "$(<"$setting")"
  else
    printf '%s\t-\t-\t-\t-\t%s\n' "$run" "$(<"$setting")"
  fi
done | sort -t $'\t' -k 2,2gr
