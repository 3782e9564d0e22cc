"""The retention clock: what is due is erased, a batch at a time, so that a run killed midway resumes."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from pledges.models import (
    AbuseRule,
    Contact,
    Erasure,
    Export,
    ListVisibility,
    NameDecision,
    NameReport,
    OpenScreen,
    Organisation,
    OrganisationDecision,
    PendingSignature,
    PhoneRequest,
    PublicName,
    QuarantineDecision,
    QueuedEmail,
    Removal,
    Signature,
    retention,
)
from pledges.models.emails import ENDED_AT
from pledges.my_pledge import withdrawal
from pledges.organisations import service as organisations
from pledges.statistics import daily, totals

log = logging.getLogger(__name__)

BATCH = 1000
_FORGET_LOCK = 0xF0267
Told = Callable[[int], None]


@dataclass
class Due:
    """Rows whose time is over. `erase` is given their keys, where it is more than to delete them; it holds what
    it erases itself, in the order of locks of its own module.
    """

    name: str
    rows: QuerySet[Any]
    erase: Callable[[list[Any], datetime], object] | None = None
    order: str = "pk"  # with the field of an index that has only rows which may be due, no others are read

    def erase_some(self, now: datetime) -> int:
        """Erases one batch and says how many rows it had. Of several that forget, one does at a time."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FORGET_LOCK])
            rows = self.rows.order_by(self.order)
            if not self.erase:
                # What somebody is changing just now is looked at again: its time may not be over any more.
                rows = rows.select_for_update(of=("self",))
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            if self.erase:
                self.erase(keys, now)
            else:
                self.rows.model._base_manager.filter(pk__in=keys).delete()
        return len(keys)


def due(now: datetime) -> list[Due]:
    """What is due of the pledge's own tables, in the order in which it is to go."""
    today, ended = timezone.localdate(now), now - retention.EMAILS_STORED
    found = [
        Due("pendings", PendingSignature.objects.filter(expires_at__lte=now), withdrawal.end_pendings),
        Due("clients", _with_old_clients(now), _forget_clients, order="expires_at"),
        Due("mail providers", _with_old_providers(now), _forget_providers, order="confirmed_on"),
        Due(
            "invalid signatures",
            # Without the first of the two all signatures would be looked at.
            Signature.objects.filter(
                quarantine__isnull=False,
                quarantine__invalidated_at__lte=now - retention.QUARANTINE_REVERSIBLE,
            ),
        ),
        Due("emails", QueuedEmail.objects.alias(ended_at=ENDED_AT).filter(ended_at__lte=ended)),
        Due("contacts", Contact.objects.filter(keep_until__lte=today), withdrawal.end_contacts),
        Due("organisations' contacts", _organisations_over(now), organisations.erase_contacts),
        Due(
            "name reports", NameReport.objects.filter(reported_on__lte=today - retention.NAME_REPORTS_STORED)
        ),
        Due("open screens", OpenScreen.objects.filter(opened_at__lte=now - timedelta(days=1))),
        Due("erasures", Erasure.objects.filter(erased_on__lte=today - retention.ERASURES_STORED)),
    ]
    found += [Due("records", rows) for rows in _old_records(now)]
    if _campaign_is_over(now):
        found += [
            Due("public names", PublicName.objects.all()),
            Due("signatures", Signature.objects.all()),
            Due("removals", Removal.objects.all()),  # last: the signatures' contacts add to them
        ]
    return found


def erase(now: datetime, found: Iterable[Due], told: Told = lambda done: None) -> Counter[str]:
    """Erases all of what is due, and says how many of what. `told` gets how many rows are done, after each batch."""
    daily.recount(now)  # while the rows still say of which mail provider they are
    if _campaign_is_over(now):
        totals.close(now)
    elif timezone.localdate(now) >= retention.signatures_until():
        log.error("people have signed after CAMPAIGN_ENDS, %s: it can't be right", retention.signing_until())
    erased: Counter[str] = Counter()
    for some in found:
        while count := some.erase_some(now):
            erased[some.name] += count
            told(erased.total())
    return erased


def _campaign_is_over(now: datetime) -> bool:
    """Never while somebody has signed after its last day: then the setting is wrong, a slip of the keyboard
    perhaps, and what it would erase does not come back.
    """
    if timezone.localdate(now) < retention.signatures_until():
        return False
    last_confirmed = retention.signing_until() + retention.PENDING_STORED
    return not Signature.objects.filter(confirmed_on__gt=last_confirmed).exists()


def _old_records(now: datetime) -> list[QuerySet[Any]]:
    """Records of the past. What is in force is none, however old: the newest switch of the lists, the newest rule of
    each kind, the decisions about organisations that are still in the list, and of each channel the newest export,
    without which the database would not note what must be removed from it.
    """
    before = now - retention.RECORDS_STORED
    return [
        OrganisationDecision.objects.filter(decided_at__lt=before).exclude(
            organisation_ref__in=Organisation.objects.alive().values("ref")
        ),
        NameDecision.objects.filter(decided_at__lt=before).exclude(
            public_name_ref__in=PublicName.objects.exclude(hidden_at=None).values("ref")
        ),
        _but_newest(ListVisibility.objects.all()).filter(decided_at__lt=before),
        _but_newest(AbuseRule.objects.all(), "kind").filter(decided_at__lt=before),
        QuarantineDecision.objects.filter(decided_at__lt=before),
        PhoneRequest.objects.filter(taken_at__lt=before),
        _but_newest(Export.objects.all(), "channel").filter(exported_at__lt=before),
    ]


def _first_sent_by(moment: datetime) -> QuerySet[PendingSignature]:
    """People's forms that were first sent by then: sending one again moves its letter, never its end."""
    return PendingSignature.objects.filter(expires_at__lte=moment + retention.PENDING_STORED)


def _but_newest(rows: QuerySet[Any], *each: str) -> QuerySet[Any]:
    """All but the newest row, or the newest of each `each`."""
    newest = rows.order_by(*each, "-pk").distinct(*each) if each else rows.order_by("-pk")[:1]
    return rows.exclude(pk__in=newest.values("pk"))


def _with_old_clients(now: datetime) -> QuerySet[PendingSignature]:
    return _first_sent_by(now - retention.CLIENTS_STORED).exclude(client="")


def _forget_clients(keys: list[int], now: datetime) -> None:
    PendingSignature.objects.filter(pk__in=keys).update(client="")


def _with_old_providers(now: datetime) -> QuerySet[PendingSignature]:
    """Those that no rule looks at any more, and that were counted with their day when they confirmed."""
    old = _first_sent_by(now - retention.CLIENTS_STORED).exclude(provider="")
    return old.filter(confirmed_on__lt=timezone.localdate(now))


def _forget_providers(keys: list[int], now: datetime) -> None:
    PendingSignature.objects.filter(pk__in=keys).update(provider="")


def _organisations_over(now: datetime) -> QuerySet[Organisation]:
    """Those that there is nothing left to write to about, and that still have a contact."""
    held = Organisation.objects.with_contact()
    return held if _campaign_is_over(now) else held.ended_by(now - retention.ORGANISATION_CONTACTS_STORED)
