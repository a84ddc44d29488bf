#!/usr/bin/env bash
# Checks that dependencies point down: which folder of libadapm/src may include which, who may include <mpi.h>, and
# that applications see the public headers only. Prints every violation; ends with 1 if there is one.
set -euo pipefail

usage="usage: scripts/check_layers.sh [PROJECT_DIRECTORY]"
case ${1:-} in
  --help | -h) echo "$usage"; exit 0 ;;
  -*) echo "$usage" >&2; exit 2 ;;
esac
cd "${1:-$(dirname "$0")/..}"

# Folder: the folders below it. Each may include itself and public headers too.
declare -A below=(
  [base]=""
  [stats]="base"
  [trace]="base stats"
  [mpi]="base"
  [intent]="base stats trace"
  [sampling]="base"
  [port]="base mpi"
  [directory]="base port"
  [store]="base stats port directory"
  [checkpoint]="base stats port directory store"
  [round]="base stats trace port directory store intent"
  [access]="base stats trace port directory store intent round"
  [progress]="base stats trace port directory store intent round access"
  [api]="base mpi stats trace sampling port directory store checkpoint intent round access progress"
  [c]=""
)
# Folders whose files may include <mpi.h> and <boost/mpi...>.
mpi_folders="mpi port api"

violations=0
report() {
  echo "$1"
  violations=$((violations + 1))
}

# includes DIRECTORY: lines "file:line:#include ...".
includes() {
  [[ ! -d $1 ]] || grep -rnE --include='*.h' --include='*.hpp' --include='*.cpp' '^[[:space:]]*#[[:space:]]*include' "$1" || true
}

contains() { [[ " $1 " == *" $2 "* ]]; }

check_source_line() {
  local place=$1 text=$2 folder target
  folder=${place#libadapm/src/}
  folder=${folder%%/*}
  if [[ $text =~ \<(mpi\.h|boost/mpi[./]) ]]; then
    contains "$mpi_folders" "$folder" || report "$place: $folder may not include MPI: $text"
  elif [[ $text =~ \"([^\"]*)\" ]]; then
    target=${BASH_REMATCH[1]}
    case $target in
      adapm/*) return ;;
      */*) target=${target%%/*} ;;
      *) return ;;  # a neighbour in the same folder
    esac
    [[ $target == "$folder" ]] || contains "${below[$folder]}" "$target" ||
      report "$place: $folder may not depend on $target: $text"
  fi
}

for directory in libadapm/src/*/; do
  folder=$(basename "$directory")
  [[ -v below[$folder] ]] || report "$directory: this folder is not in the table of scripts/check_layers.sh"
done

while IFS=: read -r file line text; do
  [[ -n $file ]] || continue
  folder=${file#libadapm/src/}
  [[ -v below[${folder%%/*}] ]] && check_source_line "$file:$line" "$text"
done < <(includes libadapm/src)

while IFS=: read -r file line text; do
  [[ -n $file ]] || continue
  if [[ $text =~ \<(mpi\.h|boost/) ]] && [[ $file != */@(store.hpp|adapm.h) || $text == *boost/* ]]; then
    report "$file:$line: only store.hpp and adapm.h may include MPI, and no public header Boost: $text"
  elif [[ $text =~ \"([^\"]*)\" ]] && [[ ${BASH_REMATCH[1]} != adapm/* ]]; then
    report "$file:$line: a public header includes one that is not: $text"
  fi
done < <(includes libadapm/include)

while IFS=: read -r file line text; do
  [[ $text =~ \"([^\"]*)\" ]] || continue
  target=${BASH_REMATCH[1]}
  # A path may exist in both trees; then the application's own is meant.
  [[ ! -e apps/$target ]] || continue
  if [[ $target == *libadapm/* || -e libadapm/src/$target ]]; then
    report "$file:$line: an application includes a header that is not public: $text"
  fi
done < <(includes apps)

if ((violations > 0)); then
  echo "$violations violations of the layers"
  exit 1
fi
echo "layers: in order"
