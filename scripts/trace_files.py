"""Reads what --sys.trace.keys records, and tells from it where copies of keys were and whether intents were in time."""

import sys
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ["time_ns", "thread", "event", "key", "where", "clock", "until"]
ARRIVALS = {"moved_in": "main copy", "promoted": "main copy", "replica_set_up": "replica", "share_begun": "shared"}
DEPARTURES = {"moved_out": "main copy", "promoted": "replica", "replica_dropped": "replica", "share_ended": "shared"}


@dataclass(slots=True)
class Event:
    time: int  # nanoseconds
    rank: int
    thread: str  # "progress", or a worker's number
    kind: str
    key: int | None
    where: str
    clock: int | None
    until: int | None


FOREVER = 2**63 - 1


@dataclass(slots=True)
class Span:
    """A copy of a key on a rank: "main copy", "replica" or "shared", from `begin` to `end`."""

    kind: str
    rank: int
    key: int
    begin: int
    end: int


@dataclass
class Trace:
    ranks: int
    events: list  # of all ranks, in order of time
    counts: dict  # by key: [accesses, local, samples], of all ranks
    dropped: int

    @property
    def end(self):
        return max((e.until if e.kind == "round" else e.time for e in self.events), default=0)

    def of_kind(self, *kinds):
        return [e for e in self.events if e.kind in kinds]

    def spans(self):
        """All copies of the keys that were accessed or managed. At first main copies are on rank `key mod ranks`."""
        keys = {e.key for e in self.events if e.key is not None} | set(self.counts)
        here = {(key % self.ranks, key, "main copy"): 0 for key in keys}
        spans = []

        def end(rank, key, kind, time):
            spans.append(Span(kind, rank, key, here.pop((rank, key, kind)), time))

        for e in self.events:
            if e.kind in DEPARTURES and (e.rank, e.key, DEPARTURES[e.kind]) in here:
                end(e.rank, e.key, DEPARTURES[e.kind], e.time)
            if e.kind in ARRIVALS:
                here[e.rank, e.key, ARRIVALS[e.kind]] = e.time
        last = self.end
        for rank, key, kind in list(here):
            end(rank, key, kind, last)
        return sorted(spans, key=lambda span: span.begin)


@dataclass(slots=True)
class Lead:
    """Of an intent that was begun, or the key of which was accessed: how it served the first access."""

    verdict: str  # one of VERDICTS
    seconds: float | None  # from the key's arrival to the access; below 0: it came afterwards


VERDICTS = {
    "here already": "at hand before the intent was signalled",
    "in time": "brought before the first access",
    "too early": "brought too many rounds before the first access",
    "too late": "not at hand at the first access",
    "in vain": "not accessed",
}


def leads(trace, early_rounds):
    """A Lead for each intent on a traced key."""
    intents, accesses, at_hand, rounds = (defaultdict(list) for _ in range(4))
    for e in trace.events:
        if e.kind == "intent_signalled":
            intents[e.rank, e.thread, e.key].append(e)
        elif e.kind == "access":
            accesses[e.rank, e.thread, e.key].append(e)
        elif e.kind == "round":
            rounds[e.rank].append(e.until)
    for span in trace.spans():
        at_hand[span.rank, span.key].append(span.begin)
    found = []
    for (rank, thread, key), signalled in intents.items():
        of_key = accesses[rank, thread, key]
        clocks = [access.clock for access in of_key]
        for intent in signalled:
            first = bisect_right(clocks, intent.clock - 1)
            if first == len(of_key) or clocks[first] >= intent.until:
                found.append(Lead("in vain", None))
            else:
                found.append(lead(intent, of_key[first], at_hand[rank, key], rounds[rank], early_rounds))
    return found


def lead(intent, access, arrivals, rounds, early_rounds):
    after = bisect_right(arrivals, access.time)
    if access.where in ("neighbour", "remote"):
        return Lead("too late", (access.time - arrivals[after]) / 1e9 if after < len(arrivals) else None)
    arrival = arrivals[after - 1] if after > 0 else 0
    if arrival <= intent.time:
        return Lead("here already", None)
    passed = bisect_right(rounds, access.time) - bisect_right(rounds, arrival)
    return Lead("too early" if passed > early_rounds else "in time", (access.time - arrival) / 1e9)


def hottest(trace):
    """The keys that were accessed, the hottest first."""
    return sorted(trace.counts, key=lambda key: (-trace.counts[key][0], key))


def read(folder):
    """The trace in a folder; ends the program if there is none."""
    folder = Path(folder)
    head = rows_of(folder / "trace.0.tsv", COLUMNS)[0]
    ranks = int(head[0].split()[-1])
    events, counts, dropped = [], {}, 0
    for rank in range(ranks):
        head, rows = rows_of(folder / f"trace.{rank}.tsv", COLUMNS)
        dropped += int(head[-1].split()[-1])
        events += (event_of(row, rank) for row in rows)
        for key, *numbers in rows_of(folder / f"locality.{rank}.tsv", ["key", "accesses", "local", "samples"])[1]:
            sums = counts.setdefault(int(key), [0, 0, 0])
            for i, number in enumerate(numbers):
                sums[i] += int(number)
    events.sort(key=lambda event: event.time)
    return Trace(ranks, events, counts, dropped)


def event_of(row, rank):
    time, thread, kind, key, where, clock, until = row
    number = lambda text: FOREVER if text == "forever" else None if text == "-" else int(text)
    return Event(int(time), rank, thread, kind, number(key), where, number(clock), number(until))


def rows_of(path, columns):
    """The comments and the rows, split."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        sys.exit(f"cannot read {path}: {error.strerror}; a trace is written when a store closes that was given "
                 "--sys.trace.keys KEYS --sys.trace.out DIR")
    head = [line for line in lines if line.startswith("#")]
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    if not rows or head[-1:] != ["# end"] or rows[0] != columns or any(len(row) != len(columns) for row in rows):
        sys.exit(f"{path} is not a whole file of a trace")
    return head[:-1], rows[1:]
