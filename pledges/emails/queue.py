"""The queue of emails in the database: adds emails, claims those that are due, records how each ended.

An email is added in the transaction that makes it necessary, so that neither can exist without the other. A worker
claims emails for the time of a lease: if it is killed, none is lost, because another worker claims them afterwards.
`pledges.emails.mailbox_limits` decides how many emails a mailbox gets, `compose` what they say, and `sending` hands
them to the mail server.
"""

import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from pledges.crypto import encryption, tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import QueuedEmail


class QueueFull(Exception):
    """One network has so many waiting emails that no form of it is accepted now."""


LEASE = timedelta(minutes=5)
# Minutes from the first, second … failure until the next try; after the last failure the email is given up.
RETRIES = (1, 5, 15, 60, 180, 720, 1440)
# SQL condition: the email is not sent, dropped or given up.
WAITING = "sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL"
# The same condition for statements that find their emails by another column. PostgreSQL does not recognise it as that
# of the index `email_waiting`, which holds the whole queue: on a table without statistics it would read all of it.
NOT_ENDED = "coalesce(sent_at, dropped_at, failed_at) IS NULL"
# For each network: the first AT_ONCE waiting emails are due at once, further ones at 1/SHARE of the site's sending
# rate, and while MOST_WAITING of its emails wait, no form from it is accepted.
AT_ONCE, MOST_WAITING, SHARE = 50, 1000, 10


def add(kind: QueuedEmail.Kind, ref: uuid.UUID, mailbox: Mailbox, due: datetime, **asked: str) -> QueuedEmail:
    """Queues an email about the row `ref`. `asked` is for one that a visitor asked for: `network`, the hash of theirs,
    and `language`, that of the page ("" for English).
    """
    return QueuedEmail.objects.create(
        kind=kind,
        ref=ref,
        mailbox=encryption.encrypt(mailbox.address),
        digest=tokens.digest(mailbox.identity),
        due_at=due,
        **asked,
    )


def add_complaint(words: str, controller: Mailbox, now: datetime) -> QueuedEmail:
    """Queues a complaint, with its words encrypted. All other emails are composed when they are sent."""
    return QueuedEmail.objects.create(
        kind=QueuedEmail.Kind.COMPLAINT,
        ref=uuid.uuid4(),
        mailbox=encryption.encrypt(controller.address),
        words=encryption.encrypt(words),
        digest=tokens.digest(controller.identity),
        due_at=now,
    )


def is_queued(kind: QueuedEmail.Kind, digest: bytes) -> bool:
    """Whether an email of this kind to this mailbox waits to be sent."""
    return queued_refs(kind, digest).exists()


def queued_refs(kind: QueuedEmail.Kind, digest: bytes) -> QuerySet[QueuedEmail, uuid.UUID]:
    """The refs of the emails of this kind to this mailbox that wait to be sent."""
    return _waiting().filter(kind=kind, digest=digest).values_list("ref", flat=True)


# SQL: how many emails of %(network)s wait, MOST_WAITING at most; 0 if the network is unknown.
_QUEUED = """
SELECT count(*) FROM (
    SELECT FROM pledges_queuedemail
    WHERE network = %(network)s AND network <> '' AND sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL
    LIMIT %(most_waiting)s
) AS waiting
"""
# SQL: when an email that %(network)s asks for at %(now)s is due: the more of its emails wait, the later. So a flood
# from one network uses at most a tenth of the sending rate and does not delay the emails of others. `is_full`: whether
# MOST_WAITING of them wait, so that no form from it is accepted now.
DUE_AT = f"""
SELECT %(now)s::timestamptz + greatest(waiting.number - %(at_once)s, 0) * %(interval)s AS due_at,
    waiting.number >= %(most_waiting)s AS is_full
FROM ({_QUEUED}) AS waiting (number)
"""  # noqa: S608


_DUE = f"""
SELECT min(due_at), count(*) FROM (
    SELECT due_at FROM pledges_queuedemail WHERE {WAITING} AND due_at <= %s ORDER BY due_at LIMIT 200000
) AS due
"""  # noqa: S608
# The waiting times, in minutes, that pages show: the measured time is rounded up to the next of these.
ROUNDED_WAITS = (2, 5, 10, 15, 30, 60, 120, 240)
WAIT_REMEMBERED_FOR = 10.0  # seconds
_wait = (float("-inf"), 0)


def minutes_to_wait(now: datetime) -> int:
    """Estimates in minutes how long an email that is queued now takes to be sent: one of ROUNDED_WAITS, or 480.

    The estimate is for the whole queue, so it says nothing about any one email. It is the larger of two numbers: how
    long the oldest due email has waited (the mail server may be down), and how long all due emails take at the
    configured rate.
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


def clear_cached_wait() -> None:
    """Clears the estimate of `minutes_to_wait` that this process remembers."""
    global _wait  # noqa: PLW0603
    _wait = (float("-inf"), 0)


def due_at_parameters(network: str, now: datetime) -> dict[str, Any]:
    """The parameters of the SQL DUE_AT."""
    interval = SHARE * timedelta(minutes=1) / settings.EMAILS_A_MINUTE
    limits = {"at_once": AT_ONCE, "most_waiting": MOST_WAITING, "interval": interval}
    return {"network": network, "now": now, **limits}


def due_at(network: str, now: datetime) -> datetime:
    """Returns when an email that this network asks for now is due (see DUE_AT). Raises QueueFull if too many of its
    emails wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE_AT, due_at_parameters(network, now))
        due, is_full = cursor.fetchone()
    if is_full:
        raise QueueFull
    return due


_CLAIM = f"""
UPDATE pledges_queuedemail SET leased_until = %s WHERE id = ANY(ARRAY(
    SELECT id FROM pledges_queuedemail
    WHERE {WAITING} AND due_at <= %s AND (leased_until IS NULL OR leased_until < %s)
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)) RETURNING *
"""  # noqa: S608


def claim(now: datetime, most: int = 20) -> list[QueuedEmail]:
    """Returns up to `most` due emails, the longest due first, and leases them: no other worker gets them meanwhile."""
    emails = QueuedEmail.objects.raw(_CLAIM, [now + LEASE, now, now, most])
    return sorted(emails, key=lambda email: (email.due_at, email.pk))


def release(emails: list[QueuedEmail]) -> None:
    """Ends the lease of claimed emails, so that those which were not sent can be claimed again at once."""
    QueuedEmail.objects.filter(pk__in=[email.pk for email in emails]).update(leased_until=None)


def mark_sent(emails: list[QueuedEmail], now: datetime) -> None:
    """Records that the mail server accepted these emails, and erases their addresses."""
    _end(QueuedEmail.objects.filter(pk__in=[email.pk for email in emails]), sent_at=now)


def drop(emails: list[QueuedEmail], now: datetime) -> None:
    """Records that these emails are no longer needed and are not sent, and erases their addresses."""
    drop_by_id([email.pk for email in emails], now)


def drop_by_id(keys: list[int], now: datetime) -> None:
    """As `drop`, by primary keys; emails that were sent meanwhile are left as they are."""
    _end(_waiting().filter(pk__in=keys), dropped_at=now)


def mark_failed(email: QueuedEmail, now: datetime, refusal: str, is_permanent: bool) -> None:
    """Records that the mail server did not accept it. It is retried later, or given up (which staff see) if the refusal
    `is_permanent` or after the last of RETRIES.
    """
    last, row = len(RETRIES) - 1, QueuedEmail.objects.filter(pk=email.pk)
    if (is_permanent or email.attempts > last) and not email.is_to_ourselves:
        _end(row, failed_at=now, refusal=refusal)
    else:
        again = now + timedelta(minutes=RETRIES[min(email.attempts, last)])
        row.update(due_at=again, leased_until=None, attempts=F("attempts") + 1, refusal=refusal)


def drop_about(ref: uuid.UUID, now: datetime) -> None:
    """Drops the waiting emails about the row `ref`."""
    _end(_waiting().filter(ref=ref), dropped_at=now)


def drop_waiting(now: datetime) -> int:
    """Drops all waiting emails of a restored backup, since they may have been sent after the backup was made.

    Complaints stay in the queue: if one is sent twice, the controller recognises it by its number.
    """
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)
    ours = waiting.exclude(kind=QueuedEmail.Kind.COMPLAINT)
    return _end(ours, dropped_at=now)


def erase_about(refs: list[uuid.UUID]) -> None:
    """Deletes the emails about erased rows: their digest would show that those rows existed."""
    QueuedEmail.objects.filter(ref__in=refs).delete()


def _waiting() -> QuerySet[QueuedEmail]:
    """The emails that are not sent, dropped or given up, to be filtered by another column (see NOT_ENDED)."""
    return QueuedEmail.objects.alias(ended_at=Coalesce("sent_at", "dropped_at", "failed_at")).filter(ended_at=None)


def _end(rows: QuerySet[QueuedEmail], **ending: object) -> int:
    return rows.update(mailbox=None, words=None, network="", language="", leased_until=None, **ending)
