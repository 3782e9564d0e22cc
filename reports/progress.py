"""How far the demands are met, seen together."""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

from reports.models import Recommendation, Status


class Tally(TypedDict):
    """`statuses`: each status with its words and its number, zero included."""

    total: int
    statuses: list[tuple[str, str, int]]


def tally(recommendations: Iterable[Recommendation]) -> Tally:
    numbers = Counter(one.status for one in recommendations)
    return {
        "total": numbers.total(),
        "statuses": [(status.value, str(status.label), numbers[status.value]) for status in Status],
    }


def checked_on(recommendations: Iterable[Recommendation]) -> datetime.date | None:
    """The day by which all of them were checked last; None while one never was."""
    days = [one.checked_on for one in recommendations]
    return min((day for day in days if day), default=None) if all(days) else None
