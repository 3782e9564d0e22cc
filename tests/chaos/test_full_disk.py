"""PostgreSQL's disk is full: a form gets a clear 503 or is stored; what was accepted is there afterwards."""

import os
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from campaign.embedded_postgres import server
from tests.chaos.serving import production, report
from tests.chaos.test_outages import FORM, form
from tests.chaos.test_page_cache import environment, site, straight  # noqa: F401 - fixtures

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]
SIZE = 160  # MB


@pytest.fixture(scope="module")
def disk():
    """A small file system of its own, in memory, for PostgreSQL's folder."""
    with tempfile.TemporaryDirectory(prefix="cds-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=755", "none", folder]
        if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a small file system")
        yield Path(folder)
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def database(disk):
    options = ["-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"]
    embedded = server.Server(disk / "postgres", options)
    url = f"postgres://{server.SUPERUSER}@/{embedded.join()}/postgres"
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=production(DATABASE_URL=url), cwd=settings.BASE_DIR, check=True)
    yield embedded, url
    embedded.leave()


def sign(site, number):  # noqa: F811
    connection = HTTPConnection(*site.address, timeout=60)
    headers = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}", "Content-Type": FORM}
    headers |= {"Host": "pledge.example.org", "X-Forwarded-Proto": "https"}
    connection.request("POST", "/pledge/", form(f"full{number}@example.org"), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def fill(disk):
    """Writes until nothing more fits."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(65536)) == 65536:
                pass
        except OSError:
            return


def until(site, status, numbers, statuses):  # noqa: F811
    """Signs again and again, each time as another person, until the answer is this."""
    deadline = time.monotonic() + 60
    for number in numbers:
        answer = sign(site, number)
        statuses.append(answer[0])
        if answer[0] == status:
            return answer
        assert time.monotonic() < deadline, set(statuses)
    raise AssertionError(f"never {status}")


def test_a_full_disk_is_a_clear_503_and_loses_no_acknowledged_signature(disk, database, site):  # noqa: F811
    statuses, numbers = [], iter(range(20_000))
    for worker in site.workers:  # each has the page, to give the form back on it
        with site.only(worker):
            assert straight(site, "/pledge/")[0] == 200
    until(site, 303, numbers, statuses)
    fill(disk)
    _, headers, text = until(site, 503, numbers, statuses)
    assert headers["Retry-After"] == "30"
    assert 'value="full' in text
    (disk / "filler").unlink()
    until(site, 303, numbers, statuses)
    with psycopg.connect(host=str(database[0].home.path), user=server.SUPERUSER) as connection:
        stored = connection.execute("SELECT count(*) FROM pledges_pendingsignature").fetchone()[0]
    report(
        f"A full disk: {statuses.count(503)} of {len(statuses)} forms got a 503; "
        f"{statuses.count(303)} acknowledged, {stored} stored"
    )
    assert set(statuses) == {303, 503}
    assert stored == statuses.count(303)
