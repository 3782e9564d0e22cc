"""The limit on emails that anybody can cause by typing an address: each mailbox has so many places an hour and a day.

An email that gets no place waits until one is free. It is dropped only where a newer form of the same mailbox waits
in its stead, or where the mailbox is blocked and was asked lately. Places are taken before emails go out, under a lock
on each mailbox, so that neither two workers nor two emails of one batch both find the last one free. Each try of an
email takes its own place anew: it may be the one that arrives.
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
# So many within so long. The last of a day comes after an hour, so that a stranger's forms do not keep the owner
# waiting for a whole day.
PLACES = ((2, AN_HOUR), (EMAILS_A_DAY, A_DAY))
# Emails that share places. "My pledge" has its own: forms that others fill in do not delay it.
_FORMS = (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.REMINDER)
# Until a blocked mailbox is asked again whether we may write to it.
ALLOW_PAUSE = timedelta(days=7)


@dataclass
class _Row:
    """What decides about places, of one email in the queue; changed in step with what is decided."""

    pk: int
    digest: bytes
    kind: str
    network: str
    due_at: datetime
    counted_at: datetime | None
    is_waiting: bool


@dataclass
class _Decided:
    counted: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    deferred: dict[int, datetime] = field(default_factory=dict)


def take(emails: list[QueuedEmail], now: datetime) -> set[int]:
    """Takes a place for each of these emails that needs one; returns the keys of those that may be sent now."""
    needing = [email for email in emails if email.is_counted]
    free = {email.pk for email in emails if not email.is_counted}
    if not needing:
        return free
    digests = sorted({bytes(email.digest) for email in needing})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(digest, 0)) FROM unnest(%s::text[]) AS digest",
                [[digest.hex() for digest in digests]],
            )
        # Only now, so that what others took before they gave the lock back is seen.
        blocked = set(
            map(bytes, EmailBlock.objects.filter(digest__in=digests).values_list("digest", flat=True))
        )
        rows, decided = _rows(digests, now), _Decided()
        for email in needing:
            if bytes(email.digest) in blocked:
                free |= {email.pk} if _may_ask_to_allow(email, now) else set()
            else:
                _decide(email.pk, rows[bytes(email.digest)], decided, now)
        return free | _write(decided, now)


def _rows(digests: list[bytes], now: datetime) -> dict[bytes, list[_Row]]:
    """By mailbox, the emails that wait and those that took a place within the last day."""
    is_waiting = Q(sent_at=None, dropped_at=None, failed_at=None)
    emails = QueuedEmail.objects.filter(is_waiting | Q(counted_at__gt=now - A_DAY), digest__in=digests)
    found: dict[bytes, list[_Row]] = defaultdict(list)
    fields = ("pk", "digest", "kind", "network", "due_at", "counted_at", "sent_at", "dropped_at", "failed_at")
    for pk, digest, kind, network, due_at, counted_at, *ends in emails.values_list(*fields):
        row = _Row(pk, bytes(digest), kind, network, due_at, counted_at, not any(ends))
        found[row.digest].append(row)
    return found


def _decide(pk: int, rows: list[_Row], decided: _Decided, now: datetime) -> None:
    """Whether one email is sent now, or deferred; and which older ones of its mailbox are dropped."""
    own = next((row for row in rows if row.pk == pk and row.is_waiting), None)
    if own is None:  # withdrawn or dropped meanwhile
        return
    taken = _others_places(own, rows, now)
    next_in_turn = _next_in_turn(own, rows, now, _free(taken, now))
    if pk in next_in_turn:
        own.counted_at = now
        decided.counted.append(pk)
        return
    if own.kind == QueuedEmail.Kind.CONFIRM:
        _give_way(rows, next_in_turn, decided)
    if own.is_waiting:
        own.due_at = decided.deferred[pk] = _free_at(taken, now)


def _others_places(own: _Row, rows: list[_Row], now: datetime) -> list[datetime]:
    """When the other emails that share this one's places took theirs, of the last day."""
    kinds = _FORMS if own.kind in _FORMS else (own.kind,)
    others = [row.counted_at for row in rows if row.kind in kinds and row.pk != own.pk and row.counted_at]
    return [moment for moment in others if moment > now - A_DAY]


def _next_in_turn(own: _Row, rows: list[_Row], now: datetime, free: int) -> list[int]:
    """The due emails to this mailbox that get its free places: confirmations before reminders, the newest that
    each network asked for before its older ones, the newest first.
    """
    if own.kind not in _FORMS:
        return [own.pk][:free]
    due = [
        row
        for row in sorted(rows, key=lambda row: -row.pk)
        if row is own
        or (
            row.is_waiting
            and row.kind == QueuedEmail.Kind.CONFIRM
            and not row.counted_at
            and row.due_at <= now
        )
    ]
    seen: dict[tuple[str, str], int] = defaultdict(int)
    ranked = []
    for row in due:
        seen[row.kind, row.network] += 1
        ranked.append((row.kind, seen[row.kind, row.network], -row.pk))
    return [-pk for _kind, _rank, pk in sorted(ranked)[:free]]


def _give_way(rows: list[_Row], next_in_turn: list[int], decided: _Decided) -> None:
    """Of the confirmations that get no place now, the newest from each network stays, three at most; the older ones
    are dropped. So a stranger's many forms neither wait for days nor push out the owner's.
    """
    waiting = [
        row
        for row in rows
        if row.is_waiting
        and row.kind == QueuedEmail.Kind.CONFIRM
        and not row.counted_at
        and row.pk not in next_in_turn
    ]
    newest = {row.network: row.pk for row in sorted(waiting, key=lambda row: row.pk)}
    stay = sorted(newest.values(), reverse=True)[:EMAILS_A_DAY]
    for row in waiting:
        if row.pk not in stay:
            row.is_waiting = False
            decided.dropped.append(row.pk)


def _free(taken: list[datetime], now: datetime) -> int:
    """How many places are free, if others were taken at these moments of the last day."""
    return max(0, min(most - sum(moment > now - span for moment in taken) for most, span in PLACES))


def _free_at(taken: list[datetime], now: datetime) -> datetime:
    """When the next place is free; an hour from now where newer emails take those that are free now."""
    newest_first = sorted(taken, reverse=True)
    ends = [newest_first[most - 1] + span for most, span in PLACES if len(taken) >= most]
    return max([end for end in ends if end > now], default=now + AN_HOUR)


def _may_ask_to_allow(email: QueuedEmail, now: datetime) -> bool:
    """To a blocked mailbox one email a week goes out, and only asks whether we may write again."""
    today = timezone.localdate(now)
    rows = EmailBlock.objects.filter(digest=email.digest)
    is_first = rows.filter(Q(asked_on=None) | Q(asked_on__lte=today - ALLOW_PAUSE)).update(asked_on=today)
    if is_first or email.counted_at:
        return bool(QueuedEmail.objects.filter(pk=email.pk).update(counted_at=now))
    queue.drop([email], now)
    return False


def _write(decided: _Decided, now: datetime) -> set[int]:
    """Writes what was decided, of emails that still wait; returns the keys of those that may be sent."""
    if decided.dropped:
        queue.drop_keys(decided.dropped, now)
    with connection.cursor() as cursor:
        if decided.deferred:
            cursor.execute(
                f"UPDATE pledges_queuedemail AS email SET due_at = later.due_at, leased_until = NULL"  # noqa: S608
                f" FROM unnest(%s::bigint[], %s::timestamptz[]) AS later (id, due_at)"
                f" WHERE email.id = later.id AND {queue.WAITING}",
                [list(decided.deferred), list(decided.deferred.values())],
            )
        return _counted(cursor, decided.counted, now) if decided.counted else set()


def _counted(cursor: Any, keys: Iterable[int], now: datetime) -> set[int]:
    cursor.execute(
        f"UPDATE pledges_queuedemail SET counted_at = %s WHERE id = ANY(%s) AND {queue.WAITING} RETURNING id",  # noqa: S608
        [now, list(keys)],
    )
    return {pk for (pk,) in cursor.fetchall()}
