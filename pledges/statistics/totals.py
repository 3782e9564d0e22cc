"""The published totals: one figure for every page, file and image, counted anew an hour after the last count.

An exact or quick figure would tell on people: one fewer just after a phone call that asked to withdraw, none
more after somebody confirmed whom a rule against robots holds back. So no two counts are less than an hour apart,
not even around a restart or a full hour: what changes between two counts may have been done by anybody in that hour.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from pledges.models import Organisation, Signature, Totals

STEP = 10
HOUR = timedelta(hours=1)

_ONLY_ROW = 1
_RECOUNT_LOCK = 0x7A11E


def totals() -> Totals:
    """How many people and organisations have signed, as last published."""
    return Totals.objects.filter(pk=_ONLY_ROW).first() or Totals(people=0, exact_people=0, organisations=0)


def next_count(found: Totals, now: datetime) -> datetime | None:
    """When the totals are counted next: an hour after the last count. None where that is due already: the worker
    counts within a minute.
    """
    return None if _is_due(found, now) else found.counted_at + HOUR


def rounded(people: int) -> int:
    return people - people % STEP


def recount(now: datetime) -> None:
    """Counts anew from the rows if the last count is an hour old; of several workers at once, one does it."""
    if not _is_due(totals(), now):
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
            is_ours = cursor.fetchone()[0]
        if is_ours and not is_closed() and _is_due(totals(), now):
            _count(now)


def close(now: datetime) -> None:
    """Ends counting: the rows are about to be erased, and the totals are to stay as they are. They are counted once
    more, unless the last count is less than an hour old.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
        if _is_due(totals(), now) and not is_closed():
            _count(now)
        Totals.objects.filter(pk=_ONLY_ROW, closed_at=None).update(closed_at=now)


def is_closed() -> bool:
    """Whether the last count was made (before signatures were erased): then nothing may be counted again."""
    return Totals.objects.filter(pk=_ONLY_ROW, closed_at__isnull=False).exists()


def _count(now: datetime) -> None:
    people, bodies = Signature.objects.counted().count(), Organisation.objects.approved().count()
    figures = {
        "people": rounded(people),
        "exact_people": people,
        "organisations": bodies,
        "counted_at": now,
    }
    Totals.objects.update_or_create(pk=_ONLY_ROW, defaults=figures)


def _is_due(found: Totals, now: datetime) -> bool:
    return found.counted_at is None or now >= found.counted_at + HOUR
