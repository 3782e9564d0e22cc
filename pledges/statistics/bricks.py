"""Bricks as a drawing needs them: where each lies in a wall that is laid in courses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

JOINT = 4


@dataclass(frozen=True)
class Brick:
    """In units of the drawing; `y` counts down from its top. `kind` is a shade, or "open"."""

    x: float
    y: float
    length: float
    high: float
    kind: str = ""


def each(people: int, most: int) -> int:
    """How many people one brick stands for: 1, 2, 5, 10, 20 …, the least that `most` bricks suffice for."""
    steps = (step * 10**power for power in count() for step in (1, 2, 5))
    return next(step for step in steps if people // step <= most)


def places(width: float, length: float, high: float) -> Iterator[tuple[int, float, float]]:
    """(course, x, length) from the ground up: every other course is set off by half a brick, its ends cut."""
    for course in count():
        x = 0.0 if course % 2 == 0 else -(length + JOINT) / 2
        while x < width:
            start, end = max(x, 0.0), min(x + length, width)
            if end - start > JOINT:
                yield course, start, end - start
            x += length + JOINT


def lay(number: int, width: float, length: float = 48, high: float = 20) -> tuple[list[Brick], float]:
    """So many bricks in a wall of this width, in two shades, and how high it stands."""
    laid = [place for place, _ in zip(places(width, length, high), range(number), strict=False)]
    height = (laid[-1][0] + 1) * (high + JOINT) - JOINT if laid else 0.0
    shades = ("", "", "b", "", "", "b", "")
    return [
        Brick(x, height - course * (high + JOINT) - high, long, high, shades[n % len(shades)])
        for n, (course, x, long) in enumerate(laid)
    ], height


def marked(brick: Brick, kind: str) -> Brick:
    return replace(brick, kind=kind)
