"""The published totals, which every page, file and image shows: counted once an hour.

An exact number, or one that changes at once, would give people away: one fewer right after a phone call that asked to
withdraw, or none more after someone confirmed whom a rule against robots has marked.
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
    """When the totals are counted next: at the next full hour."""
    return _hour(now) + HOUR


def rounded(people: int) -> int:
    """Rounds down to a multiple of STEP."""
    return people - people % STEP


def recount(now: datetime) -> None:
    """Counts the rows, once in each hour; if several workers try at once, one does it."""
    if _is_of_this_hour(totals(), now):
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
            is_ours = cursor.fetchone()[0]
        if is_ours and not is_closed() and not _is_of_this_hour(totals(), now):
            _count(now)


def close(now: datetime) -> None:
    """Counts for the last time, before the rows are erased; the totals do not change afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
        if not is_closed():
            _count(now, closed_at=now)


def is_closed() -> bool:
    """Whether `close` was called: then nothing may be counted again."""
    return Totals.objects.filter(pk=_ONLY_ROW, closed_at__isnull=False).exists()


def _count(now: datetime, **closing: datetime) -> None:
    people, organisations = Signature.objects.counted().count(), Organisation.objects.approved().count()
    counts = {
        "people": rounded(people),
        "exact_people": people,
        "organisations": organisations,
        "counted_at": now,
        **closing,
    }
    Totals.objects.update_or_create(pk=_ONLY_ROW, defaults=counts)


def _is_of_this_hour(published: Totals, now: datetime) -> bool:
    return published.counted_at is not None and _hour(now) <= published.counted_at


def _hour(moment: datetime) -> datetime:
    """The last full hour."""
    return moment.replace(minute=0, second=0, microsecond=0)
