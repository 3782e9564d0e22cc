"""Counts, for staff, how many asked to sign and how many confirmed, by day and group of mail providers."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from pledges.inputs.email_providers import Provider
from pledges.models import DailyStatistics, retention

_RECOUNT = """
INSERT INTO pledges_dailystatistics (day, provider, asked, confirmed)
SELECT day, provider, sum(asked), sum(confirmed)
FROM (
    SELECT (email_queued_at AT TIME ZONE %(zone)s)::date AS day, provider, 1 AS asked, 0 AS confirmed
    FROM pledges_pendingsignature WHERE kind = 'person' AND provider <> '' AND email_queued_at >= %(since)s
    UNION ALL
    SELECT confirmed_on, provider, 0, 1
    FROM pledges_pendingsignature WHERE kind = 'person' AND provider <> '' AND confirmed_on >= %(first)s
) AS acts
GROUP BY day, provider
ON CONFLICT (day, provider) DO UPDATE SET
    asked = greatest(pledges_dailystatistics.asked, excluded.asked),
    confirmed = greatest(pledges_dailystatistics.confirmed, excluded.confirmed)
"""


def recount(now: datetime) -> None:
    """Counts the last seven days again.

    A number never falls: a withdrawal deletes its row, but it was asked for and confirmed.
    """
    first = timezone.localdate(now - retention.PENDING_STORED) + timedelta(days=1)
    values: dict[str, Any] = {
        "zone": timezone.get_current_timezone_name(),
        "first": first,
        "since": timezone.make_aware(datetime.combine(first, datetime.min.time())),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, values)


def by_day(today: date, days: int) -> list[tuple[date, int, int]]:
    """Returns (day, asked, confirmed) for each of the last days, oldest first."""
    span = [today - timedelta(days=back) for back in reversed(range(days))]
    rows = DailyStatistics.objects.filter(day__gte=span[0]).values_list("day")
    found = {day: (asked, confirmed) for day, asked, confirmed in rows.annotate(Sum("asked"), Sum("confirmed"))}
    return [(day, *found.get(day, (0, 0))) for day in span]


def by_provider(today: date, days: int) -> dict[str, list[tuple[int, int]]]:
    """Returns by provider group (asked, confirmed) for each of the last days, oldest first."""
    span = [today - timedelta(days=back) for back in reversed(range(days))]
    rows = DailyStatistics.objects.filter(day__gte=span[0]).values_list("provider", "day", "asked", "confirmed")
    found = {(provider, day): (asked, confirmed) for provider, day, asked, confirmed in rows}
    return {provider: [found.get((provider, day), (0, 0)) for day in span] for provider in Provider.values}
