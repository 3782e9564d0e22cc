"""Template tags that draw with bricks: {% wall people %}, the signatures; {% flow arrangements %}, what a firewall
stops; the charts of the numbers, {% columns growth %}, {% tiles regions %}, {% bars professions %}.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pledges.statistics import bricks, charts
from pledges.statistics.weekly import Cell
from pledges.templatetags.signing import signing_is_open

register = template.Library()

MOST = 84  # bricks in the highest wall; with more people each brick represents more of them


@register.simple_tag
def each_brick(people: int) -> int:
    """How many people one brick of the wall represents."""
    return bricks.each(people, MOST)


@register.simple_tag
def wall(people: int, width: int = 724) -> SafeString:
    """Draws the people as bricks and, while people can sign, an outlined one for the next person. `width`: a brick and
    its joint are 52.
    """
    # With DEBUG it is not cached, so that a change of the template is seen at once.
    draw = _wall.__wrapped__ if settings.DEBUG else _wall
    return draw(people // each_brick(people), signing_is_open(), width)


@lru_cache(maxsize=2 * MOST)
def _wall(number: int, has_next: bool, width: int) -> SafeString:
    """Draws a wall of so many bricks, and an outlined one if `has_next`; cached, because there are few different ones
    and many pages show one.
    """
    wall, height = bricks.build_wall(number + has_next, width)
    if has_next:
        wall[-1] = replace(wall[-1], kind="open")
    drawing = {"bricks": wall, "width": width, "height": height}
    return render_to_string("partials/wall.html", drawing)


@dataclass(frozen=True)
class Stream:
    """One arrangement in the drawing: x of its start under its service (`middle`) and of its end."""

    arrangement: object
    left: float
    middle: float
    end: float
    width: float


@register.inclusion_tag("partials/flow.html")
def flow(arrangements: Iterable[object]) -> dict[str, object]:
    """Draws what reaches the Home Office, and the same with a firewall in between; each is 360 units wide."""
    these = list(arrangements)
    pitch = 360 / max(len(these), 1)
    streams = [
        Stream(one, n * pitch + 4, (n + 0.5) * pitch, 180 + (n - (len(these) - 1) / 2) * 56, pitch - 8)
        for n, one in enumerate(these)
    ]
    firewall, _ = bricks.build_wall(18, 360, 87, 27)
    return {"streams": streams, "firewall": firewall}


@register.simple_tag
def brick_of(cells: Sequence[Cell]) -> str:
    """How many people a brick of {% columns %} represents."""
    return f"{charts.each(cells):,}"


@register.inclusion_tag("partials/columns.html")
def columns(cells: Sequence[Cell]) -> dict[str, object]:
    return charts.columns(cells)


@register.inclusion_tag("partials/tiles.html")
def tiles(cells: Sequence[Cell]) -> dict[str, object]:
    return {"tiles": charts.tiles(cells)}


@register.inclusion_tag("partials/bars.html")
def bars(cells: Sequence[Cell]) -> dict[str, object]:
    return {"rows": charts.rows(cells), "height": len(cells) * charts.ROW}
