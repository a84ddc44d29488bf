#!/usr/bin/env bash
# Breaks the library on purpose, one way after the other, in a copy, and sees whether the random schedules notice.
# usage: tests/protocol/mutations.sh [BUILD_FOLDER [PATTERN]]    only mutations whose name matches the regular expression
# About a minute a mutation; not part of the test suite.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
pattern=${2:-}
mkdir -p "$work"

# name | file below libadapm/src | what stands there | what to put in its place
mutations=(
  'lose the update of a release|round/answering.cpp|      take_update(from, key, question);\n      take_release|      question.take(values_.wire_bytes(key));\n      take_release'
  'merge an update twice|round/answering.cpp|  values_.merge(key, question.take(values_.wire_bytes(key)));|  const std::byte* update = question.take(values_.wire_bytes(key));\n  values_.merge(key, update);\n  values_.merge(key, update);'
  'never tell the home of a move|round/answering.cpp|if (home != new_owner \&\& home != table_.rank())|if (false)'
  'forget to refresh when two have changed a key|round/answering.cpp|    holders->changed_by = Holders::somebody;\n  }|  }'
  'forget a receiver of a multicast|base/multicasts.hpp|for (const int rank : to)|for (const int rank : to.first(to.size() - 1))'
  'forget to register a holder|round/answering.cpp|  values_.add_replica(key, holder);|  if (key % 2 == 0) values_.add_replica(key, holder);'
  'forget to register a sharer|store/value_store.cpp|  make_holders(key).sharers.push_back(rank);|  if (key % 2 == 0) make_holders(key).sharers.push_back(rank);'
  'move a key away under its sharers|round/decision.hpp|  const bool on_this_host = interest.sharers > 0|  const bool on_this_host = false'
  'do not tell the owner of a change by a sharer|round/answering.cpp|      if (owns(key)) note_change(key, Holders::somebody);|      break;'
  'drop unsent updates when a replica becomes the main copy|store/value_store.cpp|  rebase(lock, value, values, layout_.length(key));\n  const Location|  base::copy_in(value, reinterpret_cast<const V*>(values), layout_.length(key));\n  const Location'
  'drop unsent updates at a refresh|store/value_store.hpp|if (!lock.location().is_dirty()) return base::copy_in|if (true) return base::copy_in'
  'forget to take a snapshot|store/copy_access.hpp|if (lock.location().presence() == Presence::replica) base::copy_in|if (key % 2 == 0) base::copy_in'
  'keep an old snapshot at a refresh|base/racing_copy.hpp|    value[i] = static_cast<V>(next[i] + (value[i] - snapshot[i]));\n    snapshot[i] = next[i];|    value[i] = static_cast<V>(next[i] + (value[i] - snapshot[i]));'
  'keep the mark of a sent update|store/value_store.cpp|    out.shrink(begin);\n    return false;\n  }\n  lock.clear_dirty();|    out.shrink(begin);\n    return false;\n  }'
  'complete an acknowledged push at once|access/access_engine.cpp|      operation.deferred = true;|      operation.deferred = false;'
  'keep accesses waiting for keys that there is no room for|round/asking.hpp|wanted != nullptr \&\& wanted->place|wanted != nullptr'
  'serve a push on a replica that is being released|store/copy_access.hpp|    if (lock.location().presence() == Presence::releasing) return|    if (false) return'
  'let a replica holder answer for the owner|access/access_engine.cpp|  if (table_.get(record.key).presence() != Presence::owner) {|  if (!table_.get(record.key).here()) {'
  'cut a checkpoint without the updates of replicas|progress/round_driver.cpp|meeting != nullptr, outgoing_, summands_);|false, outgoing_, summands_);'
  'lose count of many intents as they become more|store/value_store.cpp|    ++states_.find(key)->interest;|'
  'lose count of many intents as they become fewer|store/value_store.cpp|  const std::uint32_t left = --state->interest;|  const std::uint32_t left = state->interest;'
  'forget how many intents there were when they become few|store/value_store.cpp|    lock.become(lock.location().with_interest(left));|    lock.become(lock.location().with_interest(1));'
  'lose what was added up on its way|round/answering.cpp|      take_update(Holders::somebody, key, question);|      question.take(values_.wire_bytes(key));'
  'believe that a key which was changed on its way was changed by one rank|round/answering.cpp|      take_update(Holders::somebody, key, question);|      take_update(values_.holders(key)->replicas.front(), key, question);'
  'let keys leave a checkpoint unseen|store/value_store.cpp|  tell_watcher(key, value);|'
  'save keys that leave twice|checkpoint/snapshot.cpp|  if (!claim(key)) return;|  claim(key);'
  'release a replica that is still wanted|round/asking.cpp|  if (values_.drop_interest(key) > 0) return;|  values_.drop_interest(key);'
  'forget that a copy has been marked|store/copy_access.hpp|(now.is_dirty() \&\& seen.here())|seen.here()'
)

mkdir -p "$work/source"
cp -r "$root"/{CMakeLists.txt,CMakePresets.json,README.md,libadapm,tests,apps,benchmarks,scripts} "$work/source"
configure() {
  cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DADAPM_BUILD_APPS=OFF \
    -DADAPM_BUILD_BENCHMARKS=OFF >"$work/configure.txt"
}
configure
missed=0
for mutation in "${mutations[@]}"; do
  IFS='|' read -r name file from to <<<"${mutation//\\|/|}"
  [[ $name =~ $pattern ]] || continue
  cp "$root/libadapm/src/$file" "$work/source/libadapm/src/$file"
  if ! perl -0pi -e 'BEGIN { $n = 0; $from = shift; $to = shift; s/\\n/\n/g for $from, $to; s/\\&/&/g for $from, $to }
      $n += s/\Q$from\E/$to/; END { exit($n ? 0 : 1) }' "$from" "$to" "$work/source/libadapm/src/$file"; then
    echo "NOT FOUND in $file: $name"
    missed=1
    continue
  fi
  if ! cmake --build "$work/build" --target test_random_schedules >"$work/build.txt" 2>&1; then
    echo "DOES NOT COMPILE: $name (see $work/build.txt)"
    missed=1
  elif timeout 120 "$work/build/tests/test_random_schedules" >"$work/run.txt" 2>&1; then
    echo "NOT NOTICED: $name"
    missed=1
  else
    echo "noticed: $name: $(grep -m1 -o 'seed [0-9]*' "$work/run.txt" || echo 'no seed: crashed'): $(grep -m1 -A1 'with expansion' "$work/run.txt" | tail -n 1 | xargs -0 | cut -c1-100)"
  fi
  cp "$root/libadapm/src/$file" "$work/source/libadapm/src/$file"
done
exit $missed
