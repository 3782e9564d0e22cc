from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Goal:
    """One line of docs/bench.md: the goal and the measured value. `is_met` is None if it could not be measured."""

    work: str
    promised: str
    figure: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        return "not measured" if self.is_met is None else "met" if self.is_met else "MISSED"


@dataclass
class Table:
    """The result of a measurement; `said` is it in one line, `goals` are the goals it is compared with."""

    title: str
    head: list[str]
    rows: list[list[str]]
    said: str
    goals: list[Goal] = field(default_factory=list)

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in (self.head, ["-" * width for width in widths], *self.rows)
        ]
        return "\n".join(["", self.title, *lines, self.said])


def rounds(numbers: list[float], count: int) -> list[list[float]]:
    """Splits the numbers into this many rounds of one length, in the order in which they were measured."""
    length = len(numbers) // count
    return [numbers[n * length : (n + 1) * length] for n in range(count)]


def spread(numbers: Iterable[Iterable[float]], form: str = ".2f") -> str:
    """Returns the lowest and the highest median of several rounds."""
    medians = [median(some) for some in numbers]
    return f"{min(medians):{form}} … {max(medians):{form}}"
