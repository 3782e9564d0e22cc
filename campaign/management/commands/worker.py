"""`manage.py worker`: sends emails, publishes the totals, erases what is due. Any number of workers may run."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from campaign.monitoring import clock, heartbeat
from campaign.monitoring.heartbeat import Heartbeat, mail_failed
from campaign.postgresql.connections import drop_closed
from campaign.privacy import retention_job
from campaign.staff import notices
from pledges.abuse import rules
from pledges.emails import sending
from pledges.organisations import upkeep
from pledges.phone_requests import service as phone_requests
from pledges.statistics import daily, totals, weekly
from reports.admin import drafts

log = logging.getLogger(__name__)
Work = Callable[[datetime], float | None]

# A batch is the emails of BATCH_SECONDS at the configured rate, so that the worker stops soon when it is told to.
BATCH_SECONDS, LARGEST_BATCH = 3, 200
# Seconds between two rounds of a duty.
IDLE, MINUTE, HOUR, SERVER_AWAY, AFTER_AN_ERROR = 1, 60, 3600, 30, 5


class Command(BaseCommand):
    help = "Sends emails, publishes the totals once an hour and erases what is due, until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--is-alive", action="store_true", help="say whether a worker has shown within two minutes that it lives"
        )
        parser.add_argument("--once", action="store_true", help="do everything that is due once, then stop")

    def handle(self, *args, once: bool, is_alive: bool, **options) -> None:
        if is_alive:
            raise SystemExit(0 if heartbeat.is_fresh(timezone.now()) else 1)
        self.check(tags=[Tags.database], databases=["default"])
        if once:
            now = timezone.now()
            while sending.send_due(now, LARGEST_BATCH):
                pass
            for work in DUTIES:
                do(work, now)
            return
        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        duties = [Duty(_send_emails, 0), *(Duty(work, every) for work, every in DUTIES.items())]
        pulse = Heartbeat()
        pulse.start()
        self.stdout.write("The worker is ready.")
        while not stopping.is_set():
            wait = min(duty.round(pulse) for duty in duties)
            pulse.begin("waiting", timezone.now())
            stopping.wait(wait)


class Duty:
    """Work that is repeated. The function may return in how many seconds it is to be called again."""

    def __init__(self, work: Work, every: float) -> None:
        self.work, self.every, self.next = work, every, 0.0

    def round(self, pulse: Heartbeat | None = None) -> float:
        """Does the work if it is due; returns the seconds until it is due again."""
        if time.monotonic() >= self.next:
            if pulse:
                pulse.begin(self.work.__name__.strip("_"), timezone.now())
            close_old_connections()
            drop_closed()
            try:
                pause = do(self.work, timezone.now())
            except Exception:  # the log has its class and place; a traceback would have the data
                log.exception("a duty failed and will be tried again:")
                pause = AFTER_AN_ERROR
            self.next = time.monotonic() + (self.every if pause is None else pause)
        return max(0.0, self.next - time.monotonic())


def do(work: Work, now: datetime) -> float | None:
    """Does the work, unless it goes by the calendar and the clock may be wrong."""
    if work in BY_CALENDAR and (jump := clock.jump(now)):
        log.warning("%s waits: the clock jumped from %s to %s", work.__name__.strip("_"), *jump)
        return None
    return work(now)


def _moderation(now: datetime) -> None:
    """Marks signatures by the abuse rules, counts each day, queues notices to staff."""
    rules.mark(now)
    daily.recount(now)
    notices.queue_due(now)


def _yearly_emails(now: datetime) -> None:
    """Queues the yearly emails to organisations."""
    upkeep.remind(now)


def _send_emails(now: datetime) -> float:
    """Sends one batch, spread evenly at the rate of EMAILS_A_MINUTE, which is for each worker."""
    batch = min(max(settings.EMAILS_A_MINUTE * BATCH_SECONDS // 60, 1), LARGEST_BATCH)
    pace = 60 / settings.EMAILS_A_MINUTE
    try:
        sent = sending.send_due(now, batch, pace)
    except sending.MailServerUnavailable as error:
        log.warning("the mail server is away (%s); emails wait", error)
        mail_failed(str(error), now)
        return SERVER_AWAY
    return pace if sent == batch else max(pace, IDLE)


def _publish_drafts(now: datetime) -> None:
    """Publishes scheduled drafts of the report's texts."""
    drafts.publish_due(now)


def _erase_expired(now: datetime) -> None:
    erased = retention_job.erase_expired(now)
    if erased:
        log.info("erased %s", ", ".join(f"{count} {name}" for name, count in erased.items()))


# The duties of the worker besides sending emails, and the seconds between two rounds.
DUTIES: dict[Work, float] = {
    phone_requests.carry_out_due: MINUTE,
    totals.recount: MINUTE,  # which counts once an hour
    _publish_drafts: MINUTE,
    _moderation: MINUTE,
    _yearly_emails: MINUTE,
    weekly.publish: MINUTE,
    _erase_expired: HOUR,
}
# What can't be undone where the clock was wrong (campaign.monitoring.clock).
BY_CALENDAR: set[Work] = {_publish_drafts, _yearly_emails, weekly.publish, _erase_expired}
