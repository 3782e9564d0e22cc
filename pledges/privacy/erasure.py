"""Retention: erases the rows whose storage period is over, in batches, so that a killed run can be repeated."""

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
    PaperCount,
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
_ERASURE_LOCK = 0xF0267
ReportProgress = Callable[[int], None]


@dataclass
class Due:
    """Rows whose storage period is over.

    `erase`, if deleting them is not enough, gets their primary keys, and locks the rows itself, in the lock order of
    its module.
    """

    name: str
    rows: QuerySet[Any]
    erase: Callable[[list[Any], datetime], object] | None = None
    order: str = "pk"  # a field of a partial index, if there is one with only the rows that may be due

    def erase_some(self, now: datetime) -> int:
        """Erases one batch and returns its size. Only one process does this at a time."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ERASURE_LOCK])
            rows = self.rows.order_by(self.order)
            if not self.erase:
                # A row that is being changed is checked again after the change: it may not be due any more.
                rows = rows.select_for_update(of=("self",))
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            if self.erase:
                self.erase(keys, now)
            else:
                self.rows.model._base_manager.filter(pk__in=keys).delete()
        return len(keys)


def due(now: datetime) -> list[Due]:
    """Returns what is due in the tables of this app, in the order in which it is erased."""
    today, ended = timezone.localdate(now), now - retention.EMAILS_STORED
    found = [
        Due("pendings", PendingSignature.objects.filter(expires_at__lte=now), withdrawal.end_pendings),
        Due("clients", _with_old_clients(now), _erase_clients, order="expires_at"),
        Due("mail providers", _with_old_providers(now), _erase_providers, order="confirmed_on"),
        Due(
            "invalid signatures",
            # Without the first condition the query would read all signatures.
            Signature.objects.filter(
                quarantine__isnull=False, quarantine__invalidated_at__lte=now - retention.QUARANTINE_REVERSIBLE
            ),
        ),
        Due("emails", QueuedEmail.objects.alias(ended_at=ENDED_AT).filter(ended_at__lte=ended)),
        Due("contacts", Contact.objects.filter(keep_until__lte=today), withdrawal.end_contacts),
        Due("organisations' contacts", _organisations_over(now), organisations.erase_contacts),
        Due("name reports", NameReport.objects.filter(reported_on__lte=today - retention.NAME_REPORTS_STORED)),
        Due("open screens", OpenScreen.objects.filter(opened_at__lte=now - timedelta(days=1))),
        Due("erasures", Erasure.objects.filter(erased_on__lte=today - retention.ERASURES_STORED)),
    ]
    found += [Due("records", rows) for rows in _old_records(now)]
    return found + (_after_the_campaign() if _campaign_is_over(now) else [])


def erase(now: datetime, found: Iterable[Due], report: ReportProgress = lambda done: None) -> Counter[str]:
    """Erases what is due; returns how many rows of each kind. Calls `report` with the number so far after each
    batch.
    """
    daily.recount(now)  # first, while the rows still have their mail provider
    if _campaign_is_over(now):
        totals.close(now)
    elif timezone.localdate(now) >= retention.signatures_until():
        log.error(
            "people have signed after CAMPAIGN_ENDS, %s, so it must be wrong: signatures are not erased",
            retention.signing_until(),
        )
    erased: Counter[str] = Counter()
    for some in found:
        while count := some.erase_some(now):
            erased[some.name] += count
            report(erased.total())
    return erased


def _after_the_campaign() -> list[Due]:
    return [
        Due("public names", PublicName.objects.all()),
        Due("signatures", Signature.objects.all()),
        Due("removals", Removal.objects.all()),  # last, because erasing contacts adds some
    ]


def _campaign_is_over(now: datetime) -> bool:
    """Whether all signatures are due.

    False if someone has signed after the campaign's last day: then the setting is probably mistyped, and erased rows
    can't be recovered.
    """
    if timezone.localdate(now) < retention.signatures_until():
        return False
    last_confirmed = retention.signing_until() + retention.PENDING_STORED
    return not Signature.objects.filter(confirmed_on__gt=last_confirmed).exists()


def _old_records(now: datetime) -> list[QuerySet[Any]]:
    """Returns the records older than six years, except those still in force.

    In force are the newest switch of the lists, the newest rule of each kind, decisions about organisations in the
    list, the newest version of each count on paper, and the newest export of each channel, without which the trigger
    would not record removals.
    """
    before = now - retention.RECORDS_STORED
    return [
        OrganisationDecision.objects.filter(decided_at__lt=before).exclude(
            organisation_ref__in=Organisation.objects.active().values("ref")
        ),
        NameDecision.objects.filter(decided_at__lt=before).exclude(
            public_name_ref__in=PublicName.objects.exclude(hidden_at=None).values("ref")
        ),
        _but_newest(ListVisibility.objects.all()).filter(decided_at__lt=before),
        _but_newest(AbuseRule.objects.all(), "kind").filter(decided_at__lt=before),
        QuarantineDecision.objects.filter(decided_at__lt=before),
        PhoneRequest.objects.filter(taken_at__lt=before),
        PaperCount.objects.filter(entered_at__lt=before).exclude(pk__in=PaperCount.objects.in_force().values("pk")),
        _but_newest(Export.objects.all(), "channel").filter(exported_at__lt=before),
    ]


def _first_sent_by(moment: datetime) -> QuerySet[PendingSignature]:
    """Sign forms that were first sent by then; sending one again does not change `expires_at`."""
    return PendingSignature.objects.filter(expires_at__lte=moment + retention.PENDING_STORED)


def _but_newest(rows: QuerySet[Any], *each: str) -> QuerySet[Any]:
    """All but the newest row, or but the newest for each value of `each`."""
    newest = rows.order_by(*each, "-pk").distinct(*each) if each else rows.order_by("-pk")[:1]
    return rows.exclude(pk__in=newest.values("pk"))


def _with_old_clients(now: datetime) -> QuerySet[PendingSignature]:
    return _first_sent_by(now - retention.CLIENTS_STORED).exclude(client="")


def _erase_clients(keys: list[int], now: datetime) -> None:
    PendingSignature.objects.filter(pk__in=keys).update(client="")


def _with_old_providers(now: datetime) -> QuerySet[PendingSignature]:
    """Returns pending signatures that no rule looks at any more, and whose confirmation is counted in the daily
    statistics.
    """
    old = _first_sent_by(now - retention.CLIENTS_STORED).exclude(provider="")
    return old.filter(confirmed_on__lt=timezone.localdate(now))


def _erase_providers(keys: list[int], now: datetime) -> None:
    PendingSignature.objects.filter(pk__in=keys).update(provider="")


def _organisations_over(now: datetime) -> QuerySet[Organisation]:
    """Organisations whose contact is still stored, and no longer needed."""
    rows = Organisation.objects.with_contact()
    return rows if _campaign_is_over(now) else rows.ended_by(now - retention.ORGANISATION_CONTACTS_STORED)
