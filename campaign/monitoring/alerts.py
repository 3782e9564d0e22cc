"""Emails the operator (OPERATOR_EMAIL) about problems, directly by SMTP, because the email queue may be the problem.

It sends at most one email in ten minutes for each kind of problem, and none if the setting is empty.
"""

import logging
import os
import re
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from campaign.log_format import Line

log = logging.getLogger(__name__)
PAUSE = 600  # seconds
TIMEOUT = 10
_sent_at: dict[str, float] = {}


def send(kind: str, subject: str, text: str) -> bool:
    """Sends one email now, unless one of this kind was sent within ten minutes. Returns whether it was sent."""
    if not settings.OPERATOR_EMAIL or not _is_first(kind):
        return False
    site = settings.SITE_ORIGIN.partition("://")[2]
    connection = get_connection(timeout=TIMEOUT)
    email = EmailMessage(f"[{site}] {subject}", text, to=[settings.OPERATOR_EMAIL], connection=connection)
    try:
        email.send()
    except Exception as error:
        log.warning("the operator could not be emailed about %s (%s)", kind, type(error).__name__)
        return False
    return True


def _is_first(kind: str) -> bool:
    """Whether no email of this kind was sent within PAUSE.

    A file for each kind holds the time, for all processes of this user. If it can't be written, only this process
    counts.
    """
    now = time.time()
    try:
        folder = Path(tempfile.gettempdir()) / f"care-dont-share-alerts-{os.geteuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise PermissionError
        stamp = folder / re.sub(r"\W", "-", kind)
        if stamp.exists() and 0 <= now - stamp.stat().st_mtime < PAUSE:
            return False
        stamp.touch(mode=0o600)
        os.utime(stamp, (now, now))
    except OSError:
        if now - _sent_at.get(kind, 0) < PAUSE:
            return False
        _sent_at[kind] = now
    return True


class Handler(logging.Handler):
    """Emails each error of the log: the log line with type, file, line and route, never what was sent."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(Line())

    def emit(self, record: logging.LogRecord) -> None:
        if settings.OPERATOR_EMAIL:
            text = f"{self.format(record)}\n\nFurther errors within ten minutes are only in the log."
            # The visitor who waits for a page must not wait for the mail server.
            threading.Thread(target=send, args=["error", "An error on the site", text], daemon=True).start()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Does nothing: Python's own method would print the whole record."""
