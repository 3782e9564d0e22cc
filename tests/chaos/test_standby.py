"""A standby (streaming replica) serves pages, and takes over when the first server is killed."""

import os
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from campaign.embedded_postgres import server
from tests.chaos.serving import Gunicorn, report
from tests.chaos.test_database_outages import ask
from tests.chaos.test_outages import Crowd, database, form  # noqa: F401 - a fixture
from tests.chaos.test_page_cache import environment  # noqa: F401 - a fixture

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]


@pytest.fixture(scope="module")
def standby(database):  # noqa: F811
    """A copy of the database that follows it; the first server acknowledges a commit once this one has it on disk."""
    first = database[0]
    if not (first.programs.folder / "pg_basebackup").exists():
        pytest.skip("missing here: PostgreSQL's pg_basebackup")
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        standby = server.Server(Path(parent) / "postgres", ["-c", "fsync=off"])
        standby.home.prepare()
        copy = ["-D", str(standby.home.data), "-h", str(first.home.path), "-U", server.SUPERUSER, "-c", "fast", "-R"]
        first._run("pg_basebackup", *copy)
        standby.join()
        run(first, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        yield standby
        standby.leave()


def run(of, *statements):
    with psycopg.connect(host=str(of.home.path), user=server.SUPERUSER, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchone()[0]


@contextmanager
def web_host(environment, url, log):  # noqa: F811
    site = Gunicorn(log, **environment | {"DATABASE_URL": url, "WEB_CONCURRENCY": "2"})
    try:
        yield site
    finally:
        site.end()


@pytest.fixture(scope="module")
def reading_host(environment, standby, tmp_path_factory):  # noqa: F811
    """A web host whose database is the standby."""
    url = f"postgres://{server.SUPERUSER}@/{standby.home.path}/postgres"
    with web_host(environment, url, tmp_path_factory.mktemp("standby") / "log") as site:
        yield site


@pytest.mark.parametrize("path", ["/", "/pledge/", "/pledge/organisations/", "/pledge/numbers/"])
def test_a_web_host_on_a_standby_serves_public_pages(reading_host, path):
    assert ask(reading_host, "GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/pledge/", "/pledge/mine/"])
def test_a_web_host_on_a_standby_gives_a_sent_form_back(reading_host, path):
    ask(reading_host, "GET", path)
    status, _headers, page = ask(reading_host, "POST", path, form("given-back@example.org"))
    assert status == 503
    assert "given-back@example.org" in page


def test_after_a_failover_web_hosts_sign_without_a_restart_and_nothing_is_lost(
    database,  # noqa: F811
    standby,
    environment,  # noqa: F811
    tmp_path,
):
    """DATABASE_URL names both servers, as of a managed PostgreSQL with a standby. This test ends the first server."""
    hosts = f"{database[0].home.path},{standby.home.path}"
    url = f"postgres://{server.SUPERUSER}@/postgres?host={hosts}&target_session_attrs=read-write"
    with web_host(environment, url, tmp_path / "log") as site, Crowd(site.address) as crowd:
        crowd.wait_for(100)
        kill(database[0])
        assert run(standby, "SELECT pg_promote()")
        crowd.wait_for(300)
    signed = sum(answer.status == 303 for answer in crowd.answers)
    stored = run(standby, "SELECT count(*) FROM pledges_pendingsignature")
    report(f"failover to a standby: {signed} acknowledged, {stored} stored, {len(crowd.answers) - signed} answered 503")
    assert {answer.status for answer in crowd.answers} <= {303, 503}
    assert [answer.status for answer in crowd.answers[-100:]] == [303] * 100
    assert stored >= signed


def kill(of):
    """As a power cut ends it."""
    os.killpg(os.getpgid(int((of.home.data / "postmaster.pid").read_text().split()[0])), signal.SIGKILL)
