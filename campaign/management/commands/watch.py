"""`manage.py watch`: checks the site, its worker, emails, backups, disk and certificate, and emails the operator about
problems. A systemd timer runs it every minute, independent of web and worker.
"""

import http.client
import socket
import ssl
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils import timezone

from campaign.models import CertificateCheck
from campaign.monitoring import alerts, status
from campaign.monitoring.status import Problem
from campaign.postgresql.outage import outage

PATIENCE = 5  # seconds
CERTIFICATE_EVERY = timedelta(hours=6)


class Command(BaseCommand):
    help = (
        "Checks everything once, and sends an email to OPERATOR_EMAIL for each kind of problem, at most "
        "one in ten minutes. Its exit code is 1 where there is a problem."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="keep running, and check again and again")
        parser.add_argument("--digest", action="store_true", help="send all figures by email, whatever they are")

    def handle(self, *args, every: int | None, digest: bool, **options) -> None:
        outage.watch()  # a frozen database must not freeze this
        while True:
            figures, problems = check()
            for problem in problems:
                self.stderr.write(f"{problem.kind}: {problem.what} {problem.advice}")
                alerts.send(problem.kind, problem.what, f"{problem.what}\n\n{problem.advice}\n")
            if digest:
                lines = [f"{name}: {value}" for name, value in figures.items()]
                found = [f"{problem.what} {problem.advice}" for problem in problems] or ["Everything is well."]
                alerts.send("digest", "Daily digest", "\n".join([*found, "", *lines]))
            if not every:
                raise SystemExit(1 if problems else 0)
            connection.close()
            time.sleep(every)


def check() -> tuple[dict[str, object], list[Problem]]:
    """Returns all figures and all problems."""
    now = timezone.now()
    problems = _of_web()
    try:
        _check_certificate(now)
        state = status.measure(now)
        return state.figures(), [*problems, *state.problems()]
    except Error:
        advice = "On the server: systemctl status postgresql, journalctl -u postgresql, df -h."
        away = Problem("database_away", "The database does not answer.", advice)
        state = status.State(now, worker_beat_at=now, backup_made_at=now, **status.machine())
        return {}, [*problems, away, *state.problems()]


def _of_web() -> list[Problem]:
    """Returns a problem if the web server of this machine does not answer."""
    web = http.client.HTTPConnection("127.0.0.1", int(settings.PORT), timeout=PATIENCE)
    try:
        web.request("GET", "/healthz", headers={"Host": urlsplit(settings.SITE_ORIGIN).netloc})
        if web.getresponse().status == 200:
            return []
        what = "The web server answers with an error."
    except (OSError, http.client.HTTPException):
        what = "The web server does not answer."
    finally:
        web.close()
    return [Problem("web_away", what, "On the server: systemctl restart care-dont-share-web.")]


def _check_certificate(now: datetime) -> None:
    """Stores until when the certificate of SITE_ORIGIN is valid, four times a day."""
    if CertificateCheck.objects.filter(checked_at__range=(now - CERTIFICATE_EVERY, now)).exists():
        return
    if until := certificate_until(settings.SITE_ORIGIN):
        CertificateCheck.objects.update_or_create(pk=1, defaults={"valid_until": until, "checked_at": now})


def certificate_until(origin: str) -> datetime | None:
    """Returns when the certificate of this origin ends; None if there is no connection."""
    parts = urlsplit(origin)
    if parts.scheme != "https" or not parts.hostname:
        return None
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            ends = secure.getpeercert()["notAfter"]  # type: ignore[index]
    except ssl.SSLCertVerificationError:
        return datetime.fromtimestamp(0, tz=UTC)  # it has expired, or is not for this host
    except OSError:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), tz=UTC)
