"""`manage.py demo` (`make run`): runs the whole site on this machine, from an empty folder. Ctrl-C stops it."""

import hashlib
import http.client
import io
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from campaign import translations
from campaign.demo import keys
from campaign.demo.supervisor import Supervisor
from campaign.monitoring import clock
from campaign.staff.models import StaffUser

HOST = "127.0.0.1"
STAFF_EMAIL = "staff@example.org"
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:campaign.gunicorn_config", "--log-level", "warning"]
INITIAL = [f"{app}/**/migrations/0001_initial.py" for app in ("campaign", "pledges", "reports")]
WORKER = [sys.executable, "manage.py", "worker"]
# As on a server, web and worker connect as a role that may only read and write rows.
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1", "POSTGRES_ROLE": settings.DATABASE_ROLE}
HERE = {"cwd": settings.BASE_DIR, "env": ENVIRONMENT}


class Command(BaseCommand):
    help = "Prepares the database and runs web and worker beside it, for one person on this machine."
    requires_system_checks = ()  # web and worker make them; here they would only cost time

    def handle(self, *args, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo runs with DEBUG on: use `make run`.")
        refuse_real_services()
        stop_on_signals()
        port = own_port()
        supervisor = Supervisor(self.say)
        try:
            with listen(port) as listening:
                self.prepare()
                web = [*GUNICORN, "--bind", f"fd://{listening.fileno()}"]
                supervisor.start("web", web, pass_fds=[listening.fileno()], **HERE)
            supervisor.start("worker", WORKER, **HERE)
            if is_served(port):
                self.welcome()
            raise CommandError(f"{supervisor.wait()}; so the rest was stopped too.")
        except KeyboardInterrupt:
            self.say("Stopping")
        finally:
            ignore_signals()
            supervisor.stop()
        self.say("Stopped. `make run` starts it again with what is in var/.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self) -> None:
        self.step("translations", translations.compile_all)
        self.step("database", start_database)
        refuse_older_tables()
        self.step("tables", lambda: call_command("migrate", verbosity=0, interactive=False))
        self.step("report", lambda: call_command("load_report", stdout=io.StringIO()))
        self.step("samples", lambda: call_command("load_samples", stdout=io.StringIO()))
        self.step("staff login", make_staff_login)
        clock.trust(timezone.now())  # a demo may have been off for weeks
        connection.close()

    def step(self, name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        work()
        self.say(f"  {name:<14} ready ({time.monotonic() - started:.1f} s)")

    def welcome(self) -> None:
        self.say(f"\n  The site       {settings.SITE_ORIGIN}/")
        self.say(f"  Its emails     {settings.SITE_ORIGIN}{reverse('demo_inbox')}")
        self.say(f"  Its staff      {settings.SITE_ORIGIN}/admin/")
        self.say(f"                 {STAFF_EMAIL}   {staff_password()}")
        self.say("\nCtrl-C stops it.")


def refuse_real_services() -> None:
    """Raises CommandError if a real database or mail server is configured.

    The demo fills its database with samples and makes a login whose password it prints.
    """
    real = []
    if settings.DATABASES["default"]["ENGINE"] != "campaign.embedded_postgres":
        real.append("DATABASE_URL")
    if settings.EMAIL_BACKEND != "django.core.mail.backends.filebased.EmailBackend":
        real.append("EMAIL_URL")
    if real:
        raise CommandError(
            f"{' and '.join(real)} in the environment: the demo uses only a database and an inbox of its own. "
            "Nothing was changed. Use `make run`, or unset it."
        )


def stop_on_signals() -> None:
    """Makes SIGTERM and SIGHUP stop the demo as Ctrl-C does; an ignored SIGHUP (nohup) stays ignored."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name != signal.SIGHUP or signal.getsignal(name) != signal.SIG_IGN:
            signal.signal(name, stop)


def stop(*_signal: object) -> NoReturn:
    """Stops the demo and ignores later signals: make passes SIGTERM on to a process that has had it already."""
    ignore_signals()
    raise KeyboardInterrupt


def ignore_signals() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: None)  # with SIG_IGN Python would report a signal that has just arrived


def start_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(str(error)) from error


def refuse_older_tables() -> None:
    """Raises CommandError for a database in var/ that was made by other initial migrations than those on disk.

    They were rewritten before the first release, and `migrate` would regard the new ones as applied.
    """
    files = [path for app in INITIAL for path in sorted(settings.BASE_DIR.glob(app))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    mark = keys.FOLDER / "initial_migrations"
    if not MigrationRecorder(connection).applied_migrations():
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(digest)
    elif not mark.exists() or mark.read_text() != digest:
        raise CommandError(
            "var/ was made by an older version of this site: delete it (rm -rf var), then `make run` again."
        )


def own_port() -> int:
    try:
        return urlsplit(settings.SITE_ORIGIN).port or 80
    except ValueError as error:
        raise CommandError(f"{settings.SITE_ORIGIN} has no port to serve on: {error}.") from error


def listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise CommandError(f"Can't use port {port} ({error}): try `make run PORT=8001`.") from error


def is_served(port: int) -> bool:
    """Waits for the first page; returns False if the web server ended instead."""
    asking = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        asking.request("GET", "/readyz")
        answer = asking.getresponse()
    except OSError:
        return False
    finally:
        asking.close()
    if answer.status != 200:
        raise CommandError(f"The site is not ready: {answer.status} {answer.reason}.")
    return True


def staff_password() -> str:
    return keys.stored("staff_password", lambda: secrets.token_urlsafe(9))


def make_staff_login() -> None:
    staff, is_new = StaffUser.objects.get_or_create(email=STAFF_EMAIL, defaults={"is_superuser": True})
    if is_new or not staff.check_password(staff_password()):
        staff.set_password(staff_password())
        staff.save(update_fields=["password"])
