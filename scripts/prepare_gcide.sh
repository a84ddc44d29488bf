#!/usr/bin/env bash
# Makes a text corpus for word2vec of Debian's GCIDE, the GNU version of the Collaborative International Dictionary of English.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
usage: scripts/prepare_gcide.sh [--no-install] [DIRECTORY]

Writes DIRECTORY/gcide.txt (build/data/gcide.txt): the dictionary's text in lower case, everything but the letters
a to z a blank, lines of four words or more. About 4.9 million words in 591,000 lines.
Installs the package dict-gcide if it is missing, as root or with sudo.

  --no-install  do not look for missing packages
END
}

directory=build/data
install=1
while (($#)); do
  case $1 in
    --no-install) install=0 ;;
    --help | -h) usage; exit 0 ;;
    -*) echo "unknown argument: $1" >&2; usage >&2; exit 2 ;;
    *) directory=$1 ;;
  esac
  shift
done

((install)) && scripts/install_dependencies.sh --for word2vec
dictionary=/usr/share/dictd/gcide.dict.dz
[[ -r $dictionary ]] || { echo "there is no $dictionary: install the package dict-gcide" >&2; exit 1; }

mkdir -p "$directory"
corpus=$directory/gcide.txt
trap 'rm -f "$corpus.tmp"' EXIT
zcat "$dictionary" | LC_ALL=C tr 'A-Z' 'a-z' | LC_ALL=C tr -c 'a-z\n' ' ' | awk 'NF > 3' >"$corpus.tmp"
mv "$corpus.tmp" "$corpus"
echo "$corpus: $(wc -l <"$corpus") lines, $(wc -w <"$corpus") words"
