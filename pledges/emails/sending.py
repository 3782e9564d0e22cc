"""From the queue to the mail server: claims due emails in batches and sends them over several SMTP sessions at once.

One thread, the caller's, talks to the database: it claims a batch, composes it, takes the mailboxes' places and
finishes every ten emails, so that a worker that is killed sends at most ten twice. The other threads only talk SMTP.
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
from queue import SimpleQueue

from django.core.mail import EmailMessage, get_connection

from pledges.crypto import encryption
from pledges.emails import compose, places, queue
from pledges.models import QueuedEmail

log = logging.getLogger(__name__)

# So many sessions at most, one for each ten emails of a batch: a mail server far away takes 0.1 s and more an email.
SESSIONS, EMAILS_A_SESSION, FINISH_EVERY = 8, 10, 10
Composed = tuple[QueuedEmail, EmailMessage]


class MailServerUnavailable(Exception):
    """The mail server can't be reached, or refuses us altogether: no email's fault, and none is lost."""


@dataclass
class _Outcome:
    email: QueuedEmail
    refusal: str = ""  # "" where it was accepted
    for_good: bool = False
    unavailable: str = ""  # why the mail server is; without a refusal, the email was not handed over


class _Remaining:
    """The emails of a batch that no session has taken yet, at most one in each `pace` seconds; for all threads.

    It ends early where the mail server is slow, while the lease still holds: another worker would send them too.
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
        """Gives out no more; returns what nobody took."""
        with self._lock:
            left, self._emails = self._emails, []
        return [email for email, _message in left]


def send_due(now: datetime, most: int = 20, pace: float = 0.0) -> int:
    """Sends up to `most` emails that are due, one in each `pace` seconds; returns how many it dealt with.

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
    """The claimed emails that are to be sent now, composed. One that can't be composed does not hold up the others."""
    composed: list[Composed] = []
    dropped = []
    for email, message in compose.compose_all(claimed, now):
        if isinstance(message, encryption.DecryptionError):
            queue.failed(email, now, "no key opens it", for_good=True)
        elif isinstance(message, Exception):
            log.error("an email could not be composed (%s)", type(message).__name__)
            queue.failed(email, now, type(message).__name__, for_good=False)
        elif message is None:
            dropped.append(email)
        else:
            composed.append((email, message))
    if dropped:
        queue.drop(dropped, now)
    allowed = places.take([email for email, _message in composed], now)
    return [(email, message) for email, message in composed if email.pk in allowed]


def _send(remaining: _Remaining, sessions: int, now: datetime) -> str:
    """Hands the emails over and finishes them; returns why the mail server is unavailable, or ""."""
    if not sessions:
        return ""
    sessions = min(sessions, SESSIONS)
    outcomes: SimpleQueue[_Outcome | None] = SimpleQueue()  # None: a session has ended
    done: list[_Outcome] = []
    unavailable = ""
    with ThreadPoolExecutor(sessions) as pool:
        try:
            for _ in range(sessions):
                pool.submit(_session, remaining, outcomes)
            while sessions:
                outcome = outcomes.get()
                if outcome is None:
                    sessions -= 1
                    continue
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
    """Writes what became of these emails; returns the empty list."""
    accepted = [one.email for one in outcomes if not one.refusal and not one.unavailable]
    if accepted:
        queue.sent(accepted, now)
    for one in outcomes:
        if one.refusal:
            queue.failed(one.email, now, one.refusal, one.for_good)
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
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return _Outcome(email, unavailable=_reason(error))
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        # 5.7 is policy (a blocklist, say), not a dead mailbox: that may be mended, so the email waits.
        return _Outcome(email, f"recipient {code}", for_good=code >= 500 and b"5.7." not in words)
    except smtplib.SMTPDataError as error:
        return _Outcome(email, f"data {error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        # It may be this email that made the server hang up: it is tried again after the others.
        return _Outcome(email, type(error).__name__, unavailable=_reason(error))
    except Exception as error:
        log.error("an email could not be written (%s)", type(error).__name__)
        return _Outcome(email, type(error).__name__)
    return _Outcome(email)


def _reason(error: Exception) -> str:
    """The error's name and SMTP code alone: its text may hold an address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _close(connection) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server hung up before we did")
