"""Sends the emails of the queue: claims due emails in batches and sends them over several SMTP sessions at once.

Only the caller's thread uses the database: it claims a batch, composes it, applies the limits of each mailbox, and
records within 20 ms what was sent, at most ten emails in one statement, so that a killed worker sends few emails twice.
The other threads only speak SMTP.
"""

import logging
import smtplib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from queue import Empty, SimpleQueue

from django.core.mail import EmailMessage, get_connection

from pledges.crypto import encryption
from pledges.emails import compose, mailbox_limits, queue
from pledges.models import QueuedEmail

log = logging.getLogger(__name__)

# At most SESSIONS at once, one for each ten emails of a batch: a distant mail server needs 0.1 s or more for an email.
SESSIONS, EMAILS_A_SESSION, FINISH_EVERY = 8, 10, 10
RECORD_WITHIN = 0.02  # seconds after an email was sent
Composed = tuple[QueuedEmail, EmailMessage]


class MailServerUnavailable(Exception):
    """The mail server can't be reached or refuses the connection; the emails stay in the queue."""


@dataclass
class _Outcome:
    email: QueuedEmail
    refusal: str = ""  # "" if it was accepted
    is_permanent: bool = False
    unavailable: str = ""  # why the mail server is unavailable; without `refusal` the email was not handed over


class _Remaining:
    """Gives the emails of a batch to the sessions, at most one in `pace` seconds; shared by all threads.

    It stops after half the lease if the mail server is slow: when the lease has ended, another worker would send the
    rest as well.
    """

    def __init__(self, emails: list[Composed], pace: float) -> None:
        self._emails, self._pace, self._lock = list(reversed(emails)), pace, threading.Lock()
        self._until = time.monotonic() + queue.LEASE.total_seconds() / 2
        self._next, self._is_first = time.monotonic(), True

    def __iter__(self) -> Iterator[Composed]:
        while email := self._take():
            yield email

    def _take(self) -> Composed | None:
        with self._lock:
            if not self._emails or (time.monotonic() > self._until and not self._is_first):
                return None
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next, self._is_first = max(self._next, time.monotonic() - 1) + self._pace, False
            return self._emails.pop()

    def stop(self) -> list[QueuedEmail]:
        """Stops giving out emails; returns those that no session took."""
        with self._lock:
            left, self._emails = self._emails, []
        return [email for email, _message in left]


def send_due(now: datetime, most: int = 20, pace: float = 0.0) -> int:
    """Sends up to `most` due emails, one in `pace` seconds; returns how many were sent, dropped, deferred or failed.

    Raises MailServerUnavailable; the emails that were not handed over stay in the queue.
    """
    claimed = queue.claim(now, most)
    if not claimed:
        return 0
    left: list[QueuedEmail] = []
    try:
        ready = _ready(claimed, now)
        remaining = _Remaining(ready, pace)
        unavailable = _send(remaining, ceil(len(ready) / EMAILS_A_SESSION), now)
        left = remaining.stop()
    finally:
        queue.release(claimed)
    if unavailable:
        raise MailServerUnavailable(unavailable)
    return len(claimed) - len(left)


def _ready(claimed: list[QueuedEmail], now: datetime) -> list[Composed]:
    """Composes the claimed emails; returns those to send now. One that can't be composed does not stop the others."""
    composed: list[Composed] = []
    dropped = []
    for email, message in compose.compose_all(claimed, now):
        if isinstance(message, encryption.DecryptionError):
            queue.mark_failed(email, now, "no key decrypts it", is_permanent=True)
        elif isinstance(message, Exception):
            log.error("an email could not be composed (%s)", type(message).__name__)
            queue.mark_failed(email, now, type(message).__name__, is_permanent=False)
        elif message is None:
            dropped.append(email)
        else:
            composed.append((email, message))
    if dropped:
        queue.drop(dropped, now)
    allowed = mailbox_limits.reserve([email for email, _message in composed], now)
    return [(email, message) for email, message in composed if email.pk in allowed]


def _send(remaining: _Remaining, sessions: int, now: datetime) -> str:
    """Sends the emails and records the outcomes; returns why the mail server is unavailable, or ""."""
    if not sessions:
        return ""
    sessions = min(sessions, SESSIONS)
    outcomes: SimpleQueue[_Outcome | None] = SimpleQueue()  # None: a session has ended
    done: list[_Outcome] = []
    unavailable, record_at = "", 0.0
    with ThreadPoolExecutor(sessions) as pool:
        try:
            for _ in range(sessions):
                pool.submit(_session, remaining, outcomes)
            while sessions:
                try:
                    outcome = outcomes.get(timeout=max(0.0, record_at - time.monotonic()) if done else None)
                except Empty:
                    done = _finish(done, now)
                    continue
                if outcome is None:
                    sessions -= 1
                    continue
                if not done:
                    record_at = time.monotonic() + RECORD_WITHIN
                done.append(outcome)
                if outcome.unavailable:
                    unavailable = outcome.unavailable
                    remaining.stop()
                if len(done) >= FINISH_EVERY:
                    done = _finish(done, now)
        finally:
            if sessions:  # an error of the database: no more is sent
                remaining.stop()
    _finish(done, now)
    return unavailable


def _finish(outcomes: list[_Outcome], now: datetime) -> list[_Outcome]:
    """Records the outcomes in the queue; returns [] so that the caller can begin a new list."""
    accepted = [one.email for one in outcomes if not one.refusal and not one.unavailable]
    if accepted:
        queue.mark_sent(accepted, now)
    for one in outcomes:
        if one.refusal:
            queue.mark_failed(one.email, now, one.refusal, one.is_permanent)
    return []


def _session(remaining: _Remaining, outcomes: "SimpleQueue[_Outcome | None]") -> None:
    """Sends emails over one SMTP session until there are none left or the mail server is unavailable."""
    connection = get_connection()
    try:
        for email, message in remaining:
            outcome = _hand_over(email, message, connection)
            outcomes.put(outcome)
            if outcome.unavailable:
                break
    finally:
        _close(connection)
        outcomes.put(None)


def _hand_over(email: QueuedEmail, message: EmailMessage, connection) -> _Outcome:
    """Gives one email to the backend.

    Any other exception than those of SMTP (a backend for an HTTP provider has its own) is treated as an outage, which
    stops the batch: otherwise an outage would use up the tries of every email.
    """
    try:
        connection.open()
    except Exception as error:
        return _Outcome(email, unavailable=_reason(error))
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        # 5.7 is policy (a blocklist, for example), not a missing mailbox: it may be lifted, so the email is
        # retried.
        return _Outcome(email, f"recipient {code}", is_permanent=code >= 500 and b"5.7." not in words)
    except smtplib.SMTPDataError as error:
        return _Outcome(email, f"data {error.smtp_code}")
    except ValueError as error:  # a header, address or encoding of this email
        log.error("an email could not be written (%s)", type(error).__name__)
        return _Outcome(email, type(error).__name__)
    except Exception as error:
        # This email may be why the server closed the connection: it is retried after the others.
        return _Outcome(email, type(error).__name__, unavailable=_reason(error))
    return _Outcome(email)


def _reason(error: Exception) -> str:
    """The error's class and SMTP code only, because its text may contain an address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _close(connection) -> None:
    try:
        connection.close()
    except Exception:
        log.info("the mail server closed the connection first")
