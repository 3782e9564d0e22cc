"""Drawings of bricks: {% wall people %} is the wall of signatures, {% flow arrangements %} what a firewall stops."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from campaign import bricks

register = template.Library()

MOST = 84  # bricks in the highest wall; more people make each brick stand for more of them


@register.simple_tag
def each_brick(people: int) -> int:
    """How many people one brick of the wall stands for."""
    return bricks.each(people, MOST)


@register.inclusion_tag("partials/wall.html")
def wall(people: int, width: int = 724) -> dict[str, object]:
    """People as bricks, from the ground up, and the open place of whoever is next.

    `width` in the drawing's units: 52 are a brick and its joint.
    """
    laid, height = bricks.lay(people // each_brick(people) + 1, width)
    return {"bricks": [*laid[:-1], bricks.marked(laid[-1], "open")], "width": width, "height": height}


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
