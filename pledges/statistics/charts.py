"""Computes the coordinates of the charts, in SVG units. All are drawn as bricks, and stand next to a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from pledges.inputs.regions import Region
from pledges.models.statistics import STEP
from pledges.statistics import bricks
from pledges.statistics.weekly import Cell

# Growth: a column for each week, the newest at the right edge.
COLUMN, BETWEEN, BRICK, JOINT, SCALE_WIDTH = 26, 30, 16, 1.5, 44
MOST_COLUMNS, MOST_BRICKS, SCALE_BRICKS, LABEL_EVERY = 12, 17, 5, 4
HEADROOM = 44

# Regions: a tile each, roughly at its place on a map.
STRENGTHS = 4
PLACES = {
    Region.SCOTLAND: (3, 0, _("Scotland")),
    Region.ELSEWHERE: (7, 0, _("Elsewhere")),
    Region.NORTHERN_IRELAND: (0, 1, _("N. Ireland")),
    Region.NORTH_EAST: (4, 1, _("North East")),
    Region.NORTH_WEST: (3, 2, _("North West")),
    Region.YORKSHIRE: (5, 2, _("Yorkshire")),
    Region.WALES: (1, 3, _("Wales")),
    Region.WEST_MIDLANDS: (3, 3, _("W. Mids")),
    Region.EAST_MIDLANDS: (5, 3, _("E. Mids")),
    Region.EAST: (7, 3, _("East")),
    Region.SOUTH_WEST: (2, 4, _("South West")),
    Region.SOUTH_EAST: (4, 4, _("South East")),
    Region.LONDON: (6, 4, _("London")),
}

# Professions: a row each.
ROW, ROW_WIDTH, ROW_BRICK, ROW_BRICK_HIGH = 54, 380, 36, 18


@dataclass(frozen=True)
class Tile:
    x: int
    y: int
    name: str
    cell: Cell
    strength: int  # 1 to 4; 0 if there are fewer than ten


def each(cells: Sequence[Cell]) -> int:
    """How many people one brick of the growth chart represents."""
    return max(STEP, bricks.each(_most(cells), MOST_BRICKS))


def columns(cells: Sequence[Cell]) -> dict[str, object]:
    """The columns of bricks, the grid lines, and the days under some columns. The base line is at y = 0."""
    cells = cells[-MOST_COLUMNS:]
    people_each = each(cells)
    high = round(_most(cells) / people_each * BRICK, 1)
    starts = [SCALE_WIDTH + (MOST_COLUMNS - n) * BETWEEN for n in range(len(cells), 0, -1)]
    days = [(x + COLUMN, cell) for x, cell in zip(starts, cells, strict=True)][::-1][::LABEL_EVERY]
    step = SCALE_BRICKS * BRICK
    lines = [(-y, f"{y // BRICK * people_each:,}") for y in range(step, int(high) + 1, step)]
    return {
        "bricks": [
            brick for x, cell in zip(starts, cells, strict=True) for brick in _column(x, cell.people / people_each)
        ],
        "lines": lines,
        "days": days,
        "last": (*days[0], round(-cells[-1].people / people_each * BRICK - 10, 1)) if cells else None,
        "top": -high - HEADROOM,
        "height": high + HEADROOM + 36,
    }


def tiles(cells: Sequence[Cell]) -> list[Tile]:
    most, by_key = _most(cells), {cell.key: cell for cell in cells}
    return [
        Tile(column * 44, row * 58, str(name), by_key[region], _strength(by_key[region].people, most))
        for region, (column, row, name) in PLACES.items()
    ]


def rows(cells: Sequence[Cell]) -> list[tuple[int, Cell, list[bricks.Brick]]]:
    """Returns (y, cell, bricks) for each profession, the largest first; "other" and "not said" come last."""
    last = ("other", "not-said")
    ordered = sorted(cells, key=lambda cell: (last.index(cell.key) + 1 if cell.key in last else 0, -cell.people))
    most = max(_most(cells), 1)
    return [(n * ROW, cell, list(_row(n, cell.people / most))) for n, cell in enumerate(ordered)]


def _column(x: int, number: float) -> Iterator[bricks.Brick]:
    """A column of `number` bricks, the last one cut."""
    for k in range(int(number) + 1):
        high = round(min(1.0, number - k) * BRICK - JOINT, 1)
        if high > 0:
            y = -k * BRICK - JOINT - high
            yield bricks.Brick(x, y, COLUMN, high, "b" if (x // BETWEEN + k) % 3 == 0 else "")


def _row(n: int, share: float) -> Iterator[bricks.Brick]:
    """A row of bricks up to this share of the width, the last one cut."""
    x, end, k = 0.0, share * ROW_WIDTH, n
    while x < end:
        yield bricks.Brick(
            x, n * ROW + 22, round(min(ROW_BRICK, end - x), 1), ROW_BRICK_HIGH, "b" if k % 3 == 1 else ""
        )
        x, k = x + ROW_BRICK + 3, k + 1


def _strength(people: int, most: int) -> int:
    return min(STRENGTHS, 1 + people * STRENGTHS // most) if people else 0


def _most(cells: Sequence[Cell]) -> int:
    return max((cell.people for cell in cells), default=0)
