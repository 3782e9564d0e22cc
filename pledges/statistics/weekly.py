"""The weekly statistics: growth, regions and professions, each by itself, so that no number shows a person.

They are counted once a week, for whole weeks, rounded down to tens and stored. The numbers of an earlier week are never
counted again: two counts of one week would differ by those who have withdrawn since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges.models import Signature, WeeklyStatistics
from pledges.models.counted import COUNTED
from pledges.models.statistics import in_tens, rounded
from pledges.statistics import totals

WEEK = timedelta(days=7)
ALL = "all"
_PUBLISH_LOCK = 0xF16


@dataclass(frozen=True)
class Cell:
    """One number: `key` is a region, a profession, or the day on which a week ended."""

    key: str
    name: str
    people: int

    @property
    def short(self) -> str:
        """The name without its last word: a day without the year."""
        return self.name.rpartition(" ")[0]

    @property
    def shown(self) -> str:
        return in_tens(self.people)


def week_ended(today: date) -> date:
    """The Sunday on which the last whole week ended."""
    return today - timedelta(days=today.weekday() + 1)


def publish(now: datetime) -> None:
    """Counts every whole week that is not counted yet; if several workers try at once, one does it."""
    last = week_ended(timezone.localdate(now))
    if latest() == last:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PUBLISH_LOCK])
            is_ours = cursor.fetchone()[0]
        weeks = list(_missing(last)) if is_ours and not totals.is_closed() else []
        if weeks:
            WeeklyStatistics.objects.exclude(of=ALL).delete()
            WeeklyStatistics.objects.bulk_create([*map(_all, weeks), *_parts(last)])


def latest() -> date | None:
    """The end of the newest counted week; None if there is none."""
    newest = WeeklyStatistics.objects.order_by("-week_ends").first()
    return newest.week_ends if newest else None


def growth() -> list[Cell]:
    """How many had signed at the end of each week, oldest first."""
    weeks = WeeklyStatistics.objects.filter(of=ALL).order_by("week_ends")
    return [Cell(week.week_ends.isoformat(), _day(week.week_ends), week.people) for week in weeks]


def parts(of: str) -> list[Cell]:
    """The numbers for each value of a counted column, and for those who did not say."""
    people = dict(WeeklyStatistics.objects.filter(of=of).values_list("part", "people"))
    named = [*COUNTED[of].choices, ("", _("Not said"))]
    return [Cell(key or "not-said", str(name), people.get(key, 0)) for key, name in named]


def _day(day: date) -> str:
    return date_format(day, "j M Y")


def _missing(last: date) -> Iterator[date]:
    """The ends of the weeks after the newest counted one, or since the first signature."""
    newest = latest()
    first = Signature.objects.counted().aggregate(day=Min("confirmed_on"))["day"]
    if newest is None and first is None:
        return
    week = newest + WEEK if newest else week_ended(first) + WEEK
    while week <= last:
        yield week
        week += WEEK


def _all(week: date) -> WeeklyStatistics:
    people = Signature.objects.counted().filter(confirmed_on__lte=week).count()
    return WeeklyStatistics(week_ends=week, of=ALL, people=rounded(people))


def _parts(week: date) -> Iterator[WeeklyStatistics]:
    by_then = Signature.objects.counted().filter(confirmed_on__lte=week)
    for of in COUNTED:
        for part, people in by_then.values_list(of).annotate(Count("pk")):
            yield WeeklyStatistics(week_ends=week, of=of, part=part, people=rounded(people))
