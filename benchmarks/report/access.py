"""bench_access: the rates of section "What must hold", and sweeps."""

from statistics import median

from document import Plot
from goals import ADAPM
from runner import Command, Skipped

OWN_HOST = ["--sys.one_host_per_rank", 1]
LAWS = {"uniform": [], "Zipf 1": ["--zipf", 1]}


RATES = "Intent, pull and push over two ranks"


def typical(runs, name):
    return median(run.figures[0][name] for run in runs)


def rates(runner, document, goals):
    runner.heading("rates")
    keys = runner.effort.of(1000000, 10000)
    calls = ["--calls", runner.effort.of(15000, 200)]
    commands = {law: Command("bench_access", ["--keys", keys, *options, *OWN_HOST, *calls], ranks=2)
                for law, options in LAWS.items()}
    runs = runner.interleave(commands)
    no_intents = Command("bench_access", ["--keys", keys, "--ahead", 0, *OWN_HOST, "--calls", 200], ranks=2)
    unmoved = runner.run(no_intents)
    runner.keep("no intents", no_intents, unmoved)
    document.heading(RATES)
    document.paragraph("1 M keys of 128 floats, 64 a call, intents 100 calls ahead; a worker on each of two ranks, "
                       "each rank its own host. " + adapm_note())
    document.commands(runner.text_of(command) for command in [*commands.values(), no_intents])
    rows = []
    for law, of_law in runs.items():
        lowest, highest = (pick(run.figures[0]["keys_per_s"] / 2 for run in of_law) for pick in (min, max))
        keys = typical(of_law, "keys_per_s") / 2
        adapm = ADAPM["uniform keys/s" if law == "uniform" else "zipf keys/s"]
        rows.append([law, keys, f"{lowest / 1e6:.2f} to {highest / 1e6:.2f} M", f"{keys / adapm:.2f}",
                     typical(of_law, "call_us_median"), typical(of_law, "call_us_99"),
                     100 * typical(of_law, "local_share"), 100 * typical(of_law, "access_share"),
                     bytes_beside(typical(of_law, "extra_bytes_a_key"))])
        goals.at_least(f"intent + pull + push, {law} keys", keys / adapm, 5, "x AdaPM's keys/s", RATES)
    document.table(["keys", "keys/s a worker", "of the runs", "x AdaPM", "us a call, median", "99 %", "% at hand",
                    "% of time in accesses", "B a key beside its value"], rows)
    document.paragraph("*B a key beside its value*: the store's memory less the values and the location words, 8 B a key and "
                       "rank; with intents it has replicas in it, and room for keys that arrive.")
    goals.at_most("memory beside the values, less 8 B a key and rank, without intents",
                  bytes_beside(unmoved.figures[0]["extra_bytes_a_key"]), 24, "B a main copy", RATES)


def bytes_beside(extra, ranks=2):
    """Without the location words; a tenth is what a store has to spare at its start, and whole pages."""
    return round(extra - 8 * ranks, 1)


def adapm_note():
    return (f"AdaPM: {ADAPM['uniform keys/s'] / 1e6:.2f} M keys/s a worker with uniform keys, "
            f"{ADAPM['zipf keys/s'] / 1e6:.2f} M with Zipf 1, measured on a virtual machine with two cores of an AMD "
            "EPYC; on another machine the ratio means nothing.")


class Sweep:
    """Runs of bench_access that differ in one option, for several settings of others."""

    def __init__(self, runner, base=()):
        self.runner = runner
        seconds = runner.effort.of(runner.effort.seconds, 0.05)
        self.base = ["--length", 64, "--batch", 32, *OWN_HOST, "--calls", 10**9, "--seconds", seconds, *base]
        self.commands = {}

    def add(self, series, x, options, ranks=2, keys=None):
        keys = keys or self.runner.effort.of(200000, 5000)
        self.commands[series, x] = Command("bench_access", ["--keys", keys, *self.base, *options], ranks=ranks)

    def measure(self):
        self.runs = self.runner.interleave(self.commands)

    def series(self, figure, factor=1):
        lines = {}
        for (series, x), runs in self.runs.items():
            lines.setdefault(series, []).append((x, factor * typical(runs, figure)))
        return lines

    def write(self, document, x_name, figures):
        """A table with a row for each run's settings; `figures` has (name, figure, factor)."""
        example = next(iter(self.commands.values()))
        document.commands([self.runner.text_of(example)])
        rows = [[series, x, *(factor * typical(runs, figure) for _, figure, factor in figures)]
                for (series, x), runs in self.runs.items()]
        document.table(["", x_name, *(name for name, _, _ in figures)], rows)


USUAL_FIGURES = [("keys/s", "keys_per_s", 1), ("us a call", "call_us_median", 1), ("99 %", "call_us_99", 1),
                 ("% at hand", "local_share", 100), ("rounds/s", "rounds_per_s", 1), ("moves", "moves", 1),
                 ("replicas set up", "replicas_set_up", 1), ("bytes sent", "bytes_sent", 1)]


def look_ahead(runner, document, goals):
    runner.heading("sweep: look-ahead")
    sweep = Sweep(runner)
    for law, options in LAWS.items():
        for ahead in runner.effort.of([0, 1, 10, 100, 1000, 10000], [10]):
            sweep.add(law, ahead, [*options, "--ahead", ahead])
    sweep.measure()
    document.heading("Sweep: look-ahead")
    document.paragraph("Calls by which intents are signalled ahead; 0: no intents. (In the plot 0 is drawn at 0.5.)")
    sweep.write(document, "calls ahead", USUAL_FIGURES)
    lines = {law: [(x or 0.5, y) for x, y in points] for law, points in sweep.series("keys_per_s").items()}
    document.plot(Plot("look_ahead", "Look-ahead", "calls ahead", "keys/s, two workers", lines, "xy"))


def locality(runner, document, goals):
    runner.heading("sweep: locality")
    sweep = Sweep(runner)
    for name, options in {"with intents": ["--ahead", 1000], "without": ["--ahead", 0]}.items():
        for share in runner.effort.of([0, 0.5, 0.9, 0.99, 1], [0.5]):
            sweep.add(name, share, [*options, "--partitioned", share])
    sweep.measure()
    document.heading("Sweep: locality")
    document.paragraph("The share of the keys that a worker draws from a part that its rank has to itself.")
    sweep.write(document, "own part", USUAL_FIGURES)
    document.plot(Plot("locality", "Locality", "share of keys from the own part", "keys/s, two workers",
                       sweep.series("keys_per_s"), "y"))


def techniques(runner, document, goals):
    runner.heading("sweep: techniques")
    sweep = Sweep(runner, ["--partitioned", 0.5])
    choices = {name: ["--ahead", 1000, "--sys.techniques", name]
               for name in ("all", "replication_only", "relocation_only")}
    choices["no intents"] = ["--ahead", 0]
    exponents = runner.effort.of([0, 0.5, 1, 1.5], [1])
    for name, options in choices.items():
        for exponent in exponents:
            sweep.add(name, exponent, [*options, "--zipf", exponent])
    sweep.measure()
    document.heading("Sweep: techniques")
    document.paragraph("Half of the keys come from the rank's own part, half from all keys, both by Zipf's law.")
    sweep.write(document, "exponent", USUAL_FIGURES)
    document.plot(Plot("techniques", "Techniques", "Zipf exponent", "keys/s, two workers",
                       sweep.series("keys_per_s"), "y"))


# A worker that sleeps stands for one that computes on a core of its own.
COMPUTING = ["--compute", "sleep", "--compute-us", 2000, "--ahead", 50]


def scaling(runner, document, goals):
    runner.heading("sweep: strong and weak scaling")
    sweep = Sweep(runner, COMPUTING)
    ranks = runner.effort.of([1, 2, 4, 8], [2])
    keys = runner.effort.of(100000, 4000)
    for law, options in LAWS.items():
        for count in ranks:
            sweep.add(f"strong, {law}", count, options, ranks=count, keys=keys)
            sweep.add(f"weak, {law}", count, options, ranks=count, keys=keys * count)
    sweep.measure()
    document.heading("Sweep: strong and weak scaling")
    document.paragraph(f"Workers compute 2 ms a call, asleep, so that they fit on few cores; strong: {keys:,} keys, "
                       "weak: as many for each rank. Ranks share this machine's cores: this shows what the manager "
                       "costs where cores are short, not a cluster.")
    sweep.write(document, "ranks", USUAL_FIGURES)
    lines = {name: [(x, y / x) for x, y in points] for name, points in sweep.series("keys_per_s").items()}
    document.plot(Plot("scaling", "Strong and weak scaling", "ranks", "keys/s a worker", lines))


NETWORK = "A slow network"
DELAYS = {0: "no delay", 100: "0.1 ms", 1000: "1 ms"}


def network(runner, document, goals):
    runner.heading("a slow network")
    seconds = ["--calls", 10**9, "--seconds", runner.effort.of(1, 0.05)]
    size = ["--keys", runner.effort.of(200000, 5000), "--length", 64, "--batch", 32]
    computing = ["--compute", "sleep", "--compute-us", 200]
    commands = {(ahead, delay): Command("bench_access", [*size, *seconds, *computing, "--ahead", ahead], delay=delay)
                for ahead, delay in ((100, 0), (100, 100), (100, 1000), (0, 0), (0, 1000))}
    document.heading(NETWORK)
    try:
        runs = runner.interleave(commands)
    except Skipped as reason:
        return document.paragraph(f"Not measured here: {reason}.")
    document.paragraph("A rank with one worker on each of two hosts, network namespaces between which TCP's frames are "
                       "delayed each way; keys at random. A worker computes 0.2 ms a call, asleep, and signals intents "
                       "100 calls ahead, or none.")
    document.commands(runner.text_of(command) for command in commands.values())
    rows = []
    for (ahead, delay), of_case in runs.items():
        ratio = typical(of_case, "keys_per_s") / typical(runs[ahead, 0], "keys_per_s")
        rows.append([ahead or "none", DELAYS[delay], typical(of_case, "keys_per_s") / 2, f"{ratio:.2f}",
                     100 * typical(of_case, "access_share"), 100 * typical(of_case, "local_share"),
                     typical(of_case, "rounds_per_s")])
        if ahead and delay:
            goals.at_least(f"keys/s with {DELAYS[delay]} of network delay and intents", ratio, 0.9, "x those without delay",
                           NETWORK)
    document.table(["intents, calls ahead", "delay", "keys/s a worker", "x without delay", "% of time in accesses",
                    "% at hand", "rounds/s"], rows)


TRACING = "Tracing keys"


def tracing(runner, document, goals):
    runner.heading("tracing keys")
    keys = runner.effort.of(1000000, 5000)
    size = ["--keys", keys, *OWN_HOST, "--calls", runner.effort.of(8000, 200)]
    traced = {"none": [], "1 %": ["--sys.trace.keys", f"random-{keys // 100}"], "all": ["--sys.trace.keys", "all"]}
    folder = ["--sys.trace.out", runner.directory / "trace"]
    commands = {(law, name): Command("bench_access", [*size, *LAWS[law], *options, *folder], ranks=2)
                for law in LAWS for name, options in traced.items()}
    runs = runner.interleave(commands)
    document.heading(TRACING)
    document.paragraph("As the rates above, with none, some or all of the keys traced; writing the trace, when the store "
                       "closes, is not in it.")
    document.commands(runner.text_of(command) for command in commands.values())
    rows = []
    for (law, name), of_case in runs.items():
        ratio = typical(runs[law, "none"], "keys_per_s") / typical(of_case, "keys_per_s")
        rows.append([law, name, typical(of_case, "keys_per_s") / 2, f"{ratio:.3f}", typical(of_case, "call_us_median")])
        if name == "1 %":
            goals.at_most(f"1 % of the keys traced, {law} keys", ratio, 1.03, "x the time without", TRACING)
    document.table(["keys", "traced", "keys/s a worker", "x the time", "us a call, median"], rows)


SECTIONS = {"rates": rates, "look-ahead": look_ahead, "locality": locality, "techniques": techniques,
            "scaling": scaling, "network": network, "tracing": tracing}
