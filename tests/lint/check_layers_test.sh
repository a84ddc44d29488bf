#!/usr/bin/env bash
# check_layers.sh finds each kind of violation, and nothing in a tree without one.
set -euo pipefail
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# file PATH LINE...: writes a file of the tree.
file() {
  mkdir -p "$tree/$(dirname "$1")"
  printf '%s\n' "${@:2}" >"$tree/$1"
}
fresh_tree() {
  rm -rf "$tree"
  file libadapm/include/adapm/store.hpp '#include <mpi.h>' '#include "adapm/types.hpp"'
  file libadapm/src/base/queue.hpp '#include <vector>'
  file libadapm/src/round/round.cpp '#include "directory/home.hpp"' '#include "adapm/types.hpp"' '#include "round/x.hpp"'
  file libadapm/src/mpi/window.hpp '#include <mpi.h>' '#include "base/queue.hpp"'
  file apps/kge/kge.cpp '#include "adapm/adapm.hpp"' '#include "kge/model.hpp"'
}
# finds PATTERN PATH LINE...: with this file the check fails and names it.
finds() {
  fresh_tree
  file "${@:2}"
  local output
  if output=$("$check" "$tree"); then
    echo "FAILED: not found: $2: ${*:3}"
    exit 1
  fi
  grep -q -- "$1" <<<"$output" || { echo "FAILED: '$1' is not in: $output"; exit 1; }
}

fresh_tree
"$check" "$tree"
finds 'base may not depend on round' libadapm/src/base/up.hpp '#include "round/round.hpp"'
finds 'round may not depend on access' libadapm/src/round/side.cpp '#  include "access/access.hpp"'
finds 'base may not include MPI' libadapm/src/base/m.hpp '#include <mpi.h>'
finds 'round may not include MPI' libadapm/src/round/m.hpp '#include <boost/mpi/environment.hpp>'
finds 'not in the table' libadapm/src/misc/m.hpp '#include <vector>'
finds 'only store.hpp and adapm.h may include MPI' libadapm/include/adapm/types.hpp '#include <mpi.h>'
finds 'public header includes one that is not' libadapm/include/adapm/types.hpp '#include "base/queue.hpp"'
finds 'not public' apps/kge/m.cpp '#include "base/queue.hpp"'
finds 'not public' apps/kge/m.cpp '#include "../../libadapm/src/base/queue.hpp"'
echo "check_layers.sh finds what it must"
