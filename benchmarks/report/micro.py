"""One operation at a time: local accesses, samples, accesses to other ranks, intents, rounds."""

import json
from collections import defaultdict
from statistics import median

from runner import Command


def google_benchmark(runner, program, *arguments, ranks=0, repetitions=1):
    """Returns the repetitions of each case by name, in nanoseconds an item (key); so many times as many as usual."""
    file = runner.directory / "google_benchmark.json"
    command = Command(program, [f"--benchmark_repetitions={runner.effort.repetitions * repetitions}",
                                "--benchmark_enable_random_interleaving=true", *arguments], figures="",
                      ranks=ranks)
    output = Command(program, [*command.arguments, f"--benchmark_out={file}"], figures="", ranks=ranks)
    runner.run(output)
    cases = defaultdict(list)
    for line in json.loads(file.read_text())["benchmarks"]:
        if line["run_type"] == "iteration":
            cases[line["run_name"]].append(1e9 / line["items_per_second"])
    return cases, runner.text_of(command)


LOCAL = "Local accesses"
LOCAL_PAIRS = {"pull": "gather", "push": "scatter_add", "pull_push": "gather_scatter_add"}


def local_access(runner, document, goals):
    runner.heading("local accesses")
    quick = ["--benchmark_filter=length:16/batch:64/zipf:0"] if runner.effort.quick else []
    seconds = runner.effort.of(0.02, 0.001)
    cases, command = google_benchmark(runner, "bench_local_access", f"--benchmark_min_time={seconds}", *quick)
    table = local_table(cases)
    document.heading(LOCAL)
    document.paragraph("Nanoseconds a key of one thread, and in brackets how many times as long as the bare loop over "
                       "an array with the same keys and the same prefetch; and how "
                       "many times as fast two threads are together, in brackets those of the bare loop. One rank, 1 M "
                       "keys, which never move.")
    document.commands([command])
    rows = []
    for (length, batch, zipf), times in sorted(table.items()):
        row = [length, batch, "Zipf 1" if zipf else "uniform", *local_cells(times), *local_speed_ups(times)]
        rows.append(row)
    head = ["floats", "keys a call", "keys", "pull", "push", "pull + push", "two threads pull", "push"]
    document.table(head, rows)

    case = "length:16/batch:64/zipf:0" if runner.effort.quick else "batch:64/zipf:0"
    cases, command = google_benchmark(runner, "bench_local_access", f"--benchmark_min_time={seconds}",
                                      f"--benchmark_filter={case}", repetitions=runner.effort.of(5, 1))
    document.paragraph("For the goals, more repetitions, as these take microseconds:")
    document.commands([command])
    rows = []
    for (length, batch, _), times in sorted(local_table(cases).items()):
        rows.append([length, batch, "uniform", *local_cells(times), *local_speed_ups(times)])
        local_goals(times, f"{length} floats", goals)
        for operation in ("pull", "push"):
            goals.at_least(f"local {operation}, {length} floats, two threads",
                           times[operation, 1] / times[operation, 2], 1.8, "x one thread", LOCAL)
    document.table(head, rows)
    local_access_where_keys_move(runner, document, goals, seconds)


def local_access_where_keys_move(runner, document, goals, seconds):
    case = "length:16/batch:64/zipf:0" if runner.effort.quick else "batch:64/"
    cases, command = google_benchmark(runner, "bench_local_access", f"--benchmark_min_time={seconds}",
                                      f"--benchmark_filter={case}.*threads:1$", ranks=2, repetitions=runner.effort.of(3, 1))
    document.paragraph("The same, by one thread, with keys that are here but could move: two ranks, each a host of its "
                       "own, the other without work; 1 M keys at home on each. *By index*: a bare gather that looks up "
                       "in an index, 8 bytes a key, where each row is, as every store has to whose keys move.")
    document.commands([command])
    rows = []
    for (length, batch, zipf), times in sorted(local_table(cases).items()):
        by_index = times["gather_by_index", 1]
        rows.append([length, batch, "Zipf 1" if zipf else "uniform",
                     f"{by_index:.1f} ({by_index / times['gather', 1]:.2f})", *local_cells(times)])
        if not zipf:
            local_goals(times, f"{length} floats, keys that could move", goals)
    document.table(["floats", "keys a call", "keys", "by index", "pull", "push", "pull + push"], rows)


def local_table(cases):
    """Median nanoseconds a key, by (length, batch, zipf), then by (operation, threads)."""
    table = {}
    for name, nanoseconds in cases.items():
        operation, length, batch, zipf, _, threads = name.split("/")
        key = tuple(int(part.split(":")[1]) for part in (length, batch, zipf))
        table.setdefault(key, {})[operation, int(threads.split(":")[1])] = median(nanoseconds)
    return table


def local_cells(times):
    return [f"{times[op, 1]:.1f} ({times[op, 1] / times[bare, 1]:.2f})" for op, bare in LOCAL_PAIRS.items()]


def local_speed_ups(times):
    """Of two threads."""
    return [f"{times[op, 1] / times[op, 2]:.2f} ({times[bare, 1] / times[bare, 2]:.2f})"
            for op, bare in list(LOCAL_PAIRS.items())[:2]]


def local_goals(times, what, goals):
    for operation in ("pull", "push"):
        bare = LOCAL_PAIRS[operation]
        goals.at_most(f"local {operation}, {what}", times[operation, 1] / times[bare, 1], 1.5, f"x a bare {bare}", LOCAL)


def sampling(runner, document, goals):
    runner.heading("samples")
    cases, command = google_benchmark(runner, "bench_sampling", "--benchmark_filter=/15000/",
                                      f"--benchmark_min_time={runner.effort.of(0.05, 0.001)}")
    document.heading("Samples")
    document.paragraph("Nanoseconds a key of a sample of 10, prepared and pulled; 15,000 keys of 128 floats, one rank.")
    document.commands([command])
    laws = ["uniform", "log-uniform", "unigram^0.75"]
    table = defaultdict(dict)
    for name, nanoseconds in cases.items():
        scheme, _, law = name.removeprefix("sample/").split("/")
        table[scheme][int(law)] = median(nanoseconds)
    document.table(["scheme", *laws], [(scheme, *(times[law] for law in range(3))) for scheme, times in table.items()])


REMOTE = "Accesses without intent to a key on another rank"
REMOTE_PATHS = {"shared memory": [], "one-sided": ["--sys.one_host_per_rank", 1],
                "messages": ["--sys.one_host_per_rank", 1, "--sys.one_sided", 0]}


def remote_access(runner, document, goals):
    runner.heading("accesses to another rank's keys")
    few = ["--accesses", runner.effort.of(1000, 20)]
    commands = {"floor": Command("bench_window", ["--reads", runner.effort.of(10000, 100)], ranks=2)}
    for path, options in REMOTE_PATHS.items():
        for peer in runner.effort.of(["idle", "busy"], ["busy"]):
            commands[path, peer] = Command("bench_remote_access", [*few, "--peer", peer, *options], ranks=2)
    spin = [*few, "--sys.progress", "spin", *REMOTE_PATHS["messages"]]
    commands["messages", "idle, --sys.progress spin"] = Command("bench_remote_access", spin, ranks=2)
    runs = runner.interleave(commands)

    document.heading(REMOTE)
    document.paragraph("Microseconds of a pull of one key of 128 floats, and of a push until it is acknowledged; "
                       "medians of the runs' medians, and of their 99 % quantiles. The path is the one that was taken.")
    document.commands(runner.text_of(command) for command in commands.values())
    rows = []
    for (asked, peer), of_case in list(runs.items())[1:]:
        for i, operation in enumerate(("pull", "push")):
            lines = [run.figures[i] for run in of_case]
            typical = median(line["us_median"] for line in lines)
            rows.append([operation, " or ".join(sorted({line["path"] for line in lines})), peer, typical,
                         median(line["us_99"] for line in lines)])
            if (operation, asked, peer) == ("pull", "shared memory", "busy"):
                goals.at_most("pull of a neighbour's key without intent, median", typical, 1, "us", REMOTE)
    document.table(["", "path", "other rank's worker", "median", "99 %"], rows)
    document.paragraph("MPI alone, microseconds:")
    document.table(["", "8 bytes", "512 bytes", "4096 bytes"], floor_rows(runs["floor"]))


def floor_rows(runs):
    times = defaultdict(lambda: defaultdict(list))
    for run in runs:
        for line in run.figures:
            times[line["way"]][line["bytes"]].append(line["us"])
    return [(way, *(median(by_size[size]) for size in (8, 512, 4096))) for way, by_size in times.items()]


def intents(runner, document, goals):
    runner.heading("intents")
    command = Command("bench_intent", ["--groups", runner.effort.of(500, 5), "--sys.one_host_per_rank", 1], ranks=2)
    runs = runner.interleave({"intent": command})["intent"]
    document.heading("A call of `intent`, on the worker")
    document.commands([runner.text_of(command)])
    rows = []
    for i, line in enumerate(runs[0].figures):
        nanoseconds = median(run.figures[i]["ns_a_call"] for run in runs)
        rows.append([line["batch"], nanoseconds, nanoseconds / line["batch"]])
    document.table(["keys", "ns a call", "ns a key"], rows)


def rounds(runner, document, goals):
    runner.heading("rounds")
    syncs = runner.effort.of(100, 3)
    common = ["--syncs", syncs, "--sys.one_host_per_rank", 1, "--sys.sync.max_per_sec", 0]
    commands = {2: Command("bench_rounds", common, ranks=2),
                8: Command("bench_rounds", [*common, "--copies", 1000], ranks=8)}
    if runner.effort.quick:
        del commands[8]
    runs = runner.interleave(commands)
    document.heading("Rounds")
    document.paragraph("From an action of all workers (none, a push to n replicas on every rank, an intent of rank 0 "
                       "on n keys of rank 1) to the end of `wait_sync`; values of 16 floats; rank 0.")
    document.commands(runner.text_of(command) for command in commands.values())
    rows, bytes_a_round = [], {}
    for ranks, of_ranks in runs.items():
        for i, first in enumerate(of_ranks[0].figures):
            lines = [run.figures[i] for run in of_ranks]
            typical = {name: median(line[name] for line in lines)
                       for name in ("us", "progress_us", "rounds", "bytes_a_round")}
            rows.append([ranks, first["case"], first["copies"], typical["us"], typical["progress_us"],
                         typical["rounds"], typical["bytes_a_round"]])
            bytes_a_round[ranks, first["case"], first["copies"]] = typical["bytes_a_round"]
    document.table(["ranks", "case", "n", "us", "us of the progress thread", "rounds", "bytes sent a round"], rows)
    idle = max(value for (ranks, case, _), value in bytes_a_round.items() if (ranks, case) == (2, "idle replicas"))
    goals.at_most("idle replicas, 10,000 of them", idle - bytes_a_round[2, "empty", 0], 0, "bytes a round", "Rounds")


SECTIONS = {"local": local_access, "sampling": sampling, "remote": remote_access, "intents": intents, "rounds": rounds}
