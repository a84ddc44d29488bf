#!/usr/bin/env bash
# submit.sh [SBATCH OPTION...] TEMPLATE PROGRAM [ARGUMENT...]: sbatch with what site.conf says.
set -euo pipefail
if [[ ${1:-} == --help || ${1:-} == -h || $# -lt 2 ]]; then
  echo "usage: slurm/submit.sh [SBATCH OPTION...] TEMPLATE PROGRAM [ARGUMENT...]; see slurm/README.md" >&2
  [[ ${1:-} == --help || ${1:-} == -h ]] && exit 0 || exit 2
fi
ADAPM_SLURM=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
ADAPM_SITE=$(realpath "${ADAPM_SITE:-$ADAPM_SLURM/site.conf}")
export ADAPM_SLURM ADAPM_SITE
source "$ADAPM_SITE"
command -v sbatch >/dev/null || { echo "submit.sh: there is no sbatch here: log in to the cluster" >&2; exit 1; }
mkdir -p results # where the templates write; sbatch starts no job whose output file has no folder
exec sbatch "$@"
