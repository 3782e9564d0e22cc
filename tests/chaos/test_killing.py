"""People sign and confirm while web workers, the email worker and PostgreSQL's processes are killed (SIGKILL).

Short in `make test`; `make chaos` makes it 20 crashes under 10,000 requests (CHAOS_PEOPLE, CHAOS_CRASHES).
"""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from campaign.embedded_postgres import server
from tests.chaos.serving import Gunicorn, production, report
from tests.chaos.test_emails import free_port
from tests.chaos.test_outages import FORM, database, form  # noqa: F401 - a fixture
from tests.chaos.test_page_cache import environment  # noqa: F401 - a fixture

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]
PEOPLE = int(os.environ.get("CHAOS_PEOPLE", "40"))
CRASHES = int(os.environ.get("CHAOS_CRASHES", "4"))
REQUESTS_A_SECOND = 50
LINK = re.compile(rb"/pledge/confirm/([\w-]+)/")


class MailServer:
    """Takes every email, and tells how often each address got one and the link in it."""

    def __init__(self):
        self.emails, self.links = Counter(), {}

    async def handle_DATA(self, smtp, session, envelope):  # noqa: N802
        [address] = envelope.rcpt_tos
        self.emails[address] += 1
        link = LINK.search(envelope.content.replace(b"=\r\n", b""))
        self.links[address] = link[1].decode()
        return "250 OK"


class Worker:
    """`manage.py worker` in a process of its own, started again after each crash."""

    def __init__(self, log, given):
        self.log, self.given, self.process = log, given, None
        self.start()

    def start(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=settings.BASE_DIR,
                env=production(**self.given),
                stdout=output,
                stderr=output,
            )

    def crash(self):
        self.process.kill()
        self.process.wait()
        self.start()


class Person:
    """Signs, and confirms by the link in the email; sends a request again until it is acknowledged."""

    def __init__(self, number, site, mail, name="person"):
        self.number, self.site, self.mail = number, site, mail
        self.address, self.sent_signatures = f"{name}{number}@example.org", 0

    def post(self, path, body):
        client = f"10.{self.number // 65536}.{self.number // 256 % 256}.{self.number % 256}"
        headers = {"X-Forwarded-For": client, "Content-Type": FORM, "Host": "pledge.example.org"}
        headers["X-Forwarded-Proto"] = "https"
        try:
            connection = HTTPConnection(*self.site.address, timeout=60)
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
            connection.close()
        except (OSError, HTTPException):
            return 0
        return status

    def until_acknowledged(self, path, body, deadline):
        while (status := self.post(path, body)) != 303:
            assert status in (0, 502, 503), f"{status} to {path}"
            assert time.monotonic() < deadline
            time.sleep(1)
            self.sent_signatures += path == "/pledge/"

    def sign(self, deadline):
        self.sent_signatures += 1
        self.until_acknowledged("/pledge/", form(self.address), deadline)

    def confirm(self, deadline):
        link = self.mail.links[self.address]
        self.until_acknowledged(f"/pledge/confirm/{link}/", "agree=on", deadline)


@pytest.fixture
def mail():
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


@pytest.fixture
def site(environment, mail, tmp_path):  # noqa: F811
    given = environment | {"WEB_CONCURRENCY": "2", "EMAIL_URL": mail.url, "EMAILS_A_MINUTE": "60000"}
    site = Gunicorn(tmp_path / "log", **given)
    site.worker = Worker(tmp_path / "worker.log", given)
    yield site
    site.worker.process.kill()
    site.end()


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def crash_web_worker(site, database):  # noqa: F811
    os.kill(random.choice(children(site.process.pid)), signal.SIGKILL)


def crash_email_worker(site, database):  # noqa: F811
    site.worker.crash()


def crash_postgresql(site, database):  # noqa: F811
    """Kills one of its processes: PostgreSQL then ends all others, and recovers from its log."""
    postmaster = int((database[0].home.data / "postmaster.pid").read_text().split()[0])
    os.kill(random.choice(children(postmaster)), signal.SIGKILL)


def crash_now_and_then(site, database, ended):  # noqa: F811
    """Crashes each kind of process in random order, spread over the time that the people need."""
    pause = PEOPLE * 2 / REQUESTS_A_SECOND / (CRASHES + 1)
    kinds = [crash_web_worker, crash_email_worker, crash_postgresql]
    order = random.sample([kinds[n % 3] for n in range(CRASHES)], CRASHES)
    for crash in order:
        if not ended.wait(pause):
            crash(site, database)


def wait_for_emails(people, mail, database, deadline):  # noqa: F811
    """Waits until all emails are sent. Ends the leases of a killed worker, instead of waiting for their end."""
    while len(mail.links) < len(people):
        assert time.monotonic() < deadline, f"{len(people) - len(mail.links)} emails did not come"
        time.sleep(5)
        rows(database, "UPDATE pledges_queuedemail SET leased_until = now() WHERE leased_until > now() RETURNING 1")


def rows(database, query):  # noqa: F811
    with psycopg.connect(host=str(database[0].home.path), user=server.SUPERUSER) as connection:
        return connection.execute(query).fetchall()


def at_the_rate(acts):
    """Starts the acts one after another, so many a second; raises what any of them raised."""
    with ThreadPoolExecutor(32) as pool:
        running = []
        for act in acts:
            running.append(pool.submit(act))
            time.sleep(1 / REQUESTS_A_SECOND)
        for one in running:
            one.result()


def sign_and_confirm(database, site, mail, crash, name="person"):  # noqa: F811
    """All people sign and confirm while `crash(ended)` runs beside them, until `ended` is set at the latest.

    Returns how many signatures were added, of how many mailboxes, and how many emails came twice.
    """
    deadline = time.monotonic() + 120 + PEOPLE / 5
    before = rows(database, "SELECT count(*) FROM pledges_signature")[0][0]
    people = [Person(number, site, mail, name) for number in range(PEOPLE)]
    ended = threading.Event()
    crashing = threading.Thread(target=crash, args=[ended])
    crashing.start()
    try:
        at_the_rate([lambda person=person: person.sign(deadline) for person in people])
        wait_for_emails(people, mail, database, deadline)
        at_the_rate([lambda person=person: person.confirm(deadline) for person in people])
    finally:
        ended.set()
        crashing.join()
    doubled = sum(mail.emails[person.address] > person.sent_signatures for person in people)
    signatures, mailboxes = rows(database, "SELECT count(*), count(DISTINCT digest) FROM pledges_signature")[0]
    return signatures - before, mailboxes - before, doubled


def test_no_acknowledged_signature_and_no_email_is_lost_or_doubled(database, site, mail):  # noqa: F811
    signatures, mailboxes, doubled = sign_and_confirm(
        database, site, mail, lambda ended: crash_now_and_then(site, database, ended)
    )
    report(f"{PEOPLE} acknowledged, {signatures} stored; {CRASHES} crashes, {doubled} emails doubled")
    assert signatures == mailboxes == PEOPLE
    assert doubled <= CRASHES
