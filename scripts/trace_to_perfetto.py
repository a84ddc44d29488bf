#!/usr/bin/env python3
"""Makes of a trace of keys (--sys.trace.keys) one file that https://ui.perfetto.dev and chrome://tracing open.

Ranks are processes; their tracks are the progress thread, with the rounds, and the workers, with their accesses. Where
copies of a key are, and intents on it, are spans."""

import argparse
import itertools
import json
from collections import defaultdict, deque

import trace_files

MANAGEMENT = {"moved_in", "moved_out", "promoted", "replica_set_up", "replica_dropped", "share_begun", "share_ended",
              "refreshed", "update_sent"}
MICROSECOND = 1000  # nanoseconds


def track_of(thread):
    return 0 if thread == "progress" else 1 + int(thread)


def at(time, rank, **more):
    return {"ts": time / MICROSECOND, "pid": rank, **more}


def names(trace):
    tracks = {(rank, "progress") for rank in range(trace.ranks)} | {(e.rank, e.thread) for e in trace.events}
    for rank in range(trace.ranks):
        yield {"ph": "M", "name": "process_name", "pid": rank, "tid": 0, "args": {"name": f"rank {rank}"}}
    for rank, thread in sorted(tracks):
        name = "progress thread" if thread == "progress" else f"worker {thread}"
        yield {"ph": "M", "name": "thread_name", "pid": rank, "tid": track_of(thread), "args": {"name": name}}


def rounds(trace):
    for e in trace.of_kind("round"):
        yield at(e.time, e.rank, ph="X", name="round", cat="round", tid=0, dur=(e.until - e.time) / MICROSECOND,
                 args={"number": e.clock})


def instants(trace):
    for e in trace.events:
        if e.kind in MANAGEMENT:
            yield at(e.time, e.rank, ph="i", s="t", name=f"{e.kind} {e.key}", cat="management", tid=0,
                     args={"key": e.key, "other rank": int(e.where)})
        elif e.kind in ("access", "intent_signalled"):
            details = {"found": e.where} if e.kind == "access" else {"until": e.until}
            yield at(e.time, e.rank, ph="i", s="t", name=f"{e.kind} {e.key}", cat="worker", tid=track_of(e.thread),
                     args={"key": e.key, "clock": e.clock, **details})


def span(number, name, category, rank, track, begin, end):
    common = {"name": name, "cat": category, "tid": track, "id": hex(number)}
    yield at(begin, rank, ph="b", **common)
    yield at(end, rank, ph="e", **common)


def copies(trace, numbers):
    """Spans of one kind and key on a rank have one number, and so are on one track."""
    number_of = defaultdict(lambda: next(numbers))
    for copy in trace.spans():
        number = number_of[copy.kind, copy.rank, copy.key]
        yield from span(number, f"{copy.kind} of {copy.key}", copy.kind, copy.rank, 0, copy.begin, copy.end)


def intents(trace, numbers):
    open_ones = defaultdict(deque)
    for e in trace.of_kind("intent_begun", "intent_ended"):
        same = open_ones[e.rank, e.thread, e.key]
        if e.kind == "intent_begun":
            same.append(e.time)
        elif same:
            yield from span(next(numbers), f"intent on {e.key}", "intent", e.rank, track_of(e.thread),
                            same.popleft(), e.time)
    for (rank, thread, key), begins in open_ones.items():
        for begin in begins:
            yield from span(next(numbers), f"intent on {key}", "intent", rank, track_of(thread), begin,
                            trace.end)


def replicas_held(trace):
    held = [0] * trace.ranks
    changes = {"replica_set_up": 1, "replica_dropped": -1, "promoted": -1}
    for e in trace.of_kind(*changes):
        held[e.rank] += changes[e.kind]
        yield at(e.time, e.rank, ph="C", name="replicas held", tid=0, args={"replicas": held[e.rank]})


def perfetto_events(trace):
    numbers = itertools.count(1)
    timed = [*rounds(trace), *instants(trace), *copies(trace, numbers), *intents(trace, numbers),
             *replicas_held(trace)]
    timed.sort(key=lambda event: event["ts"])  # stable: what ends at the time at which it begins ends after that
    return [*names(trace), *timed]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="that of --sys.trace.out")
    parser.add_argument("output", help="the file to write, for example trace.json")
    given = parser.parse_args()
    events = perfetto_events(trace_files.read(given.folder))
    with open(given.output, "w") as file:
        file.write('{"displayTimeUnit": "ns", "traceEvents": [\n')
        file.write(",\n".join(json.dumps(event) for event in events))
        file.write("\n]}\n")
    print(f"{given.output}: {len(events)} events; open it in https://ui.perfetto.dev")


if __name__ == "__main__":
    main()
