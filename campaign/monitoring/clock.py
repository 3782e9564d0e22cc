"""Tells whether this machine's clock may be wrong: it jumped by more than a day between two heartbeats of the worker.

With a clock that is a year ahead everything would be due: signatures and backups would be erased, yearly emails sent.
So everything that depends on the date and can't be undone waits after a jump, until the clock has run for a day without
another one. A site that was switched off for days makes the same jump: it waits for that day too, or until a person
says that the clock is right (`manage.py erase_expired --clock-is-right`).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from campaign.models import WorkerStatus

JUMP = WAIT = timedelta(days=1)


class Jump(NamedTuple):
    """The clock at the heartbeat before the jump, and after it."""

    before: datetime
    after: datetime


def jump(now: datetime) -> Jump | None:
    """Returns the jump after which the clock is not trusted yet; None if it is trusted."""
    worker = WorkerStatus.objects.filter(pk=1).first()
    if worker and abs(now - worker.beat_at) > JUMP:  # the worker has not beaten since
        return Jump(worker.beat_at, now)
    return recorded(worker, now)


def recorded(worker: WorkerStatus | None, now: datetime) -> Jump | None:
    """Returns the jump of the last day that the heartbeat has found."""
    if worker and worker.clock_before and worker.clock_jumped_at and now - worker.clock_jumped_at < WAIT:
        return Jump(worker.clock_before, worker.clock_jumped_at)
    return None


def trust(now: datetime) -> None:
    """Stores that the clock is right."""
    WorkerStatus.objects.filter(pk=1).update(beat_at=now, clock_before=None, clock_jumped_at=None)
