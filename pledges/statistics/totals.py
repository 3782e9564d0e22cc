"""The published totals, which every page, file and image shows: counted again an hour after the last count.

An exact number, or one that changes at once, would reveal people: it falls by one right after a phone call that asked
to withdraw, or does not rise after someone confirmed whom a rule against robots has marked. So two counts are never
less than an hour apart, even after a restart: a change may have been made by anyone in that hour.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from pledges.models import Organisation, PaperCount, Totals
from pledges.models.statistics import rounded

HOUR = timedelta(hours=1)

_ONLY_ROW = 1
_RECOUNT_LOCK = 0x7A11E
# As many as Signature.objects.counted(), in half of the time: without a condition PostgreSQL counts the entries of a
# small index, and the few that are not counted have an index of their own.
_PEOPLE = """
SELECT (SELECT count(*) FROM pledges_signature)
    - (SELECT count(*) FROM pledges_signature WHERE quarantined_on IS NOT NULL OR (sample AND NOT %s))
"""


def totals() -> Totals:
    """How many people and organisations have signed, as last published."""
    return Totals.objects.filter(pk=_ONLY_ROW).first() or Totals(people=0, exact_people=0, organisations=0)


def next_count(found: Totals, now: datetime) -> datetime | None:
    """Returns when the totals are counted next, an hour after the last count.

    None if that is due: then the worker counts within a minute.
    """
    return None if _is_due(found, now) else found.counted_at + HOUR


def recount(now: datetime) -> None:
    """Counts the rows if the last count is an hour old; if several workers try at once, one does it."""
    if not _is_due(totals(), now):
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
            is_ours = cursor.fetchone()[0]
        if is_ours and not is_closed() and _is_due(totals(), now):
            _count(now)


def close(now: datetime) -> None:
    """Ends counting, before the rows are erased; the totals do not change afterwards.

    They are counted once more, unless the last count is less than an hour old.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
        if _is_due(totals(), now) and not is_closed():
            _count(now)
        Totals.objects.filter(pk=_ONLY_ROW, closed_at=None).update(closed_at=now)


def is_closed() -> bool:
    """Whether `close` was called: then nothing may be counted again."""
    return Totals.objects.filter(pk=_ONLY_ROW, closed_at__isnull=False).exists()


def _count(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [settings.DEBUG])
        people = cursor.fetchone()[0]
    counts = {
        "people": rounded(people),
        "exact_people": people,
        "organisations": Organisation.objects.approved().count(),
        "on_paper": rounded(PaperCount.objects.total()),
        "counted_at": now,
    }
    Totals.objects.update_or_create(pk=_ONLY_ROW, defaults=counts)


def _is_due(found: Totals, now: datetime) -> bool:
    """Whether the last count is an hour old. (One of more than an hour ahead is of a clock that was wrong.)"""
    return found.counted_at is None or abs(now - found.counted_at) >= HOUR
