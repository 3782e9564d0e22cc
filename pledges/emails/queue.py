"""The queue of emails: write, claim, finish.

An email is written in the transaction that makes it necessary, so that neither can exist without the other. A worker
claims emails under a lease: one that is killed loses none, since they can be claimed again. How many emails a mailbox
gets is decided in `pledges.emails.places`, what they say in `compose`, and `sending` carries them to the mail server.
"""

import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet

from pledges.crypto import encryption, tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import QueuedEmail


class QueueFull(Exception):
    """So many emails that one network asked for wait that no form of it is accepted now."""


LEASE = timedelta(minutes=5)
# Minutes until the next try after the first, second … failure; after the last the email is given up.
RETRIES = (1, 5, 15, 60, 180, 720, 1440)
# SQL: of rows that are neither sent nor given up.
WAITING = "sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL"
# Of one network: so many emails go out as they come, those behind them at a tenth of the site's rate, and no form is
# accepted while so many wait.
AT_ONCE, MOST_WAITING, SHARE = 50, 1000, 10


def write(
    kind: QueuedEmail.Kind, ref: uuid.UUID, mailbox: Mailbox, due: datetime, network: str = ""
) -> QueuedEmail:
    return QueuedEmail.objects.create(
        kind=kind,
        ref=ref,
        mailbox=encryption.lock(mailbox.address),
        digest=tokens.digest(mailbox.identity),
        due_at=due,
        network=network,
    )


def write_complaint(words: str, controller: Mailbox, now: datetime) -> QueuedEmail:
    """Queues a complaint. All other emails are composed when they are sent; this one is stored with its words."""
    return QueuedEmail.objects.create(
        kind=QueuedEmail.Kind.COMPLAINT,
        ref=uuid.uuid4(),
        mailbox=encryption.lock(controller.address),
        words=encryption.lock(words),
        digest=tokens.digest(controller.identity),
        due_at=now,
    )


def waits(kind: QueuedEmail.Kind, digest: bytes) -> bool:
    """Whether an email of this kind to this mailbox is in the queue."""
    return refs_waiting(kind, digest).exists()


def refs_waiting(kind: QueuedEmail.Kind, digest: bytes) -> QuerySet[QueuedEmail, uuid.UUID]:
    """The refs of the emails of this kind to this mailbox that are in the queue."""
    return _waiting().filter(kind=kind, digest=digest).values_list("ref", flat=True)


# SQL: how many emails that %(network)s asked for wait, at most MOST_WAITING; none where the network is not known.
_QUEUED = """
SELECT count(*) FROM (
    SELECT FROM pledges_queuedemail
    WHERE network = %(network)s AND network <> '' AND sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL
    LIMIT %(most_waiting)s
) AS waiting
"""
# SQL: when an email is due that %(network)s asks for at %(now)s: later, the more of its emails wait. So a flood from
# one network takes a tenth of the rate of sending, and the emails of others are not delayed by it.
# `is_full`: so many of them wait that no form of this network is accepted now.
TURN = f"""
SELECT %(now)s::timestamptz + greatest(waiting.number - %(at_once)s, 0) * %(interval)s AS due_at,
    waiting.number >= %(most_waiting)s AS is_full
FROM ({_QUEUED}) AS waiting (number)
"""  # noqa: S608


_DUE = f"""
SELECT min(due_at), count(*) FROM (
    SELECT due_at FROM pledges_queuedemail WHERE {WAITING} AND due_at <= %s ORDER BY due_at LIMIT 200000
) AS due
"""  # noqa: S608
# What a visitor is told, in minutes: the first of these that is no less than was measured.
ROUNDED_WAITS = (2, 5, 10, 15, 30, 60, 120, 240)
WAIT_REMEMBERED_FOR = 10.0  # seconds
_wait = (float("-inf"), 0)


def minutes_to_wait(now: datetime) -> int:
    """How long an email that is queued now takes to be sent, in minutes, rounded up to one of ROUNDED_WAITS; 480 for
    any longer. It is measured for the whole queue and says nothing of any one email.

    The larger of two measures: how long the first in the queue has waited (the mail server may be down), and how long
    all that are due take at the configured rate.
    """
    global _wait  # noqa: PLW0603
    if time.monotonic() - _wait[0] > WAIT_REMEMBERED_FOR:
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [now])
            oldest, count = cursor.fetchone()
        waited = (now - oldest).total_seconds() / 60 if oldest else 0
        minutes = max(waited, count / settings.EMAILS_A_MINUTE)
        _wait = (time.monotonic(), next((some for some in ROUNDED_WAITS if minutes <= some), 480))
    return _wait[1]


def forget_wait() -> None:
    """Forgets what this process measured of the queue."""
    global _wait  # noqa: PLW0603
    _wait = (float("-inf"), 0)


def turn_values(network: str, now: datetime) -> dict[str, Any]:
    """The parameters of TURN."""
    interval = SHARE * timedelta(minutes=1) / settings.EMAILS_A_MINUTE
    limits = {"at_once": AT_ONCE, "most_waiting": MOST_WAITING, "interval": interval}
    return {"network": network, "now": now, **limits}


def turn(network: str, now: datetime) -> datetime:
    """When an email that this network asks for now is due (see TURN); QueueFull where too many of its emails wait."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, turn_values(network, now))
        due_at, is_full = cursor.fetchone()
    if is_full:
        raise QueueFull
    return due_at


_CLAIM = f"""
UPDATE pledges_queuedemail SET leased_until = %s WHERE id = ANY(ARRAY(
    SELECT id FROM pledges_queuedemail
    WHERE {WAITING} AND due_at <= %s AND (leased_until IS NULL OR leased_until < %s)
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING *
"""  # noqa: S608


def claim(now: datetime, most: int = 20) -> list[QueuedEmail]:
    """Up to `most` emails that are due, the longest due first, leased to the caller: no other worker gets them."""
    emails = QueuedEmail.objects.raw(_CLAIM, [now + LEASE, now, now, most])
    return sorted(emails, key=lambda email: (email.due_at, email.pk))


def release(emails: list[QueuedEmail]) -> None:
    """Gives back claimed emails that were not finished, so that they need not wait for the end of their lease."""
    QueuedEmail.objects.filter(pk__in=[email.pk for email in emails]).update(leased_until=None)


def sent(emails: list[QueuedEmail], now: datetime) -> None:
    """The mail server accepted these emails: their mailboxes are erased."""
    _end(QueuedEmail.objects.filter(pk__in=[email.pk for email in emails]), sent_at=now)


def drop(emails: list[QueuedEmail], now: datetime) -> None:
    """These emails are no longer wanted: they are not sent, and their mailboxes are erased."""
    drop_keys([email.pk for email in emails], now)


def drop_keys(keys: list[int], now: datetime) -> None:
    """As `drop`, by primary key, for emails that still wait."""
    _end(_waiting().filter(pk__in=keys), dropped_at=now)


def failed(email: QueuedEmail, now: datetime, refusal: str, for_good: bool) -> None:
    """The mail server did not accept it: it is tried again later or, where that is no use, given up (staff see it)."""
    last, row = len(RETRIES) - 1, QueuedEmail.objects.filter(pk=email.pk)
    if (for_good or email.attempts > last) and not email.is_to_ourselves:
        _end(row, failed_at=now, refusal=refusal)
    else:
        again = now + timedelta(minutes=RETRIES[min(email.attempts, last)])
        row.update(due_at=again, leased_until=None, attempts=F("attempts") + 1, refusal=refusal)


def withdraw(ref: uuid.UUID, now: datetime) -> None:
    """Drops the emails about `ref` that still wait."""
    _end(_waiting().filter(ref=ref), dropped_at=now)


def drop_waiting(now: datetime) -> int:
    """Drops every email that waits in a restored backup: it may have been sent since the backup was made.

    Except complaints: a lost one is worse than one that the controller, who knows it by its number, gets twice.
    """
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)
    ours = waiting.exclude(kind=QueuedEmail.Kind.COMPLAINT)
    return ours.update(dropped_at=now, mailbox=None, words=None, leased_until=None)


def erase(refs: list[uuid.UUID]) -> None:
    """Deletes the emails about rows that are erased: their digest would tell that those existed."""
    QueuedEmail.objects.filter(ref__in=refs).delete()


def _waiting() -> QuerySet[QueuedEmail]:
    """Those that are neither sent nor given up."""
    return QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)


def _end(rows: QuerySet[QueuedEmail], **ending: object) -> None:
    rows.update(mailbox=None, words=None, network="", leased_until=None, **ending)
