#!/bin/bash
# scripts/benchmark.sh measures everything once and writes a report with all sections, figures and plots.
. "$(dirname "$0")/../apps/program_test.sh"
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "no python3"; exit 77; }

scripts/benchmark.sh --quick --no-install --no-build --build "$(dirname "$ADAPM_BIN")" --output "$scratch/report" \
  >"$scratch/output" 2>&1 || fail "exit code $? of scripts/benchmark.sh"
mv "$scratch/output" "$scratch/printed"
cp "$scratch/report/report.md" "$scratch/output"
for text in 'What must hold' 'Local accesses' 'Samples' 'another rank' 'A call of `intent`' 'Rounds' 'over two ranks' \
  'look-ahead' 'locality' 'techniques' 'strong and weak scaling' 'slow network' 'Tracing keys' 'grows with the number of ranks' \
  'Applications'; do
  prints "^## .*$text"
done
prints '^\| commit \| [^ ]'
[ "$(grep -c '"figures"' "$scratch/report/results.jsonl")" -gt 20 ] || fail "few results in results.jsonl"
! command -v gnuplot >/dev/null || for plot in look_ahead locality techniques scaling scale_messages scale_work; do
  grep -q '</svg>' "$scratch/report/$plot.svg" || fail "no plot $plot.svg"
done

scripts/benchmark.sh --only no-such-section --no-install --no-build --output "$scratch/report" >"$scratch/output" 2>&1 &&
  fail "an unknown section is accepted"
prints "invalid choice: 'no-such-section'"
