"""Tells the operator of trouble by an email straight to the mail server, not through the queue, which may be what is
in trouble. At most one in ten minutes for each kind, to OPERATOR_EMAIL; without that setting none.
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
_told: dict[str, float] = {}


def tell(kind: str, subject: str, text: str) -> bool:
    """Sends one email now, unless one of this kind was sent within ten minutes. Returns whether it was sent."""
    if not settings.OPERATOR_EMAIL or not _is_first(kind):
        return False
    site = settings.SITE_ORIGIN.partition("://")[2]
    connection = get_connection(timeout=TIMEOUT)
    email = EmailMessage(f"[{site}] {subject}", text, to=[settings.OPERATOR_EMAIL], connection=connection)
    try:
        email.send()
    except Exception as error:
        log.warning("the operator could not be told of %s (%s)", kind, type(error).__name__)
        return False
    return True


def _is_first(kind: str) -> bool:
    """Whether nobody told of this kind within PAUSE: a file for each kind says when, for all processes of this user.

    Where there is no folder for it, this process remembers by itself.
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
        if now - _told.get(kind, 0) < PAUSE:
            return False
        _told[kind] = now
    return True


class Handler(logging.Handler):
    """Tells of errors in the log: the line that stands there, with type, file, line and route, never what was sent."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(Line())

    def emit(self, record: logging.LogRecord) -> None:
        if settings.OPERATOR_EMAIL:
            text = f"{self.format(record)}\n\nFurther errors within ten minutes stand only in the log."
            # The visitor who waits for a page must not wait for the mail server.
            threading.Thread(target=tell, args=["error", "An error on the site", text], daemon=True).start()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Python would print the whole record."""
