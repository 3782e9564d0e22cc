from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Goal:
    """One line of docs/bench.md: what is promised, and what was measured. `is_met` is None where it could not be."""

    work: str
    promised: str
    figure: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        return "not measured" if self.is_met is None else "met" if self.is_met else "MISSED"


@dataclass
class Table:
    """What came of a measurement; `said` is its result in one line, `goals` what of it is promised."""

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
    """The numbers in so many rounds of one length, in the order in which they were measured."""
    length = len(numbers) // count
    return [numbers[n * length : (n + 1) * length] for n in range(count)]


def spread(numbers: Iterable[Iterable[float]], form: str = ".2f") -> str:
    """The lowest and the highest median of several rounds."""
    medians = [median(some) for some in numbers]
    return f"{min(medians):{form}} … {max(medians):{form}}"
