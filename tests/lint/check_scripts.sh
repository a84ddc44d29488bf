#!/usr/bin/env bash
# All scripts parse, those of scripts/ can be executed, explain themselves, and refuse an unknown argument.
set -euo pipefail
cd "$1"
bad=0
complain() {
  echo "$1"
  bad=1
}

while read -r script; do
  bash -n "$script" || complain "$script: does not parse"
done < <(find . -path ./build -prune -o -type f \( -name '*.sh' -o -name '*.sbatch' -o -path ./.ci/run \) -print)

# trace_files.py is read by others.
for script in scripts/*.sh $(command -v python3 >/dev/null && ls scripts/*.py | grep -v trace_files); do
  [[ -x $script ]] || complain "$script: not executable"
  "$script" --help | grep -qi usage || complain "$script: --help does not tell its usage"
  status=0
  "$script" --no-such-argument >/dev/null 2>&1 || status=$?
  [[ $status == 2 ]] || complain "$script: an unknown argument ends with $status, not 2"
done
exit $bad
