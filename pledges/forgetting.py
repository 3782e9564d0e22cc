"""The retention clock: what is due is erased, a batch at a time, so that a run killed midway resumes."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from pledges import limits, organisations
from pledges.models import Contact, Letter, Pending

LETTERS_LIVE = timedelta(days=7)
BATCH = 1000


def forget(now: datetime) -> Counter[str]:
    """Erases everything that is due, and says how many of what."""
    ended = now - LETTERS_LIVE
    due: dict[str, QuerySet] = {
        "pendings": Pending.objects.filter(expires_at__lte=now),
        "letters": Letter.objects.filter(
            Q(sent_at__lte=ended) | Q(dropped_at__lte=ended) | Q(parked_at__lte=ended)
        ),
        "contacts": Contact.objects.filter(keep_until__lte=now.date()),
    }
    erased: Counter[str] = Counter()
    for name, rows in due.items():
        while batch := list(rows.values_list("pk", flat=True)[:BATCH]):
            erased[name] += rows.model._default_manager.filter(pk__in=batch).delete()[0]
    erased["organisations' contacts"] += organisations.forget_contacts(now)
    erased["clients' counts and salts"] = limits.forget(now)
    return +erased
