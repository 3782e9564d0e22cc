"""Rate limits on the emails that anyone can have sent by typing an address: so many an hour and a day for each mailbox.

An email above the limit is deferred until it is within the limit. It is dropped only if a newer form of the same
mailbox waits instead, or if the mailbox is blocked and was asked lately. An email is counted (`counted_at`) before it
is sent, under a lock on its mailbox, so that two workers, or two emails of one batch, can't exceed the limit
together. Each retry is counted again, because it may be the one that arrives.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from pledges.emails import queue
from pledges.models import EmailBlock, QueuedEmail

EMAILS_A_DAY, AN_HOUR, A_DAY = 3, timedelta(hours=1), timedelta(days=1)
# The most emails within each period. The third of a day is sent only after an hour, so that a stranger who fills in
# forms can't make the owner of the mailbox wait for a whole day.
LIMITS = ((2, AN_HOUR), (EMAILS_A_DAY, A_DAY))
# These kinds are counted together. "My pledge" is counted by itself: forms that others fill in do not delay it.
_FORMS = (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.REMINDER)
# The least time between two emails that ask a blocked mailbox whether we may email it again.
ALLOW_PAUSE = timedelta(days=7)


@dataclass
class _Row:
    """The columns of a queued email that decisions depend on; updated together with them."""

    pk: int
    digest: bytes
    kind: str
    network: str
    due_at: datetime
    counted_at: datetime | None
    is_waiting: bool


@dataclass
class _Decisions:
    counted: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    deferred: dict[int, datetime] = field(default_factory=dict)


def reserve(emails: list[QueuedEmail], now: datetime) -> set[int]:
    """Counts those of these emails that are within their mailbox's limits, and defers or drops the others.

    Returns the primary keys of those that may be sent now.
    """
    limited = [email for email in emails if email.is_counted]
    allowed = {email.pk for email in emails if not email.is_counted}
    if not limited:
        return allowed
    digests = sorted({bytes(email.digest) for email in limited})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(digest, 0)) FROM unnest(%s::text[]) AS digest",
                [[digest.hex() for digest in digests]],
            )
        # Read under the lock, so that what other workers counted before they released it is seen.
        blocked = set(map(bytes, EmailBlock.objects.filter(digest__in=digests).values_list("digest", flat=True)))
        rows, decisions = _rows(digests, now), _Decisions()
        for email in limited:
            if bytes(email.digest) in blocked:
                allowed |= {email.pk} if _may_ask_to_allow(email, now) else set()
            else:
                _decide(email.pk, rows[bytes(email.digest)], decisions, now)
        return allowed | _write(decisions, now)


def _rows(digests: list[bytes], now: datetime) -> dict[bytes, list[_Row]]:
    """Returns, by digest, the emails that wait and those that were counted within the last day."""
    is_waiting = Q(sent_at=None, dropped_at=None, failed_at=None)
    emails = QueuedEmail.objects.filter(is_waiting | Q(counted_at__gt=now - A_DAY), digest__in=digests)
    found: dict[bytes, list[_Row]] = defaultdict(list)
    fields = ("pk", "digest", "kind", "network", "due_at", "counted_at", "sent_at", "dropped_at", "failed_at")
    for pk, digest, kind, network, due_at, counted_at, *ends in emails.values_list(*fields):
        row = _Row(pk, bytes(digest), kind, network, due_at, counted_at, not any(ends))
        found[row.digest].append(row)
    return found


def _decide(pk: int, rows: list[_Row], decisions: _Decisions, now: datetime) -> None:
    """Decides whether one email is sent now or deferred, and which older ones of its mailbox are dropped."""
    own = next((row for row in rows if row.pk == pk and row.is_waiting), None)
    if own is None:  # withdrawn or dropped meanwhile
        return
    counted = _counted_with(own, rows, now)
    first = _first_in_order(own, rows, now, _free(counted, now))
    if pk in first:
        own.counted_at = now
        decisions.counted.append(pk)
        return
    if own.kind == QueuedEmail.Kind.CONFIRM:
        _drop_older(rows, first, decisions)
    if own.is_waiting:
        own.due_at = decisions.deferred[pk] = _free_at(counted, now)


def _counted_with(own: _Row, rows: list[_Row], now: datetime) -> list[datetime]:
    """Returns when the other emails that are counted together with this one were counted, within the last day."""
    kinds = _FORMS if own.kind in _FORMS else (own.kind,)
    others = [row.counted_at for row in rows if row.kind in kinds and row.pk != own.pk and row.counted_at]
    return [moment for moment in others if moment > now - A_DAY]


def _first_in_order(own: _Row, rows: list[_Row], now: datetime, free: int) -> list[int]:
    """Returns the primary keys of the due emails to this mailbox that are sent now, at most `free`.

    Confirmations come before reminders, the newest of each network before its older ones, the newest first.
    """
    if own.kind not in _FORMS:
        return [own.pk][:free]
    due = [
        row
        for row in sorted(rows, key=lambda row: -row.pk)
        if row is own
        or (row.is_waiting and row.kind == QueuedEmail.Kind.CONFIRM and not row.counted_at and row.due_at <= now)
    ]
    seen: dict[tuple[str, str], int] = defaultdict(int)
    ranked = []
    for row in due:
        seen[row.kind, row.network] += 1
        ranked.append((row.kind, seen[row.kind, row.network], -row.pk))
    return [-pk for _kind, _rank, pk in sorted(ranked)[:free]]


def _drop_older(rows: list[_Row], first: list[int], decisions: _Decisions) -> None:
    """Drops the confirmations that are not sent now, except the newest of each network, and of those the newest three.

    So a stranger's many forms do not wait for days, and do not push out the owner's form.
    """
    waiting = [
        row
        for row in rows
        if row.is_waiting and row.kind == QueuedEmail.Kind.CONFIRM and not row.counted_at and row.pk not in first
    ]
    newest = {row.network: row.pk for row in sorted(waiting, key=lambda row: row.pk)}
    stay = sorted(newest.values(), reverse=True)[:EMAILS_A_DAY]
    for row in waiting:
        if row.pk not in stay:
            row.is_waiting = False
            decisions.dropped.append(row.pk)


def _free(counted: list[datetime], now: datetime) -> int:
    """How many more emails may be sent now, if others were counted at these moments."""
    return max(0, min(most - sum(moment > now - span for moment in counted) for most, span in LIMITS))


def _free_at(counted: list[datetime], now: datetime) -> datetime:
    """Returns when the next email may be sent; an hour from now if only newer emails may be sent before it."""
    newest_first = sorted(counted, reverse=True)
    ends = [newest_first[most - 1] + span for most, span in LIMITS if len(counted) >= most]
    return max([end for end in ends if end > now], default=now + AN_HOUR)


def _may_ask_to_allow(email: QueuedEmail, now: datetime) -> bool:
    """Whether this email may ask a blocked mailbox if we may email it again: one a week may. Drops it otherwise."""
    today = timezone.localdate(now)
    rows = EmailBlock.objects.filter(digest=email.digest)
    is_first = rows.filter(Q(asked_on=None) | Q(asked_on__lte=today - ALLOW_PAUSE)).update(asked_on=today)
    if is_first or email.counted_at:
        return bool(QueuedEmail.objects.filter(pk=email.pk).update(counted_at=now))
    queue.drop([email], now)
    return False


def _write(decisions: _Decisions, now: datetime) -> set[int]:
    """Writes the decisions, for emails that still wait; returns the primary keys of those that may be sent."""
    if decisions.dropped:
        queue.drop_by_id(decisions.dropped, now)
    with connection.cursor() as cursor:
        if decisions.deferred:
            cursor.execute(
                f"UPDATE pledges_queuedemail AS email SET due_at = later.due_at, leased_until = NULL"  # noqa: S608
                f" FROM unnest(%s::bigint[], %s::timestamptz[]) AS later (id, due_at)"
                f" WHERE email.id = later.id AND {queue.NOT_ENDED}",
                [list(decisions.deferred), list(decisions.deferred.values())],
            )
        return _count(cursor, decisions.counted, now) if decisions.counted else set()


def _count(cursor: Any, keys: Iterable[int], now: datetime) -> set[int]:
    cursor.execute(
        f"UPDATE pledges_queuedemail SET counted_at = %s WHERE id = ANY(%s) AND {queue.NOT_ENDED} RETURNING id",  # noqa: S608
        [now, list(keys)],
    )
    return {pk for (pk,) in cursor.fetchall()}
