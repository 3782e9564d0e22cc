"""The state of the site in figures (worker, emails, backups, disk, certificate), and its problems with advice.

The overview of staff, `/readyz.json` and `manage.py watch` use it. No figure is about a person, and none is secret.
"""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.models import Max, Min
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from campaign.css_bundle import BUNDLE
from campaign.models import Backup, CertificateCheck, WorkerStatus
from campaign.monitoring import clock
from pledges.models import QueuedEmail, Totals
from pledges.models.emails import ENDED_AT
from pledges.models.statistics import rounded

WORKER_SILENT = timedelta(minutes=2)
DUTY_LONG = timedelta(minutes=30)
EMAIL_OLD = timedelta(minutes=15)
# Waiting emails that the mail server refused are a problem from this number on, if they are also more than this share
# of the emails that it accepted within an hour.
REFUSED_MANY, REFUSED_SHARE = 20, 0.05
TOTALS_OLD = timedelta(hours=2)
BACKUP_OLD = timedelta(hours=36)
DISK_FULL = 90  # percent
CLOCK_OFF = timedelta(seconds=30)
CERTIFICATE_ENDS = timedelta(days=14)


class Problem(NamedTuple):
    """Something that is wrong. `kind` is its name for programs."""

    kind: str
    what: str
    advice: str


@dataclass(frozen=True)
class State:
    """The figures; None if one is not known."""

    now: datetime
    worker_beat_at: datetime | None = None
    duty: str = ""
    duty_since: datetime | None = None
    oldest_email_due_at: datetime | None = None
    mail_failed_at: datetime | None = None
    mail_failure: str = ""
    emails_refused: int = 0
    totals_counted_at: datetime | None = None
    backup_made_at: datetime | None = None
    certificate_until: datetime | None = None
    clock_off: timedelta = timedelta()
    clock_jump: clock.Jump | None = None
    disk_percent: int = 0
    is_temp_writable: bool = True
    is_static_ready: bool = True

    def figures(self) -> dict[str, object]:
        """Returns the figures for programs: ages in seconds, rounded so that they show no act of a single person."""

        def age(moment: datetime | None, step: int = 10) -> int | None:
            return None if moment is None else int((self.now - moment).total_seconds()) // step * step

        left = self.certificate_until and (self.certificate_until - self.now).days
        return {
            "worker_seconds": age(self.worker_beat_at),
            "worker_duty": self.duty,
            "worker_duty_seconds": age(self.duty_since),
            "oldest_due_email_seconds": age(self.oldest_email_due_at, step=300) or 0,
            "mail_server_failed_seconds": age(self.mail_failed_at),
            "mail_server_failure": self.mail_failure,
            "emails_refused": self.emails_refused,
            "totals_seconds": age(self.totals_counted_at),
            "backup_seconds": age(self.backup_made_at),
            "certificate_days": left,
            "clock_seconds": round(self.clock_off.total_seconds()),
            "clock_jump_days": (self.clock_jump.after - self.clock_jump.before).days if self.clock_jump else 0,
            "disk_percent": self.disk_percent,
            "temp_folder_writable": self.is_temp_writable,
            "static_files_ready": self.is_static_ready,
        }

    def problems(self) -> list[Problem]:
        parts = (
            self._of_worker,
            self._of_email,
            self._of_backup,
            self._of_clock,
            self._of_machine,
            self._of_certificate,
        )
        return [problem for part in parts for problem in part()]

    def _of_worker(self) -> list[Problem]:
        restart = _(
            "On the server: systemctl restart care-dont-share-worker (in containers: docker compose restart worker)."
        )
        found = []
        if self.worker_beat_at is None:
            found.append(Problem("worker_silent", _("The worker has never run."), restart))
        elif abs(self.now - self.worker_beat_at) > WORKER_SILENT:
            what = _("The worker has been silent for %(age)s: no email goes out and nothing is counted.")
            found.append(Problem("worker_silent", what % self._age(self.worker_beat_at), restart))
        elif self.duty_since and self.now - self.duty_since > DUTY_LONG:
            what = _("The worker has been busy with %(duty)s for %(age)s.")
            what %= {"duty": self.duty, **self._age(self.duty_since)}
            found.append(Problem("worker_busy", what, restart))
        if self.totals_counted_at and self.now - self.totals_counted_at > TOTALS_OLD:
            what = _("The totals are %(age)s old.") % self._age(self.totals_counted_at)
            advice = _("The worker counts them every hour; see that it runs.")
            found.append(Problem("totals_old", what, advice))
        return found

    def _of_email(self) -> list[Problem]:
        found = []
        if self.oldest_email_due_at and self.now - self.oldest_email_due_at > EMAIL_OLD:
            what = _("Emails have waited for %(age)s.") % self._age(self.oldest_email_due_at)
            advice = _("See that the worker runs and the mail server takes email.")
            found.append(Problem("queue_old", what, advice))
        if self.mail_failed_at:
            what = _(
                "The mail server refused or could not be reached %(age)s ago, and has taken nothing since: %(reason)s."
            )
            what %= {"reason": self.mail_failure, **self._age(self.mail_failed_at)}
            advice = _(
                "Emails wait and go out by themselves later. If it stays so, see EMAIL_URL and ask the mail provider."
            )
            found.append(Problem("mail_server_away", what, advice))
        if self.emails_refused:
            what = _("The mail server refuses many emails: %(number)d wait to be tried again.")
            advice = _(
                "The overview of the staff area shows its answers. “data 4…”: set EMAILS_A_MINUTE to what the mail "
                "provider accepts (docs/launch-day.md). “data 5…” or “recipient 5…”: call the mail provider."
            )
            found.append(Problem("emails_refused", what % {"number": self.emails_refused}, advice))
        return found

    def _of_backup(self) -> list[Problem]:
        if settings.DEBUG:  # the demo needs none
            return []
        advice = _("On the server: systemctl start care-dont-share-backup, and journalctl -u care-dont-share-backup.")
        if self.backup_made_at is None:
            return [Problem("backup_old", _("No backup has been made."), advice)]
        if self.now - self.backup_made_at > BACKUP_OLD:
            what = _("The last backup is %(age)s old.") % self._age(self.backup_made_at)
            return [Problem("backup_old", what, advice)]
        return []

    def _of_clock(self) -> list[Problem]:
        found = []
        if abs(self.clock_off) > CLOCK_OFF:
            what = _("The clocks of this machine and of the database differ by more than 30 seconds.")
            found.append(Problem("clock_off", what, _("On both machines: timedatectl set-ntp true.")))
        if self.clock_jump:
            what = _(
                "The clock went from %(before)s to %(after)s at once (UTC). For one day nothing is erased, no backup "
                "is deleted, and nothing that waits for its day is sent or published."
            )
            before, after = (f"{moment.astimezone(UTC):%-d %B %Y %H:%M}" for moment in self.clock_jump)
            advice = _(
                "On the server: date. If it is wrong: timedatectl set-ntp true. If it is right, because the site was "
                "off for so long: deploy/manage erase_expired --clock-is-right, or wait."
            )
            found.append(Problem("clock_jumped", what % {"before": before, "after": after}, advice))
        return found

    def _of_machine(self) -> list[Problem]:
        found = []
        if self.disk_percent >= DISK_FULL:
            what = _("A disk is %(percent)s %% full.") % {"percent": self.disk_percent}
            advice = _("On the server: df -h, then delete or move what is not needed.")
            found.append(Problem("disk_full", what, advice))
        if not self.is_temp_writable:
            what = _("The folder for temporary files can’t be written.")
            advice = _("On the server: see that /tmp exists, is writable and not full.")
            found.append(Problem("temp_folder", what, advice))
        if not self.is_static_ready:
            what = _("The collected static files are missing: pages can’t be shown.")
            advice = _("On the server: deploy/manage collectstatic --no-input.")
            found.append(Problem("static_missing", what, advice))
        return found

    def _of_certificate(self) -> list[Problem]:
        if self.certificate_until is None or self.certificate_until - self.now >= CERTIFICATE_ENDS:
            return []
        what = _("The certificate is not valid, or not for this site.")
        if self.certificate_until >= self.now:
            what = _("The certificate ends on %(day)s.") % {"day": f"{self.certificate_until:%-d %B %Y}"}
        advice = _("On the server: certbot renew, then systemctl reload nginx.")
        return [Problem("certificate_ends", what, advice)]

    def _age(self, moment: datetime) -> dict[str, str]:
        return {"age": timesince(min(moment, self.now), max(moment, self.now))}


def measure(now: datetime) -> State:
    """Returns the current figures. Raises a database error if the database does not answer."""
    worker = WorkerStatus.objects.filter(pk=1).first()
    due = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None, due_at__lte=now)
    mail_failed_at = worker.mail_failed_at if worker else None
    if mail_failed_at and _was_sent_after(mail_failed_at):
        mail_failed_at = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clock_off = datetime.now(tz=now.tzinfo) - cursor.fetchone()[0]
    return State(
        now,
        worker_beat_at=worker.beat_at if worker else None,
        duty=worker.duty if worker else "",
        duty_since=worker.duty_since if worker else None,
        oldest_email_due_at=due.aggregate(at=Min("due_at"))["at"],
        mail_failed_at=mail_failed_at,
        mail_failure=worker.mail_failure if worker and mail_failed_at else "",
        emails_refused=_emails_refused(now),
        totals_counted_at=Totals.objects.filter(closed_at=None).aggregate(at=Max("counted_at"))["at"],
        backup_made_at=Backup.objects.filter(made_at__lte=now + CLOCK_OFF).aggregate(at=Max("made_at"))["at"],
        certificate_until=CertificateCheck.objects.aggregate(until=Max("valid_until"))["until"],
        clock_off=clock_off,
        clock_jump=clock.recorded(worker, now),
        **machine(),
    )


def _emails_refused(now: datetime) -> int:
    """Returns how many emails wait because the mail server refused them; 0 if they are few.

    Leaves out temporary refusals of one recipient, such as a full mailbox.
    """
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)
    refused = waiting.exclude(refusal="").exclude(refusal__startswith="recipient 4").count()
    if refused < REFUSED_MANY:
        return 0
    hour = now - timedelta(hours=1)
    accepted = QueuedEmail.objects.alias(ended_at=ENDED_AT).filter(ended_at__gt=hour, sent_at__gt=hour).count()
    return rounded(refused) if refused > accepted * REFUSED_SHARE else 0


def _was_sent_after(moment: datetime) -> bool:
    """Whether an email was sent after this moment. The first condition is for the index of emails that ended."""
    return QueuedEmail.objects.alias(ended_at=ENDED_AT).filter(ended_at__gt=moment, sent_at__gt=moment).exists()


def machine() -> dict[str, Any]:
    """Returns the figures of this machine, without using the database."""
    temp = temp_folder()
    folders = {settings.BASE_DIR, settings.BACKUP_FOLDER, *([temp] if temp else [])}
    return {
        "disk_percent": max(map(_percent, folders)),
        "is_temp_writable": temp is not None,
        "is_static_ready": are_static_files_ready(),
    }


def temp_folder() -> Path | None:
    """Returns the folder for temporary files after trying to write to it; None if that fails."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
            file.flush()
        return Path(tempfile.gettempdir())
    except OSError:
        return None


def are_static_files_ready() -> bool:
    """Whether `collectstatic` has written the manifest in which pages look up the names of style sheets."""
    try:
        staticfiles_storage.url(BUNDLE)
    except ValueError:
        return False
    return True


def _percent(folder: Path) -> int:
    """Returns how full the disk of this folder is, in percent; 0 if that is not known."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return 0
    return round(100 * usage.used / (usage.used + usage.free))
