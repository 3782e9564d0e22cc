"""From the queue to the mail server: due letters go out over one SMTP session."""

import logging
import smtplib
import time
from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError

from pledges.crypto import encryption
from pledges.emails import compose, queue
from pledges.models import QueuedEmail

log = logging.getLogger(__name__)


class MailServerUnavailable(Exception):
    """The mail server can't be reached, or refuses us altogether: no letter's fault, and none is lost."""


def send_due(now: datetime, most: int = 20) -> int:
    """Sends up to `most` letters that are due and returns how many it dealt with.

    Raises ServerAway where the mail server is; the letters keep their place in the queue.
    """
    claimed = queue.claim(now, most)
    connection = get_connection()
    # Where the mail server is slow the rest is given back in time: another worker would send it too.
    until = time.monotonic() + queue.LEASE.total_seconds() / 2
    done = 0
    try:
        for letter in claimed:
            _send_or_put_back(letter, connection, now)
            done += 1
            if time.monotonic() > until:
                break
    finally:
        queue.release(claimed)
        _close(connection)
    return done


def _send_or_put_back(letter: QueuedEmail, connection, now: datetime) -> None:
    """One letter that can't be written must not hold up those behind it."""
    try:
        _send(letter, connection, now)
    except (MailServerUnavailable, DatabaseError):
        raise
    except Exception as error:
        log.error("a letter could not be written (%s)", type(error).__name__)
        queue.failed(letter, now, type(error).__name__, for_good=False)


def _send(letter: QueuedEmail, connection, now: datetime) -> None:
    try:
        email = compose.compose(letter, now)
    except encryption.DecryptionError:
        queue.failed(letter, now, "no key opens it", for_good=True)
        return
    if email is None:
        queue.drop(letter, now)
    elif not letter.is_counted or queue.may_send(letter, now):
        _open(connection)
        _hand_over(email, letter, connection, now)


def _open(connection) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerUnavailable(_reason(error)) from error


def _hand_over(email: EmailMessage, letter: QueuedEmail, connection, now: datetime) -> None:
    email.connection = connection
    try:
        email.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        # 5.7 is policy (a blocklist, say), not a dead mailbox: that may be mended, so the letter waits.
        queue.failed(letter, now, f"recipient {code}", for_good=code >= 500 and b"5.7." not in words)
    except smtplib.SMTPDataError as error:
        queue.failed(letter, now, f"data {error.smtp_code}", for_good=False)
    except (OSError, smtplib.SMTPException) as error:
        # It may be this letter that made the server hang up: it goes to the back.
        queue.failed(letter, now, type(error).__name__, for_good=False)
        raise MailServerUnavailable(_reason(error)) from error
    else:
        queue.sent(letter, now)


def _reason(error: Exception) -> str:
    """The error's name and SMTP code alone: its text may hold an address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _close(connection) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server hung up before we did")
