"""Drawings of bricks: {% wall people %} is the wall of signatures, {% flow arrangements %} what a firewall stops."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pledges.statistics import bricks

register = template.Library()

MOST = 84  # bricks in the highest wall; more people make each brick stand for more of them


@register.simple_tag
def each_brick(people: int) -> int:
    """How many people one brick of the wall stands for."""
    return bricks.each(people, MOST)


@register.simple_tag
def wall(people: int, width: int = 724) -> SafeString:
    """People as bricks, from the ground up, and the open place of the next person.

    `width` in the drawing's units: 52 are a brick and its joint.
    """
    draw = (
        _wall.__wrapped__ if settings.DEBUG else _wall
    )  # while DEBUG is on, a change of the drawing shows at once
    return draw(people // each_brick(people) + 1, width)


@lru_cache(maxsize=2 * MOST)
def _wall(number: int, width: int) -> SafeString:
    """A wall of so many bricks. There are few different ones, and one is drawn for each page that is."""
    laid, height = bricks.lay(number, width)
    drawing = {"bricks": [*laid[:-1], bricks.marked(laid[-1], "open")], "width": width, "height": height}
    return render_to_string("partials/wall.html", drawing)


@dataclass(frozen=True)
class Stream:
    """One arrangement in the drawing: `middle` is where it starts under its service, `end` where it arrives."""

    arrangement: object
    left: float
    middle: float
    end: float
    width: float


@register.inclusion_tag("partials/flow.html")
def flow(arrangements: Iterable[object]) -> dict[str, object]:
    """Two drawings, 360 units wide: what reaches the Home Office, and the same with a firewall in between."""
    these = list(arrangements)
    pitch = 360 / max(len(these), 1)
    streams = [
        Stream(one, n * pitch + 4, (n + 0.5) * pitch, 180 + (n - (len(these) - 1) / 2) * 56, pitch - 8)
        for n, one in enumerate(these)
    ]
    firewall, _ = bricks.lay(18, 360, 87, 27)
    return {"streams": streams, "firewall": firewall}
