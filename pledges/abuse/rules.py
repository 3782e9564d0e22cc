"""Rules against signatures by robots: they mark signatures, without the sender seeing it, and staff decide about them.

People whose signature is marked get the same pages and the same email as all others. Once confirmed, it is not
counted or listed until staff release it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.utils import timezone

from pledges.models import AbuseRule, PendingSignature, Quarantine, QuarantineDecision, Signature
from pledges.models.retention import CLIENTS_STORED, QUARANTINE_REVERSIBLE

LEAST_SPIKE, SPIKE_TIMES = 30, 5
_MARK_LOCK = 0xAB05E

_BURST = """
SELECT id, key, confirmed_on IS NOT NULL, quarantine_id FROM (
    SELECT id, {key} AS key, confirmed_on, quarantine_id, count(*) OVER (
        PARTITION BY {key} ORDER BY email_queued_at
        RANGE BETWEEN %(window)s PRECEDING AND %(window)s FOLLOWING
    ) AS near
    FROM pledges_pendingsignature WHERE kind = 'person' AND {key} <> '' AND email_queued_at > %(since)s
) AS asked WHERE near > %(most)s
"""
# SQL: marks the signatures that were confirmed through marked pending signatures. Not marked: what the same mailbox had
# signed before, and mailboxes that confirmed another, unmarked form on that day or since (their signature comes from
# that form).
_SIGNED = """
UPDATE pledges_signature AS signature SET quarantined_on = %(today)s, quarantine_id = %(quarantine)s
FROM pledges_pendingsignature AS pending
WHERE pending.id = ANY(%(pendings)s) AND pending.confirmed_on IS NOT NULL
    AND signature.digest = pending.digest AND signature.quarantine_id IS NULL
    AND signature.confirmed_on >= (pending.email_queued_at AT TIME ZONE %(zone)s)::date
    AND NOT EXISTS (SELECT FROM pledges_pendingsignature later
        WHERE later.digest = pending.digest AND later.kind = 'person' AND later.quarantined_on IS NULL
            AND later.confirmed_on >= pending.confirmed_on)
"""


class Conflict(Exception):
    """Someone else decided about the quarantine before, or its seven days are over."""


@dataclass(frozen=True)
class Burst:
    """Pending signatures that a rule marks together."""

    key: str
    pendings: list[int]
    confirmed: int


def try_out(kind: str, most: int, minutes: int, now: datetime) -> list[Burst]:
    """Returns what a rule would mark among the forms of the last 48 hours; changes nothing."""
    return _bursts(kind, most, minutes, now, marked_too=True)


@dataclass(frozen=True)
class Spike:
    """More sign forms than usual within the last hour, and the limit of a rule that would mark them."""

    asked: int
    times: int  # how many times the usual number of an hour
    most: int


def spike(now: datetime) -> Spike | None:
    """Returns a Spike if the last hour had 30 forms or more, and five times the usual number of the last 48 hours.

    Forms that a rule has marked are not counted: staff know about them.
    """
    rows = PendingSignature.objects.filter(kind="person", email_queued_at__gt=now - CLIENTS_STORED)
    hour_ago = now - timedelta(hours=1)
    asked = rows.filter(email_queued_at__gt=hour_ago, quarantined_on=None).count()
    if asked < LEAST_SPIKE:
        return None
    usual = max(1, rows.filter(email_queued_at__lte=hour_ago).count() // 47)
    if asked < SPIKE_TIMES * usual:
        return None
    return Spike(asked, asked // usual, max(10, 2 * usual))


def mark(now: datetime) -> int:
    """Applies the rules in force; returns how many pending signatures were marked. One worker at a time does it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_MARK_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        trapped = PendingSignature.objects.filter(quarantine=None, quarantined_on__isnull=False, kind="person")
        count = _mark(Quarantine.Kind.TRAP, "", trapped.values_list("pk", flat=True), now)
        for rule in AbuseRule.objects.in_force():
            for burst in _bursts(rule.kind, rule.most, rule.minutes, now):
                count += _mark(Quarantine.Kind(rule.kind), burst.key, burst.pendings, now)
    return count


def release(quarantine: Quarantine, by: AbstractBaseUser, now: datetime) -> None:
    """Releases the quarantine: its signatures are counted and listed from now on."""
    with transaction.atomic():
        _move(quarantine, {"released_at": None, "invalidated_at": None}, released_at=now)
        _set(quarantine, None)
        _record(quarantine, QuarantineDecision.Act.RELEASE, by, now)


def invalidate(quarantine: Quarantine, by: AbstractBaseUser, now: datetime) -> None:
    """Invalidates the quarantine: its signatures are never counted, and erased when the decision can no longer be
    reopened.
    """
    with transaction.atomic():
        _move(quarantine, {"released_at": None, "invalidated_at": None}, invalidated_at=now)
        _record(quarantine, QuarantineDecision.Act.INVALIDATE, by, now)


def reopen(quarantine: Quarantine, by: AbstractBaseUser, now: datetime) -> None:
    """Reverses a decision of the last seven days: the quarantine waits for a decision again."""
    decided = "released_at" if quarantine.released_at else "invalidated_at"
    with transaction.atomic():
        _move(quarantine, {f"{decided}__gt": now - QUARANTINE_REVERSIBLE}, **{decided: None})
        _set(quarantine, now)
        _record(quarantine, QuarantineDecision.Act.REOPEN, by, now)


def _bursts(kind: str, most: int, minutes: int, now: datetime, marked_too: bool = False) -> list[Burst]:
    key = {AbuseRule.Kind.CLIENT: "client", AbuseRule.Kind.PROVIDER: "provider"}[AbuseRule.Kind(kind)]
    values: dict[str, Any] = {"window": timedelta(minutes=minutes), "since": now - CLIENTS_STORED, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_BURST.format(key=key), values)
        rows = [row for row in cursor.fetchall() if marked_too or row[3] is None]
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for pending, whose, is_confirmed, _quarantine_id in rows:
        found[whose].append((pending, is_confirmed))
    return [Burst(whose, [row[0] for row in some], sum(row[1] for row in some)) for whose, some in found.items()]


def _mark(kind: Quarantine.Kind, key: str, pendings: Iterable[int], now: datetime) -> int:
    """Marks these pending signatures, and the signatures confirmed through them, in the quarantine of their burst."""
    chosen, today = list(pendings), timezone.localdate(now)
    if not chosen:
        return 0
    quarantine = _open(kind, key, now)
    values: dict[str, Any] = {
        "today": today,
        "quarantine": quarantine.pk,
        "pendings": chosen,
        "zone": timezone.get_current_timezone_name(),
    }
    # Pending signatures first: this waits for anyone who is confirming one now, so that the signature is seen below.
    was_confirmed = Q(confirmed_on__isnull=False) if kind != Quarantine.Kind.TRAP else Value(False)
    count = PendingSignature.objects.filter(pk__in=chosen).update(
        quarantine=quarantine,
        quarantined_on=today,
        confirmed_before_rule=ExpressionWrapper(was_confirmed, BooleanField()),
    )
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, values)
    return count


def _open(kind: Quarantine.Kind, key: str, now: datetime) -> Quarantine:
    """Returns the undecided quarantine that already has others of this burst, or a new one."""
    same = Quarantine.objects.undecided().filter(kind=kind, opened_at__gt=now - CLIENTS_STORED)
    if kind != Quarantine.Kind.TRAP:
        same = same.filter(**{f"pendings__{kind.value}": key})
    return same.order_by("-pk").first() or Quarantine.objects.create(kind=kind, opened_at=now)


def _move(quarantine: Quarantine, seen: dict[str, datetime | None], **changes: datetime | None) -> None:
    if not Quarantine.objects.filter(pk=quarantine.pk, **seen).update(**changes):
        raise Conflict


def _set(quarantine: Quarantine, now: datetime | None) -> None:
    """Sets the day from which what is in the quarantine is not counted; None if it is counted again."""
    day = timezone.localdate(now) if now else None
    PendingSignature.objects.filter(quarantine=quarantine).update(quarantined_on=day)  # first, as in _mark
    Signature.objects.filter(quarantine=quarantine).update(quarantined_on=day)


def _record(quarantine: Quarantine, act: QuarantineDecision.Act, by: AbstractBaseUser, now: datetime) -> None:
    QuarantineDecision.objects.create(
        quarantine_ref=quarantine.ref,
        act=act,
        signatures=Signature.objects.filter(quarantine=quarantine).count(),
        decided_by_id=by.pk,
        decided_at=now,
    )
