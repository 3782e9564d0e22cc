"""PostgreSQL is stopped or frozen (SIGSTOP): visitors get their form back, and no thread waits."""

import os
import signal
import time
from contextlib import contextmanager
from html import unescape
from http.client import HTTPConnection

import pytest

from tests.chaos.serving import Gunicorn
from tests.chaos.test_outages import FORM, Crowd, database  # noqa: F401 - a fixture
from tests.chaos.test_page_cache import environment  # noqa: F401 - a fixture

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]


@pytest.fixture(scope="module")
def site(environment, tmp_path_factory):  # noqa: F811
    site = Gunicorn(tmp_path_factory.mktemp("site") / "log", **environment)
    yield site
    site.end()


@contextmanager
def frozen(database):  # noqa: F811
    """The server and all its processes stand still: connections stay open, and nothing answers."""
    group = os.getpgid(int((database[0].home.data / "postmaster.pid").read_text().split()[0]))
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


@contextmanager
def stopped(database):  # noqa: F811
    database[0].leave()
    try:
        yield
    finally:
        database[0].join()


def ask(site, method, path, body=None):
    connection = HTTPConnection(*site.address, timeout=30)
    headers = {"Host": "pledge.example.org", "X-Forwarded-Proto": "https"}
    if body is not None:
        headers["Content-Type"] = FORM
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


@pytest.mark.parametrize("outage", [stopped, frozen])
@pytest.mark.parametrize("path", ["/pledge/", "/pledge/mine/", "/privacy/complaint/"])
def test_a_form_sent_during_an_outage_comes_back_filled_in(database, site, outage, path):  # noqa: F811
    for worker in site.workers:
        with site.only(worker):
            assert ask(site, "GET", path)[0] == 200
    with outage(database):
        for _ in range(4):
            status, headers, text = ask(site, "POST", path, "email=alice%40example.org&message=O%27Hara")
            assert (status, headers["Retry-After"]) == (503, "30")
            assert 'value="alice@example.org"' in text or "O'Hara</textarea>" in unescape(text)
        assert ask(site, "GET", path)[0] == 200


@pytest.mark.parametrize("outage", [stopped, frozen])
def test_a_link_used_during_an_outage_gives_its_form_back(database, site, outage):  # noqa: F811
    with outage(database):
        status, _, text = ask(
            site, "POST", "/pledge/confirm/AAAAAAAAAAAAAAAAAAAAAA/", "public_name=Alice+Example"
        )
    assert status == 503
    assert "Alice Example</textarea>" in text


def test_a_frozen_database_takes_no_thread_and_the_site_is_back_when_it_is(database, site):  # noqa: F811
    with frozen(database), Crowd(site.address) as crowd:
        crowd.wait_for(40)
        for _ in range(4):
            assert ask(site, "GET", "/healthz")[0] == 200
    assert {answer.status for answer in crowd.answers} == {503}
    deadline = time.monotonic() + 20
    while ask(site, "GET", "/readyz")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
