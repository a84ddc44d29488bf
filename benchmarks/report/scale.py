"""What grows with the number of ranks: the table of bench_scale."""

from document import Plot
from runner import Command


def scale(runner, document, goals):
    runner.heading("simulated ranks")
    ranks = runner.effort.of("16,64,256,1024", "4,8")
    command = Command("bench_scale", ["--ranks", ranks, "--rounds", runner.effort.of(5, 2)])
    run = runner.run(command)
    runner.keep("scale", command, run)
    document.heading("What grows with the number of ranks")
    document.paragraph("Simulated ranks; counts are exact and the same in every run, work is the median over rounds of "
                       "one run.")
    document.commands([runner.text_of(command)])
    document.text.append("\n".join("    " + line for line in run.output.splitlines()) + "\n")

    def lines(figure):
        series = {}
        for line in run.figures:
            series.setdefault(line["access"], []).append((line["ranks"], figure(line)))
        return series

    document.plot(Plot("scale_messages", "Messages of a rank in a round", "ranks", "messages",
                       lines(lambda line: line["exchange_messages"] + line["access_messages"]), "xy"))
    document.plot(Plot("scale_work", "Work of a rank in a round", "ranks", "microseconds",
                       lines(lambda line: line["work_us"]), "xy"))


SECTIONS = {"scale": scale}
