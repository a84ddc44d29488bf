"""Runs the benchmarks and writes a report. Started by scripts/benchmark.sh, from the project's folder."""

import argparse
import time
from pathlib import Path

import access
import applications
import machine
import micro
import scale
from document import Document
from goals import Goals
from runner import Effort, Runner


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder with the benchmarks and applications")
    parser.add_argument("--output", required=True, type=Path, help="the folder for report.md and what belongs to it")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=["applications", *SECTIONS])
    parser.add_argument("--kge-dataset")
    return parser.parse_args()


SECTIONS = micro.SECTIONS | access.SECTIONS | scale.SECTIONS


def main():
    given = arguments()
    (given.output / "data").mkdir(parents=True, exist_ok=True)
    effort = Effort(repetitions=1, quick=True) if given.quick else Effort()
    runner = Runner(given.programs, given.output, effort)
    head, body, goals = Document(given.output), Document(given.output), Goals()
    facts = machine.describe()
    began = time.strftime("%Y-%m-%d %H:%M:%S")

    def applications_section(*where):
        applications.measure(*where, given.output / "data", given.kge_dataset)

    for name, section in (SECTIONS | {"applications": applications_section}).items():
        if not given.only or name in given.only:
            section(runner, body, goals)

    seconds = time.monotonic() - runner.began
    head.text.append("# Benchmark report\n")
    if given.quick:
        head.paragraph("**Of a quick run: it shows that everything runs; its figures mean nothing.**")
    head.table(["", ""], [*facts, ("measured", f"{began}, {seconds / 60:.1f} min; medians of {effort.repetitions}")])
    if goals.goals:
        goals.write(head, given.quick)
    (given.output / "report.md").write_text("\n".join(head.text + body.text))
    print(f"==== {given.output}/report.md, after {seconds:.0f} s; all figures: {given.output}/results.jsonl")


if __name__ == "__main__":
    main()
