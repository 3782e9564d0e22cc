"""Every public number."""

from datetime import datetime

from django.db import connection, transaction

from pledges.models import Organisation, Signature, Tally

_ONLY_ROW = 1
_RECOUNT_LOCK = 0x7A11E


def totals() -> Tally:
    """How many people and organisations have signed, as last counted."""
    return Tally.objects.filter(pk=_ONLY_ROW).first() or Tally(people=0, organisations=0)


def recount(now: datetime) -> None:
    """Counts anew from the rows; of several workers that come at once, one does it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
            is_ours = cursor.fetchone()[0]
        if is_ours and not is_closed():
            _count(now)


def close(now: datetime) -> None:
    """Counts for the last time: the rows are about to be erased, and the totals are to stay as they are."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECOUNT_LOCK])
        if not is_closed():
            _count(now, closed_at=now)


def is_closed() -> bool:
    """Whether the signatures have been counted for good; whoever counts them must then leave it be."""
    return Tally.objects.filter(pk=_ONLY_ROW, closed_at__isnull=False).exists()


def _count(now: datetime, **closing: datetime) -> None:
    people, bodies = Signature.objects.counted().count(), Organisation.objects.approved().count()
    figures = {"people": people, "organisations": bodies, "counted_at": now, **closing}
    Tally.objects.update_or_create(pk=_ONLY_ROW, defaults=figures)
