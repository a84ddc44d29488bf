"""What must hold, in numbers: a table of goals and what was measured."""

from dataclasses import dataclass, field


@dataclass
class Goal:
    work: str
    measured: float
    bound: float
    unit: str
    at_least: bool  # else at most
    section: str  # of the report

    @property
    def reached(self):
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


@dataclass
class Goals:
    goals: list = field(default_factory=list)

    def at_least(self, work, measured, bound, unit, section):
        self.goals.append(Goal(work, measured, bound, unit, True, section))

    def at_most(self, work, measured, bound, unit, section):
        self.goals.append(Goal(work, measured, bound, unit, False, section))

    def write(self, document, quick):
        document.heading("What must hold")
        rows = [(goal.work, f"{goal.measured:.3g} {goal.unit}",
                 f"{'at least' if goal.at_least else 'at most'} {goal.bound:.3g}",
                 "unknown" if quick else "yes" if goal.reached else "**no**", goal.section) for goal in self.goals]
        document.table(["work", "measured", "goal", "reached", "section with the command"], rows)


# Of AdaPM (main, 2023-02), measured on a virtual machine with two cores of an AMD EPYC; times are those of one rank
# with two threads, keys a second are a worker's of two ranks with one each.
ADAPM = {"uniform keys/s": 0.20e6, "zipf keys/s": 0.41e6, "kge s": 3.9, "word2vec s": 65.0, "mf plain_sgd s": 0.12}
# The original C program on the same corpus with two threads, and LIBMF on the same cells.
WORD2VEC_C_SECONDS = 17.0
LIBMF_SECONDS = 0.0085
