"""Counts how many recommendations have each status, and in which nations they apply."""

import datetime
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import TypedDict

from reports.models import NATIONS, Recommendation, Sector, Status


class StatusCounts(TypedDict):
    """How many recommendations there are. `statuses`: each status, its name, and how many have it, zero included."""

    total: int
    statuses: list[tuple[str, str, int]]


class Progress(TypedDict):
    """The context of every page that shows all recommendations."""

    sectors: Iterable[Sector]
    status_counts: StatusCounts
    checked_on: datetime.date | None


def progress_context(sectors: Iterable[Sector]) -> Progress:
    """Returns the context for these sectors, which have their recommendations (`with_recommendations`)."""
    recommendations = list(chain.from_iterable(sector.public_recommendations for sector in sectors))
    return {
        "sectors": sectors,
        "status_counts": status_counts(recommendations),
        "checked_on": checked_on(recommendations),
    }


def by_nation(sectors: Iterable[Sector]) -> list[tuple[str, list[Recommendation]]]:
    """Returns each nation of the UK, with the recommendations that apply there."""
    recommendations = list(chain.from_iterable(sector.public_recommendations for sector in sectors))
    return [(nation, [one for one in recommendations if (nation, True) in one.nations]) for nation in NATIONS]


def status_counts(recommendations: Iterable[Recommendation]) -> StatusCounts:
    numbers = Counter(one.status for one in recommendations)
    return {
        "total": numbers.total(),
        "statuses": [(status.value, str(status.label), numbers[status.value]) for status in Status],
    }


def checked_on(recommendations: Iterable[Recommendation]) -> datetime.date | None:
    """Returns the day of the oldest check; None if any was never checked."""
    days = [one.checked_on for one in recommendations]
    return min((day for day in days if day), default=None) if all(days) else None
