#!/usr/bin/env python3
"""Checks a file against the trace event format that Perfetto and chrome://tracing read: fields, types, order, pairs.
Prints how many events of each phase there are; ends with 1 at the first that is wrong."""

import json
import sys
from collections import Counter, defaultdict

FIELDS = {  # of each phase: name and type
    "M": {"name": str, "pid": int, "args": dict},
    "X": {"name": str, "pid": int, "tid": int, "ts": (int, float), "dur": (int, float)},
    "i": {"name": str, "pid": int, "tid": int, "ts": (int, float), "s": str},
    "b": {"name": str, "cat": str, "id": str, "pid": int, "tid": int, "ts": (int, float)},
    "e": {"name": str, "cat": str, "id": str, "pid": int, "tid": int, "ts": (int, float)},
    "C": {"name": str, "pid": int, "ts": (int, float), "args": dict},
}


def require(holds, event, what):
    if not holds:
        sys.exit(f"{what}: {event}")


def check_fields(event):
    require(event.get("ph") in FIELDS, event, "unknown phase")
    for name, kind in FIELDS[event["ph"]].items():
        require(isinstance(event.get(name), kind), event, f"no {name} of type {kind}")
    require(event["ph"] != "i" or event["s"] in ("t", "p", "g"), event, "an instant of unknown scope")
    require(event["ph"] != "X" or event["dur"] >= 0, event, "a slice that ends before it begins")
    require(event["ph"] != "C" or all(isinstance(n, (int, float)) and n >= 0 for n in event["args"].values()), event,
            "a counter that is no count")


def check(events):
    last, depth, slice_ends = 0, defaultdict(int), defaultdict(float)
    named = {(e["name"], e["pid"], e["tid"]) for e in events if e.get("ph") == "M"}
    for event in events:
        check_fields(event)
        if event["ph"] == "M":
            continue
        require(event["ts"] >= last, event, "out of order")
        last = event["ts"]
        require(("process_name", event["pid"], 0) in named, event, "a process without a name")
        require(("thread_name", event["pid"], event["tid"]) in named, event, "a track without a name")
        if event["ph"] in "be":
            span = (event["pid"], event["cat"], event["name"], event["id"])
            depth[span] += 1 if event["ph"] == "b" else -1
            require(depth[span] in (0, 1), event, "a span that begins or ends twice")
        if event["ph"] == "X":
            track = (event["pid"], event["tid"])
            require(event["ts"] + 0.001 > slice_ends[track], event, "slices that overlap")
            slice_ends[track] = event["ts"] + event["dur"]
    open_spans = [span for span, n in depth.items() if n]
    require(not open_spans, open_spans[:1], "a span without an end")


with open(sys.argv[1]) as file:
    all_events = json.load(file)["traceEvents"]
check(all_events)
print(" ".join(f"{phase}={n}" for phase, n in sorted(Counter(e["ph"] for e in all_events).items())))
