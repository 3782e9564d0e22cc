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
            if not cursor.fetchone()[0]:
                return
        people, bodies = Signature.objects.counted().count(), Organisation.objects.approved().count()
        Tally.objects.update_or_create(
            pk=_ONLY_ROW, defaults={"people": people, "organisations": bodies, "counted_at": now}
        )
