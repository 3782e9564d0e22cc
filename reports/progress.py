"""How many recommendations have each status, and in which nations they apply."""

import datetime
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import TypedDict

from reports.models import NATIONS, Recommendation, Sector, Status


class Totals(TypedDict):
    """`statuses`: each status with its words and its number, zero included."""

    total: int
    statuses: list[tuple[str, str, int]]


class Progress(TypedDict):
    """What every page says that shows all recommendations."""

    sectors: Iterable[Sector]
    tally: Totals
    checked_on: datetime.date | None


def of(sectors: Iterable[Sector]) -> Progress:
    """Of sectors with their recommendations (`with_recommendations`)."""
    recommendations = list(chain.from_iterable(sector.public_recommendations for sector in sectors))
    return {"sectors": sectors, "tally": tally(recommendations), "checked_on": checked_on(recommendations)}


def by_nation(sectors: Iterable[Sector]) -> list[tuple[str, list[Recommendation]]]:
    """Each nation of the UK, with the recommendations that apply there."""
    recommendations = list(chain.from_iterable(sector.public_recommendations for sector in sectors))
    return [(nation, [one for one in recommendations if (nation, True) in one.nations]) for nation in NATIONS]


def tally(recommendations: Iterable[Recommendation]) -> Totals:
    numbers = Counter(one.status for one in recommendations)
    return {
        "total": numbers.total(),
        "statuses": [(status.value, str(status.label), numbers[status.value]) for status in Status],
    }


def checked_on(recommendations: Iterable[Recommendation]) -> datetime.date | None:
    """The day by which all of them were checked last; None while one never was."""
    days = [one.checked_on for one in recommendations]
    return min((day for day in days if day), default=None) if all(days) else None
