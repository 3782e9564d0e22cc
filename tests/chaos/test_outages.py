"""People sign while the database, or the web server, is stopped and started again."""

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from django.conf import settings

from campaign.embedded_postgres import server
from tests.chaos.probes import HOST, send, statuses
from tests.chaos.serving import Gunicorn, production

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]
HEALTHZ = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def database():
    """An embedded PostgreSQL with the site's tables, and its DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        embedded = server.Server(Path(parent) / "postgres", ["-c", "fsync=off"])
        url = f"postgres://{server.SUPERUSER}@/{embedded.join()}/postgres"
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, env=production(DATABASE_URL=url), cwd=settings.BASE_DIR, check=True)
        yield embedded, url
        embedded.leave()


@pytest.fixture
def site(database, tmp_path):
    site = Gunicorn(tmp_path / "log", DATABASE_URL=database[1], TRUSTED_PROXIES="1", WEB_CONCURRENCY="2")
    yield site
    site.end()


def pendings(database) -> int:
    with psycopg.connect(host=str(database[0].home.path), user=server.SUPERUSER) as connection:
        return connection.execute("SELECT count(*) FROM pledges_pendingsignature").fetchone()[0]


class Answer(NamedTuple):
    asked: float
    came: float
    status: int


class Crowd:
    """Six people who sign without a pause, each signature from another network address."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address, self.answers, self.numbers = address, list[Answer](), itertools.count()
        self.stopping = threading.Event()
        self.people = [threading.Thread(target=self.sign) for _ in range(6)]

    def __enter__(self) -> "Crowd":
        for person in self.people:
            person.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        for person in self.people:
            person.join()

    def sign(self) -> None:
        while not self.stopping.is_set():
            number, asked = next(self.numbers), time.monotonic()
            client = {"X-Forwarded-For": f"10.0.{number // 256}.{number % 256}", "Content-Type": FORM}
            connection = HTTPConnection(*self.address, timeout=30)
            connection.request("POST", "/pledge/", form(f"person{number}@example.org"), client)
            status = connection.getresponse().status
            self.answers.append(Answer(asked, time.monotonic(), status))
            connection.close()

    def wait_for(self, count: int) -> None:
        """Waits for this many answers to requests that are sent from now on."""
        now = time.monotonic()
        while sum(answer.asked > now for answer in self.answers) < count:
            assert all(person.is_alive() for person in self.people)
            time.sleep(0.02)


def form(address: str) -> str:
    return f"email={address}&by_email=no&pledge_text=1"


def restart(database) -> tuple[float, float]:
    """Restarts the database; returns when it was told to stop, and when it answered again."""
    down = time.monotonic()
    database[0].leave()
    database[0].join()
    return down, time.monotonic()


def test_no_request_fails_but_in_the_outage_of_the_database_itself(database, site):
    with Crowd(site.address) as crowd:
        crowd.wait_for(60)
        down, up = restart(database)
        crowd.wait_for(60)
    beside = [answer.status for answer in crowd.answers if answer.came < down or answer.asked > up]
    assert set(beside) == {303}


def test_no_request_fails_after_an_outage_without_traffic(database, site):
    with Crowd(site.address) as before:
        before.wait_for(60)
    restart(database)
    with Crowd(site.address) as after:
        after.wait_for(60)
    assert {answer.status for answer in after.answers} == {303}


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGHUP], ids=["stop", "reload"])
def test_a_form_sent_while_the_web_server_ends_is_stored(database, site, order):
    body = form(f"alice.{order.name}@example.org").encode()
    head = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
    with site.connect() as connection:
        connection.sendall(b"POST /pledge/ HTTP/1.1\r\n" + HOST + head)
        assert statuses(connection.recv(65536)) == [100]  # in hand: the site waits for the form
        before = pendings(database)
        site.process.send_signal(order)
        site.wait_until_it_says("Worker exiting")  # the one that has nothing in hand
        if order == signal.SIGHUP:  # new ones are served meanwhile
            assert statuses(send(site.connect, HEALTHZ)) == [200]
        connection.sendall(body)
        assert statuses(connection.recv(65536)) == [303]
    assert pendings(database) == before + 1
