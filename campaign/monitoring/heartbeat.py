"""The heartbeat of the worker: a thread that updates a row every 20 seconds (campaign.models.WorkerStatus)."""

import logging
import threading
from datetime import datetime

from django.db import Error, connection
from django.utils import timezone

from campaign.models import WorkerStatus
from campaign.monitoring import clock
from campaign.monitoring.status import WORKER_SILENT

log = logging.getLogger(__name__)
EVERY = 20  # seconds


class Heartbeat(threading.Thread):
    """Updates the row until the process ends or is frozen.

    A duty that hangs does not stop it. The row also has the name of the running duty and when it began.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self.duty, self.since = "starting", timezone.now()
        self.stopping = threading.Event()

    def begin(self, duty: str, now: datetime) -> None:
        """Sets the duty that the row shows; the worker calls this when it begins one."""
        self.duty, self.since = duty, now

    def run(self) -> None:
        while True:
            try:
                beat(self.duty, self.since, timezone.now())
            except Error as error:
                log.warning("no heartbeat could be written (%s)", type(error).__name__)
            finally:
                connection.close()
            if self.stopping.wait(EVERY):
                return


def beat(duty: str, since: datetime, now: datetime) -> None:
    values = {"beat_at": now, "duty": duty, "duty_since": since}
    before = WorkerStatus.objects.filter(pk=1).first()
    if before and abs(now - before.beat_at) > clock.JUMP:
        values |= {"clock_before": before.beat_at, "clock_jumped_at": now}
    WorkerStatus.objects.update_or_create(pk=1, defaults=values)


def is_fresh(now: datetime) -> bool:
    """Whether a worker has updated the row within two minutes. (A time in the future is of a clock that was wrong.)"""
    near = (now - WORKER_SILENT, now + WORKER_SILENT)
    return WorkerStatus.objects.filter(pk=1, beat_at__range=near).exists()


def mail_failed(reason: str, now: datetime) -> None:
    """Stores that the mail server could not be reached or refused all emails. `reason` must not contain text of the
    server.
    """
    WorkerStatus.objects.filter(pk=1).update(mail_failed_at=now, mail_failure=reason[:80])
