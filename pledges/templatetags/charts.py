"""Template tags for the charts of the numbers: {% columns growth %}, {% tiles regions %}, {% bars professions %}."""

from collections.abc import Sequence

from django import template

from pledges.statistics import charts
from pledges.statistics.weekly import Cell

register = template.Library()


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
