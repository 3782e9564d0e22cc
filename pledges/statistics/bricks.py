"""Computes the coordinates of the bricks in a drawing of a wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

JOINT = 4


@dataclass(frozen=True)
class Brick:
    """A brick, in SVG units; `y` counts from the top. `kind` is a shade, or "open" for the next one."""

    x: float
    y: float
    length: float
    high: float
    kind: str = ""


def each(people: int, most: int) -> int:
    """How many people one brick represents: the least of 1, 2, 5, 10, 20 … with which `most` bricks are enough."""
    steps = (step * 10**power for power in count() for step in (1, 2, 5))
    return next(step for step in steps if people // step <= most)


def places(width: float, length: float) -> Iterator[tuple[int, float, float]]:
    """Yields (row, x, length) of each brick from the bottom up.

    Every other row is shifted by half a brick and cut at its ends.
    """
    for row in count():
        x = 0.0 if row % 2 == 0 else -(length + JOINT) / 2
        while x < width:
            start, end = max(x, 0.0), min(x + length, width)
            if end - start > JOINT:
                yield row, start, end - start
            x += length + JOINT


def build_wall(number: int, width: float, length: float = 48, high: float = 20) -> tuple[list[Brick], float]:
    """Returns the bricks of a wall of this width, in two shades, and its height."""
    found = list(islice(places(width, length), number))
    height = (found[-1][0] + 1) * (high + JOINT) - JOINT if found else 0.0
    shades = ("", "", "b", "", "", "b", "")
    return [
        Brick(x, height - row * (high + JOINT) - high, long, high, shades[n % len(shades)])
        for n, (row, x, long) in enumerate(found)
    ], height
