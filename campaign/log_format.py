"""What the log says: when, how grave, which route, and of a fault its class and place.

Never a path, a query, a body or an address, and no message that a library wrote: those quote what people
typed ("Key (digest)=(…) already exists"). Our own messages are ours to keep clean.
"""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from django.http import HttpRequest

HOUSE = Path(__file__).resolve().parent.parent
OURS = {"campaign", "pledges", "reports"}

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
        # Emptied of Django's own handlers, one of which would mail whole requests to ADMINS.
        "django": {"handlers": [], "level": "INFO"},
        # What was refused stands in our own line for each answer (campaign.http.middleware); here only faults.
        "django.request": {"level": "ERROR"},
        # These write the path of every request. Without any handler Python would print their warnings itself.
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
    },
}


def route(request: HttpRequest) -> str:
    """The name of the view that a request led to: no part of its path that anybody could fill."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else "nowhere"


class Stderr(logging.StreamHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Python would print the whole record, arguments and all."""
        self.stream.write(f"ERROR {record.name} ({record.module}:{record.lineno}) can't be written\n")


class Line(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        parts = [moment, record.levelname, record.name, _message(record)]
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            parts.append(f"[{route(request)}]")
        if record.exc_info:
            parts.append(", from ".join(_faults(record.exc_info[1])))
        return " ".join(parts).replace("\n", " ")


def _message(record: logging.LogRecord) -> str:
    """Our own words; of others' only the pattern, without what was put into it, or else the place."""
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if hasattr(record, "status_code"):
        return str(record.status_code)
    if record.args and isinstance(record.msg, str):
        return record.msg.replace("%s", "…")
    return f"({record.module}:{record.lineno})"


def _faults(error: BaseException | None) -> Iterator[str]:
    """The error and what it came from, each as its class and the way it took through our code."""
    while error is not None:
        places = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        way = [f"{path.relative_to(HOUSE)}:{line}" for path, line in places if _is_ours(path)]
        way += [f"{path.parent.name}/{path.name}:{line}" for path, line in places[-1:] if not _is_ours(path)]
        yield f"{type(error).__name__} at {' > '.join(way)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(HOUSE) and path.relative_to(HOUSE).parts[0] in OURS
