"""Seconds an epoch of the applications on one rank with two threads and on two ranks with one each."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from goals import ADAPM, LIBMF_SECONDS, WORD2VEC_C_SECONDS
from runner import Command

FORMS = {"1 x 2": (1, 2), "2 x 1": (2, 1)}
WORKERS = re.compile(r"workers: ([0-9.]+) s in calls, ([0-9.]+) s waiting")
PROGRESS = re.compile(r"progress threads: ([0-9.]+) s in rounds, ([0-9.]+) s serving")


@dataclass
class Application:
    name: str
    program: str
    arguments: list


def prepare(runner, directory, kge_dataset):
    """Makes the data that are not there yet. Returns the applications."""
    matrix = directory / "matrix"
    graph = Path(kge_dataset) if kge_dataset else directory / "wordnet"
    corpus = directory / "corpus.txt"
    runner.run(Command("matrix_generator", ["--rows", 2000, "--cols", 1000, "--cells", runner.effort.of(500000, 5000),
                                            "--rank", 16, "--output", matrix], figures=""))
    if not graph.exists():
        runner.run(Command("wordnet_graph", ["--output", graph], figures=""))
    if runner.effort.quick:
        corpus.write_text("the quick brown fox jumps over the lazy dog again and again\n" * 200)
    else:
        subprocess.run(["scripts/prepare_gcide.sh", "--no-install", str(directory)], check=True)
        corpus = directory / "gcide.txt"
    return applications(runner.effort, graph, corpus, matrix)


def applications(effort, graph, corpus, matrix):
    mf = ["--train", f"{matrix}.train.mtx", "--rank", 16, "--epochs", effort.of(30, 2)]
    kge = ["--dataset", graph, "--dim", effort.of(64, 4), "--negatives", effort.of(5, 1), "--no-final-eval"]
    return [Application("kge", "kge", [*kge, "--epochs", effort.of(8, 1)]),
            Application("word2vec", "word2vec", ["--corpus", corpus, "--dim", effort.of(100, 8), "--epochs", 1]),
            Application("mf plain_sgd", "matrix_factorization", [*mf, "--algorithm", "plain_sgd"]),
            Application("mf dsgd", "matrix_factorization", [*mf, "--algorithm", "dsgd"])]


def command(application, form):
    ranks, threads = FORMS[form]
    arguments = [*application.arguments, "--threads", threads, "--sys.statistics", 1]
    return Command(application.program, arguments, ranks=ranks, threads=threads, figures="--metrics")


def epochs(run):
    return [line["seconds"] for line in run.figures if "seconds" in line]


def epoch_seconds(run):
    """The first epoch is left out if there are others: caches and intents warm up."""
    seconds = epochs(run)
    return median(seconds[1:] or seconds)


def share_of(pattern, run, of):
    trained = sum(line["seconds"] + line.get("evaluation_seconds", 0) for line in run.figures if "seconds" in line)
    return 100 * sum(float(part) for part in pattern.search(run.output).groups()) / (of * trained)


def measure(runner, document, goals, directory, kge_dataset):
    runner.heading("applications")
    of_name = {application.name: application for application in prepare(runner, directory, kge_dataset)}
    commands = {(name, form): command(application, form) for name, application in of_name.items() for form in FORMS}
    runs = runner.interleave(commands)

    document.heading("Applications")
    document.paragraph("Seconds an epoch (median of the runs' medians), and how many times as long two ranks with one "
                       "worker take as one rank with two (median of the repetitions' ratios). *Workers in the "
                       "manager*: the share of their time that workers are in calls or wait for keys, estimated from one "
                       "call in 64. *Progress threads*: the share of the time that they are in rounds or serve accesses.")
    document.commands(runner.text_of(each) for each in commands.values())
    rows = []
    for name in of_name:
        seconds = {form: [epoch_seconds(run) for run in runs[name, form]] for form in FORMS}
        ratio = median(two / one for one, two in zip(seconds["1 x 2"], seconds["2 x 1"]))
        for form, (ranks, _) in FORMS.items():
            rows.append([name, form, median(seconds[form]), f"{ratio:.2f}" if form == "2 x 1" else "",
                         f"{median(share_of(WORKERS, run, 2) for run in runs[name, form]):.0f} %",
                         f"{median(share_of(PROGRESS, run, ranks) for run in runs[name, form]):.0f} %"])
        goals.at_most(f"{name}: an epoch 2 x 1", ratio, 1.15, "x 1 x 2", "Applications")
        compare(goals, name, median(seconds["1 x 2"]), kge_dataset)
    document.table(["", "ranks x threads", "s an epoch", "2 x 1 / 1 x 2", "workers in the manager", "progress threads"],
                   rows)


def compare(goals, name, seconds, kge_dataset):
    """With figures of other programs, of the same data."""
    adapm = ADAPM.get(f"{name} s")
    if adapm and (name != "kge" or kge_dataset and "fb15k-237" in str(kge_dataset).lower()):
        goals.at_most(f"{name}: an epoch 1 x 2", seconds / adapm, 1 / 3, "x AdaPM's", "Applications")
    if name == "word2vec":
        ratio = seconds / WORD2VEC_C_SECONDS
        goals.at_most("word2vec: an epoch 1 x 2", ratio, 1.3, "x the C program's", "Applications")
    if name == "mf dsgd":
        goals.at_most("mf dsgd: an epoch 1 x 2", seconds / LIBMF_SECONDS, 3, "x LIBMF's", "Applications")
