"""The published totals: one figure for every page, file and image, counted anew once an hour.

An exact or quick figure would tell on people: one fewer just after a phone call that asked to withdraw, none
more after somebody confirmed whom a rule against robots holds back.
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


def next_count(now: datetime) -> datetime:
    """When the totals are counted next: at the full hour."""
    return _hour(now) + HOUR


def rounded(people: int) -> int:
    return people - people % STEP


def recount(now: datetime) -> None:
    """Counts anew from the rows, once in each hour; of several workers that come at once, one does it."""
    if _is_of_this_hour(totals(), now):
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
            is_ours = cursor.fetchone()[0]
        if is_ours and not is_closed() and not _is_of_this_hour(totals(), now):
            _count(now)


def close(now: datetime) -> None:
    """Counts for the last time: the rows are about to be erased, and the totals are to stay as they are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
        if not is_closed():
            _count(now, closed_at=now)


def is_closed() -> bool:
    """Whether the last count was made (before signatures were erased): then nothing may be counted again."""
    return Totals.objects.filter(pk=_ONLY_ROW, closed_at__isnull=False).exists()


def _count(now: datetime, **closing: datetime) -> None:
    people, bodies = Signature.objects.counted().count(), Organisation.objects.approved().count()
    figures = {
        "people": rounded(people),
        "exact_people": people,
        "organisations": bodies,
        "counted_at": now,
        **closing,
    }
    Totals.objects.update_or_create(pk=_ONLY_ROW, defaults=figures)


def _is_of_this_hour(found: Totals, now: datetime) -> bool:
    return found.counted_at is not None and _hour(now) <= found.counted_at


def _hour(moment: datetime) -> datetime:
    """The full hour before."""
    return moment.replace(minute=0, second=0, microsecond=0)
