"""The report: Markdown with tables, plots (SVG, made by gnuplot) and the commands to make a figure again."""

import shutil
import subprocess
from dataclasses import dataclass


def number(value, digits=3):
    """For people: whole numbers as they are, others with three digits."""
    if isinstance(value, int) or value == 0:
        return f"{value:,.0f}"
    magnitude = len(str(int(abs(value))))
    if abs(value) >= 1e6:
        return f"{value / 1e6:.{digits}g} M"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{max(0, digits - magnitude)}f}" if abs(value) >= 1 else f"{value:.{digits}g}"


@dataclass
class Plot:
    """Lines over x; `series` has a list of (x, y) by name."""

    name: str
    title: str
    x: str
    y: str
    series: dict
    logarithmic: str = ""  # the axes that are: "", "x", "y" or "xy"

    def write(self, directory):
        """Returns the file's name, or nothing without gnuplot."""
        if shutil.which("gnuplot") is None:
            return None
        blocks, lines = [], []
        for i, (name, points) in enumerate(self.series.items()):
            rows = "\n".join(f"{x} {y}" for x, y in points)
            blocks.append(f"$data{i} << END\n{rows}\nEND")
            lines.append(f"$data{i} with linespoints linewidth 2 pointtype 7 pointsize 0.6 title '{name}'")
        xs = {x for points in self.series.values() for x, _ in points}
        if len(xs) == 1:  # of a quick run; gnuplot wants a range
            lone = xs.pop()
            blocks.append(f"set xrange [{lone / 2}:{2 * lone}]")
        script = "\n".join([
            "set terminal svg size 760,420 dynamic background 'white' font 'sans,13'",
            f"set output '{directory / self.name}.svg'", f"set title '{self.title}'",
            f"set xlabel '{self.x}'", f"set ylabel '{self.y}'", "set format y '%.0s%c'",
            "set grid", "set key outside right top",
            f"set logscale {self.logarithmic}" if self.logarithmic else "set yrange [0:*]",
            *blocks, "plot " + ", ".join(lines)])
        subprocess.run(["gnuplot"], input=script, text=True, check=True)
        return f"{self.name}.svg"


class Document:
    def __init__(self, directory):
        self.directory = directory
        self.text = []

    def heading(self, text):
        self.text.append(f"\n## {text}\n")

    def paragraph(self, text):
        self.text.append(text + "\n")

    def table(self, head, rows):
        self.text.append("| " + " | ".join(head) + " |")
        self.text.append("|" + "---|" * len(head))
        for row in rows:
            self.text.append("| " + " | ".join(number(cell) if isinstance(cell, (int, float)) else str(cell)
                                               for cell in row) + " |")
        self.text.append("")

    def commands(self, texts):
        self.text.append("\n".join(f"    {text}" for text in texts) + "\n")

    def plot(self, plot):
        file = plot.write(self.directory)
        self.paragraph(f"![{plot.title}]({file})" if file else f"({plot.title}: no plot without gnuplot.)")
