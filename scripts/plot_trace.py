#!/usr/bin/env python3
"""Draws a trace of keys (--sys.trace.keys) with gnuplot, and sums it up in words.

Writes to the output folder: keys.svg, where copies of a hot, a medium and a cold key were; copies.svg, replicas held
and main copies moved over time; lead_times.svg, how long before their first access keys were there."""

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import trace_files

COLOURS = {"main copy": "#1b6ca8", "replica": "#e08a1e", "shared": "#4c9a52"}
STYLE = ["set terminal svg size 900,{height} dynamic background 'white' font 'sans,13'", "set grid"]


def gnuplot(output, height, blocks, commands):
    """`blocks`: rows of numbers by name."""
    nothing = [("NaN", "NaN", "NaN")]
    text_of = lambda rows: "\n".join(" ".join(map(str, row)) for row in rows or nothing)
    data = [f"${name} << END\n{text_of(rows)}\nEND" for name, rows in blocks.items()]
    style = [line.format(height=height) for line in STYLE]
    script = "\n".join([*style, f"set output '{output}'", *data, *commands])
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def managed(trace):
    """Keys of which copies came or went, and that were accessed; the hottest first. All accessed if there are none."""
    with_copies = {e.key for e in trace.of_kind(*trace_files.ARRIVALS, *trace_files.DEPARTURES)}
    keys = trace_files.hottest(trace)
    return [key for key in keys if key in with_copies] or keys


def plot_keys(trace, chosen, output):
    """A panel for each key: on which rank its main copy, replicas and shares were."""
    spans = trace.spans()
    blocks, commands = {}, [f"set multiplot layout {len(chosen)},1"]
    for name, key in chosen.items():
        lines = []
        for number, (kind, colour) in enumerate(COLOURS.items()):
            block = f"{name}{number}"
            shift = 0.18 * (1 - number)
            blocks[block] = [(s.begin / 1e9, s.rank + shift, (s.end - s.begin) / 1e9) for s in spans
                             if s.key == key and s.kind == kind]
            lines.append(f"${block} using 1:2:3:(0) with vectors nohead linewidth 6 linecolor rgb '{colour}' "
                         f"title '{kind}'")
        accesses, local, _ = trace.counts[key]
        share = 100 * local / max(accesses, 1)
        commands += [f"set title '{name}: key {key}, {accesses} accesses, {share:.1f} % local'",
                     f"set yrange [-0.6:{trace.ranks - 0.4}]", "set ytics 1", "set ylabel 'rank'",
                     "set xlabel 'seconds'", f"set xrange [{begin_of(trace)}:{trace.end / 1e9}]",
                     "set key outside right top", "plot " + ", ".join(lines)]
    gnuplot(output, 220 * len(chosen), blocks, [*commands, "unset multiplot"])


def begin_of(trace):
    """Seconds: of the first event that is none of an idle round."""
    return next((e.time for e in trace.events if e.kind != "round"), 0) / 1e9


def plot_copies(trace, output, bins=100):
    begin, end = begin_of(trace), trace.end / 1e9
    width = max(end - begin, 1e-9) / bins
    bin_of = lambda time: min(max(int((time / 1e9 - begin) / width), 0), bins - 1)
    held, moves = [0.0] * bins, Counter(bin_of(e.time) for e in trace.of_kind("moved_in", "promoted"))
    for replica in (span for span in trace.spans() if span.kind == "replica"):
        for i in range(bin_of(replica.begin), bin_of(replica.end) + 1):  # the share of the bin in which it was held
            within = min(replica.end / 1e9, begin + (i + 1) * width) - max(replica.begin / 1e9, begin + i * width)
            held[i] += max(within, 0) / width
    middles = [begin + (i + 0.5) * width for i in range(bins)]
    rates = [(x, moves[i] / width) for i, x in enumerate(middles)]
    gnuplot(output, 420, {"held": list(zip(middles, held)), "moves": rates},
            ["set xlabel 'seconds'", "set ylabel 'replicas of traced keys held'",
             "set y2label 'main copies moved a second'", "set y2tics", "set ytics nomirror", "set yrange [0:*]",
             "set y2range [0:*]", f"set xrange [{begin}:{end}]", "set key top left", f"set boxwidth {width}",
             "plot $moves using 1:2 axes x1y2 with boxes fillstyle solid 0.3 linecolor rgb '#888888' title 'moves', "
             f"$held using 1:2 with lines linewidth 2 linecolor rgb '{COLOURS['replica']}' title 'replicas'"])


def plot_leads(leads, output):
    """Returns whether there was anything to draw."""
    times = sorted(1000 * lead.seconds for lead in leads if lead.seconds is not None)
    if not times:
        output.unlink(missing_ok=True)
        return False
    bins = 60
    lowest, highest = times[0], times[int(0.99 * (len(times) - 1))]
    width = max((highest - lowest) / bins, 1e-6)
    counted = Counter(min(int((time - lowest) / width), bins) for time in times)
    rows = [(lowest + (i + 0.5) * width, count) for i, count in sorted(counted.items())]
    gnuplot(output, 420, {"leads": rows},
            ["set xlabel 'milliseconds from the arrival of a key to its first access; below 0: it came too late'",
             "set ylabel 'intents'", "set yrange [0:*]", f"set boxwidth {width}",
             "set arrow from 0, graph 0 to 0, graph 1 nohead",
             f"plot $leads with boxes fillstyle solid 0.6 linecolor rgb '{COLOURS['main copy']}' notitle"])
    return True


def tell(trace, leads, early_rounds, top):
    kinds = Counter(e.kind for e in trace.events)
    print(f"{trace.ranks} ranks, {trace.end / 1e9:.3f} s, {kinds['round']} rounds; {len(trace.counts)} traced keys "
          "were accessed")
    if trace.dropped:
        print(f"{trace.dropped} events were not kept: what follows is of the others")
    print(f"{kinds['moved_in'] + kinds['promoted']} moves, {kinds['replica_set_up']} replicas set up, "
          f"{kinds['share_begun']} shares begun, {kinds['refreshed']} refreshes, {kinds['update_sent']} updates")
    print(f"\nintents on traced keys: {len(leads)}")
    verdicts = Counter(lead.verdict for lead in leads)
    for verdict, meaning in trace_files.VERDICTS.items():
        if verdict == "too early":
            meaning = f"brought more than {early_rounds} rounds before the first access"
        print(f"  {verdict:14} {100 * verdicts[verdict] / max(len(leads), 1):6.2f} %  {meaning}")
    print("\nhottest keys   accesses    local %    samples")
    for key in trace_files.hottest(trace)[:top]:
        accesses, local, samples = trace.counts[key]
        print(f"{key:12} {accesses:10} {100 * local / accesses:10.2f} {samples:10}")


def chosen_keys(trace, given):
    if given:
        missing = [key for key in given if key not in trace.counts]
        if missing:
            sys.exit(f"key {missing[0]} was not traced, or not accessed")
        return {f"chosen{i}": key for i, key in enumerate(given)}
    keys = managed(trace)
    return {"hot": keys[0], "medium": keys[len(keys) // 2], "cold": keys[-1]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="that of --sys.trace.out")
    parser.add_argument("output", type=Path, help="the folder for the plots")
    parser.add_argument("--keys", type=int, nargs="+",
                        help="those to draw in keys.svg, instead of a hot, a medium and a cold one")
    parser.add_argument("--early-rounds", type=int, default=10,
                        help="a key is brought too early if that is more rounds before its first access (10)")
    parser.add_argument("--top", type=int, default=10, help="how many of the hottest keys to list (10)")
    given = parser.parse_args()
    if shutil.which("gnuplot") is None:
        sys.exit("there is no gnuplot: scripts/install_dependencies.sh --for benchmarks")
    trace = trace_files.read(given.folder)
    if not trace.counts:
        sys.exit(f"no traced key was accessed, as {given.folder} says")
    leads = trace_files.leads(trace, given.early_rounds)
    given.output.mkdir(parents=True, exist_ok=True)
    plot_keys(trace, chosen_keys(trace, given.keys), given.output / "keys.svg")
    plot_copies(trace, given.output / "copies.svg")
    drawn = plot_leads(leads, given.output / "lead_times.svg")
    tell(trace, leads, given.early_rounds, given.top)
    print(f"\nplots: {given.output}/keys.svg, copies.svg" + (", lead_times.svg" if drawn else ""))
    if not drawn:
        print("no lead times: no key was brought for an intent; ranks that all share one memory have every key at hand")


if __name__ == "__main__":
    main()
