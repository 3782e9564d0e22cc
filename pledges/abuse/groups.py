"""Statistics about the signatures of a quarantine, and splitting off a part of them.

Numbers that depend on who confirmed are rounded to tens: one more or less would show that someone confirmed.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncHour
from django.utils.translation import gettext

from pledges.inputs.email_providers import Provider
from pledges.inputs.regions import Region
from pledges.models import AbuseRule, Contact, PendingSignature, Quarantine, QuarantineDecision, Signature
from pledges.models.statistics import in_tens


@dataclass(frozen=True)
class Part:
    """A part of a quarantine: signatures asked for before a moment, of one region, with mailboxes at some groups of
    providers, or confirmed before the rule marked them; all conditions that are set must be met.
    """

    until: datetime | None = None
    region: str = ""
    providers: tuple[str, ...] = ()
    before_rule: bool = False


BEFORE_RULE = Part(before_rule=True)


def statistics(quarantine: Quarantine) -> dict[str, Any]:
    """The statistics on the page of a quarantine: hours, providers, regions, its rule, how many confirmed before it
    marked them, and how many signatures there are in all (`size`) and without those (`after`).
    """
    before = signatures_in(quarantine, BEFORE_RULE)
    return {
        "hours": _hours(quarantine),
        "providers": _labelled(quarantine.pendings.exclude(provider=""), "provider", Provider),
        "regions": _regions(quarantine),
        "rule": _rule(quarantine),
        "confirmed_before": in_tens(before.count()),
        "size": size(quarantine.signatures.all()),
        "after": size(quarantine.signatures.exclude(pk__in=before.values("pk"))),
        "are_all_early": are_all_early(quarantine),
    }


def size(signatures: QuerySet[Signature]) -> dict[str, str]:
    """How many signatures and sealed contacts a decision about these would affect, in tens."""
    contacts = Contact.objects.filter(signature__in=signatures)
    by_channel = dict(contacts.values_list("channel").annotate(Count("pk")))
    return {
        "signatures": in_tens(signatures.count()),
        "email": in_tens(by_channel.get(Contact.Channel.EMAIL, 0)),
        "post": in_tens(by_channel.get(Contact.Channel.POST, 0)),
    }


def signatures_in(quarantine: Quarantine, part: Part) -> QuerySet[Signature]:
    rows = quarantine.signatures.all()
    if part.region:
        rows = rows.filter(region=part.region)
    if part.until:
        asked = quarantine.pendings.filter(email_queued_at__lt=part.until)
        rows = rows.filter(digest__in=asked.values("digest"))
    if part.providers:
        mailboxes = quarantine.pendings.filter(provider__in=part.providers)
        rows = rows.filter(digest__in=mailboxes.values("digest"))
    if part.before_rule:
        early = quarantine.pendings.filter(confirmed_before_rule=True)
        rows = rows.filter(digest__in=early.values("digest"))
    return rows


def are_all_early(quarantine: Quarantine) -> bool:
    """Whether all in it had confirmed before the rule marked them, as in a group that was split off for that."""
    late = quarantine.pendings.exclude(confirmed_before_rule=True)
    return quarantine.pendings.exists() and not late.exists()


def split(quarantine: Quarantine, part: Part) -> Quarantine | None:
    """Moves the part into a quarantine of its own, to decide about it separately; None if the part is empty."""
    with transaction.atomic():
        keys = list(signatures_in(quarantine, part).values_list("pk", flat=True))
        if not keys:
            return None
        own = Quarantine.objects.create(kind=quarantine.kind, opened_at=quarantine.opened_at)
        digests = list(Signature.objects.filter(pk__in=keys).values_list("digest", flat=True))
        # Pending signatures first, as in `rules._mark`.
        PendingSignature.objects.filter(quarantine=quarantine, digest__in=digests).update(quarantine=own)
        Signature.objects.filter(pk__in=keys, quarantine=quarantine).update(quarantine=own)
    return own


def latest_decision(quarantine: Quarantine) -> QuarantineDecision | None:
    rows = QuarantineDecision.objects.filter(quarantine_ref=quarantine.ref)
    return rows.select_related("decided_by").order_by("-pk").first()


def _hours(quarantine: Quarantine) -> list[tuple[datetime, int, int]]:
    """Returns (hour, how many asked in it, that as a percentage of the highest)."""
    rows = quarantine.pendings.annotate(hour=TruncHour("email_queued_at")).values_list("hour")
    counted = list(rows.annotate(count=Count("pk")).order_by("hour"))
    most = max((count for _hour, count in counted), default=1)
    return [(hour, count, round(100 * count / most)) for hour, count in counted]


def _regions(quarantine: Quarantine) -> list[tuple[str, str]]:
    found: Counter[str] = Counter()
    for rows in (quarantine.signatures.all(), quarantine.pendings.filter(confirmed_on=None)):
        found.update(dict(rows.values_list("region").annotate(Count("pk"))))
    not_given = gettext("not given")
    named = [(str(Region(region).label) if region else not_given, count) for region, count in found.most_common()]
    return [(name, in_tens(count)) for name, count in named]


def _labelled(rows: QuerySet[Any], column: str, labels: Any) -> list[tuple[str, int]]:
    counted = rows.values_list(column).annotate(count=Count("pk")).order_by("-count")
    return [(str(labels(value).label), count) for value, count in counted]


def _rule(quarantine: Quarantine) -> AbuseRule | None:
    """The rule that was in force when it was marked; None for the hidden field, which needs no rule."""
    rules = AbuseRule.objects.filter(kind=quarantine.kind, decided_at__lte=quarantine.opened_at)
    newest = rules.order_by("-pk").first()
    return newest if newest and newest.is_on else None
