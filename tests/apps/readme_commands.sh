#!/bin/bash
# Every command of apps/README.md runs: in the order of the page, with one epoch, on less data where that can be had.
. "$(dirname "$0")/program_test.sh"

root=$(cd "$(dirname "$0")/../.." && pwd)
if ! [ -d /usr/share/wordnet ]; then
  echo "no WordNet here: apt-get install wordnet-base"
  exit 77
fi
cd "$scratch" || exit 1
mkdir -p build/release build/data
ln -s "$ADAPM_BIN" build/release/bin
# A small corpus: the project's own documents.
cat "$root"/*.md "$root"/*/*.md "$root"/libadapm/docs/*.md | tr 'A-Z' 'a-z' | tr -c 'a-z\n' ' ' >build/data/gcide.txt

# The page's code that starts a program, in lines or in the cells of a table; continued lines joined.
sed -e ':join' -e '/\\$/N; s/ *\\\n */ /; tjoin' "$root/apps/README.md" |
  grep -oE '(^    |`)(mpirun -n [0-9]+ )?build/release/bin/[^`]*' | sed -E 's/^(    |`)//' |
  sed -E 's/--epochs [0-9]+/--epochs 1/; s/--eval-every [0-9]+/--eval-every 1/; s/--cells [0-9]+/--cells 20000/; s/fb15k-237/wordnet/' >commands
[ "$(wc -l <commands)" -ge 10 ] || fail "found only these commands: $(cat commands)"

while read -r command; do
  ranks=1
  if [[ $command =~ ^mpirun\ -n\ ([0-9]+)\ (.*) ]]; then
    ranks=${BASH_REMATCH[1]}
    command=${BASH_REMATCH[2]}
  fi
  read -ra words <<<"$command"
  succeeds "$ranks" "${words[@]}" </dev/null
done <commands
