"""Runs commands one after the other, and keeps what they measured."""

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


SKIPPED = 77  # a command's exit code


class Skipped(Exception):
    """What a command needs is not to be had here; says what."""


@dataclass
class Effort:
    """How much is measured."""

    repetitions: int = 5
    seconds: float = 0.6  # of a run of a sweep
    quick: bool = False

    def of(self, full, quick):
        return quick if self.quick else full


@dataclass
class Command:
    """A program of the project on this machine. `figures`: the option that names the file for its figures.

    `delay`: microseconds of the network between two hosts, with a rank on each; None: no hosts but this one."""

    program: str
    arguments: list = field(default_factory=list)
    ranks: int = 0  # 0: not under mpirun
    threads: int = 1
    figures: str = "--json"
    delay: int | None = None

    def words(self, programs):
        words = [f"{programs}/{self.program}", *map(str, self.arguments)]
        if self.delay is not None:
            return ["benchmarks/macro/across_hosts.sh", str(self.delay), *words]
        if self.ranks:
            words = ["scripts/run_local.sh", "--ranks", str(self.ranks), "--threads", str(self.threads), "--", *words]
        return words


@dataclass
class Run:
    """What a command printed (both streams) and the figures it wrote, a dictionary each."""

    output: str
    figures: list


class Runner:
    """Of one report. Everything measured goes to results.jsonl as well, with the command that made it."""

    def __init__(self, programs, directory, effort):
        self.programs = programs
        self.directory = Path(directory)
        self.effort = effort
        self.began = time.monotonic()
        self.results = open(self.directory / "results.jsonl", "w")
        self.environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")

    def heading(self, text):
        print(f"==== {text} (after {time.monotonic() - self.began:.0f} s)", flush=True)

    def text_of(self, command):
        return shlex.join(command.words(self.programs))

    def run(self, command):
        if not os.access(f"{self.programs}/{command.program}", os.X_OK):
            sys.exit(f"there is no {self.programs}/{command.program}: run scripts/install_dependencies.sh --for "
                     "benchmarks, configure again and build the target `benchmarks`")
        words = command.words(self.programs)
        file = self.directory / "figures.json"
        file.unlink(missing_ok=True)
        if command.figures:
            words += [command.figures, str(file)]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, env=self.environment, timeout=300)
        if done.returncode == SKIPPED:
            raise Skipped(done.stdout.strip())
        if done.returncode != 0:
            sys.exit(f"{done.stdout}\nfailed with {done.returncode}: {shlex.join(words)}")
        figures = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return Run(done.stdout, figures)

    def interleave(self, commands):
        """Runs all commands once, then all again, and so on. Returns, by name, the runs."""
        runs = {name: [] for name in commands}
        for _ in range(self.effort.repetitions):
            for name, command in commands.items():
                run = self.run(command)
                runs[name].append(run)
                self.keep(name, command, run)
        return runs

    def keep(self, name, command, run):
        line = {"name": str(name), "command": self.text_of(command), "figures": run.figures}
        self.results.write(json.dumps(line) + "\n")
        self.results.flush()
