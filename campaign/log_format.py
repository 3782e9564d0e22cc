"""The format of the log: time, level, route, and for an exception its class and the lines of our code.

It never contains a path, a query, a body or an address. Messages of libraries are left out, because they quote what
people typed ("Key (digest)=(…) already exists"). Our own messages are logged in full, so they must contain nothing
personal.
"""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from django.http import HttpRequest

ROOT = Path(__file__).resolve().parent.parent
OUR_APPS = {"campaign", "pledges", "reports"}

CONFIG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "campaign.log_format.Line"}},
    "handlers": {
        "stderr": {"class": "campaign.log_format.Stderr", "formatter": "line"},
        "operator": {"class": "campaign.monitoring.alerts.Handler"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr", "operator"], "level": "INFO"},
    "loggers": {
        # Without Django's own handlers, one of which would email whole requests to ADMINS.
        "django": {"handlers": [], "level": "INFO"},
        # Refused requests have a line of campaign.http.middleware; only errors are logged here.
        "django.request": {"level": "ERROR"},
        # These write the path of every request. Without any handler Python would print their warnings itself.
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
    },
}


def route(request: HttpRequest) -> str:
    """Returns the name of the view that a request led to. It contains nothing of the path, which the client chose."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else "nowhere"


class Stderr(logging.StreamHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Reports that a record could not be logged. Python's own method would print the whole record with its
        arguments.
        """
        self.stream.write(f"ERROR {record.name} ({record.module}:{record.lineno}) can't be written\n")


class Line(logging.Formatter):
    """Formats each record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        parts = [moment, record.levelname, record.name, _message(record)]
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            parts.append(f"[{route(request)}]")
        if record.exc_info:
            parts.append(", from ".join(_errors(record.exc_info[1])))
        return " ".join(parts).replace("\n", " ")


def _message(record: logging.LogRecord) -> str:
    """Returns our own messages in full; of other loggers only the pattern without its values, or else the file and
    line.
    """
    if record.name.split(".")[0] in OUR_APPS:
        return record.getMessage()
    if hasattr(record, "status_code"):
        return str(record.status_code)
    if record.args and isinstance(record.msg, str):
        return record.msg.replace("%s", "…")
    return f"({record.module}:{record.lineno})"


def _errors(error: BaseException | None) -> Iterator[str]:
    """Yields the error and its causes, each as its class and its path through our code."""
    while error is not None:
        places = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        way = [f"{path.relative_to(ROOT)}:{line}" for path, line in places if _is_ours(path)]
        way += [f"{path.parent.name}/{path.name}:{line}" for path, line in places[-1:] if not _is_ours(path)]
        yield f"{type(error).__name__} at {' > '.join(way)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in OUR_APPS
