"""The two page caches as shipped: nginx in front of gunicorn in front of PostgreSQL, used by two visitors."""

import os
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from campaign.embedded_postgres import server
from tests.chaos.probes import HOST, statuses
from tests.chaos.serving import Gunicorn, production
from tests.chaos.test_nginx import NGINX, OPENSSL, Proxy
from tests.chaos.test_outages import database  # noqa: F401 - a fixture

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("outages")]
needs_nginx = pytest.mark.skipif(not (NGINX and OPENSSL), reason="no nginx or openssl found: install Debian's packages")
SOON = 5  # seconds, within which everyone sees a change
ALICE, BOB = b"alice-canary", b"bob-canary"
OWN = [
    *("/pledge/confirm/AAAAAAAAAAAAAAAAAAAAAA/", "/pledge/sent/AAAAAAAAAAAAAAAAAAAAAA/"),
    *("/pledge/mine/AAAAAAAAAAAAAAAAAAAAAA/", "/pledge/never/AAAAAAAAAAAAAAAAAAAAAA/"),
    *("/privacy/complaint/00000000-0000-4000-8000-000000000000/", "/demo/inbox/", "/admin/login/", "/readyz"),
]


@pytest.fixture(scope="module")
def environment(database, tmp_path_factory):  # noqa: F811
    files = {
        "DJANGO_SETTINGS_MODULE": "tests.collected",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "DATABASE_URL": database[1],
        "TRUSTED_PROXIES": "1",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, env=production(**files), cwd=settings.BASE_DIR, check=True)
    return files


@pytest.fixture(scope="module")
def site(environment, tmp_path_factory):
    site = Gunicorn(tmp_path_factory.mktemp("site") / "log", **environment)
    yield site
    site.end()


@pytest.fixture(scope="module")
def proxy(site, tmp_path_factory):
    proxy = Proxy(tmp_path_factory.mktemp("nginx"), site.address[1])
    yield proxy
    proxy.end()


def ask(proxy, path, *headers, method=b"GET", body=b""):
    lines = [b"%s %s HTTP/1.1" % (method, path.encode()), HOST.strip(), *headers, b"Connection: close", b"", body]
    return proxy.send(b"\r\n".join(lines))


def straight(site, path):
    """Sends a request to gunicorn itself, as nginx would."""
    connection = HTTPConnection(*site.address, timeout=30)
    connection.request("GET", path, headers={"Host": "pledge.example.org", "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def lines(site):
    """How many requests reached the site."""
    return len(re.findall(r" INFO campaign\.http\.(?:middleware|page_cache) ", site.log.read_text()))


def in_cache(proxy):
    """The addresses of the pages that nginx has cached."""
    files = (path.read_bytes() for path in (proxy.folder / "cache").rglob("*") if path.is_file())
    return {re.search(rb"KEY: \w* (.*)\n", held)[1].decode() for held in files}


def count_people(database, people):  # noqa: F811
    with psycopg.connect(host=str(database[0].home.path), user=server.SUPERUSER) as connection:
        connection.execute("DELETE FROM pledges_totals")
        connection.execute(
            "INSERT INTO pledges_totals (id, people, exact_people, organisations, counted_at)"
            " VALUES (1, %s, %s, 0, now())",
            [people, people],
        )


@needs_nginx
def test_pages_of_one_person_are_cached_nowhere(proxy, site):
    for path in OWN:
        before = lines(site)
        for visitor in (ALICE, BOB):
            answer = ask(proxy, path, b"Cookie: __Secure-session=" + visitor, b"Accept-Encoding: br")
            assert b"Cache-Control: no-store" in answer, path
            assert b"Content-Encoding" not in answer, path
        assert lines(site) == before + 2, path
    assert not any(path in OWN for path in in_cache(proxy))


@needs_nginx
@pytest.mark.parametrize("path", ["/pledge/", "/pledge/organisations/sign/", "/pledge/mine/"])
def test_what_alice_typed_is_not_shown_to_bob(proxy, path):
    form = b"name=" + ALICE + b"&email=" + ALICE + b"&message=" + ALICE
    kind = b"Content-Type: application/x-www-form-urlencoded"
    sent = ask(proxy, path, kind, b"Content-Length: %d" % len(form), method=b"POST", body=form)
    assert statuses(sent) == [422]
    assert ALICE in sent
    seen = ask(proxy, path)
    assert statuses(seen) == [200]
    assert ALICE not in seen
    assert path in in_cache(proxy)


@needs_nginx
def test_search_results_are_cached_nowhere(proxy):
    for path in ("/report/search/?q=canary", "/pledge/organisations/?q=canary", "/pledge/supporters/?after=canary"):
        ask(proxy, path), ask(proxy, path)
        assert b"canary" not in ask(proxy, path.partition("?")[0]), path
    assert not any("canary" in path for path in in_cache(proxy))


@needs_nginx
def test_every_reader_gets_one_page_whatever_they_send_along(proxy, site):
    before = lines(site)
    for query in ("", "?x=1", "?utm_source=mail", "?q=1"):
        answer = ask(proxy, f"/privacy/data/{query}", b"Cookie: a=" + ALICE, b"Authorization: Basic " + ALICE)
        assert statuses(answer) == [200]
        assert b"canary" not in answer
    assert lines(site) == before + 1
    assert "/privacy/data/" in in_cache(proxy)


@needs_nginx
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [(b"gzip, deflate, br", b"br"), (b"gzip", b"gzip"), (b"br;q=0, gzip;q=0.2", b"gzip"), (b"abr, gzip;q=0.0", b"")],
)
def test_a_reader_gets_the_best_encoding_they_take(proxy, accepted, encoding):
    for _ in range(2):  # from the site, then from nginx
        answer = ask(proxy, "/about/", b"Accept-Encoding: " + accepted).partition(b"\r\n\r\n")[0]
        found = re.search(rb"Content-Encoding: (\w+)", answer)
        assert (found[1] if found else b"") == encoding
        assert b"Vary: Accept-Encoding" in answer


@needs_nginx
def test_a_matching_etag_gets_304_through_nginx(proxy):
    first = ask(proxy, "/about/")
    tag = re.search(rb"ETag: (.*)\r\n", first)[1]
    assert statuses(ask(proxy, "/about/", b"If-None-Match: " + tag)) == [304]
    head = ask(proxy, "/about/", method=b"HEAD")
    assert re.search(rb"Content-Length: \d+", head)[0] == re.search(rb"Content-Length: \d+", first)[0]
    assert head.endswith(b"\r\n\r\n")


@needs_nginx
def test_reading_goes_on_while_the_site_is_stopped(environment, tmp_path):
    site = Gunicorn(tmp_path / "log", **environment)
    (tmp_path / "nginx").mkdir()
    proxy = Proxy(tmp_path / "nginx", site.address[1])
    try:
        assert statuses(ask(proxy, "/pledge/")) == [200]
        site.end()
        time.sleep(SOON)
        assert statuses(ask(proxy, "/pledge/")) == [200]
        assert statuses(ask(proxy, "/pledge/", b"Content-Length: 0", method=b"POST")) == [502]
    finally:
        proxy.end()


@needs_nginx
def test_a_change_is_seen_by_everybody_within_five_seconds(proxy, database):  # noqa: F811
    count_people(database, 12_340)
    assert b"12,340 people have signed" in ask(proxy, "/pledge/")
    count_people(database, 12_350)
    ends = time.monotonic() + SOON
    while time.monotonic() < ends:  # a busy hour: someone always asks
        ask(proxy, "/pledge/")
    assert b"12,350 people have signed" in ask(proxy, "/pledge/")


def test_reading_goes_on_while_the_database_is_stopped(site, database):  # noqa: F811
    count_people(database, 12_340)
    for worker in site.workers:
        with site.only(worker):
            deadline = time.monotonic() + SOON
            while "12,340 people have signed" not in straight(site, "/pledge/")[1]:
                assert time.monotonic() < deadline
    database[0].leave()
    try:
        time.sleep(2)
        for _ in range(4):
            status, text = straight(site, "/pledge/")
            assert (status, "12,340 people have signed" in text) == (200, True)
        assert straight(site, "/pledge/numbers/")[0] == 503
    finally:
        database[0].join()
    assert {straight(site, "/pledge/numbers/")[0] for _ in range(8)} == {200}


def test_reading_goes_on_while_the_database_is_frozen(site, database):  # noqa: F811
    for worker in site.workers:
        with site.only(worker):
            straight(site, "/pledge/")
    time.sleep(2)
    postmaster = int((Path(database[0].home.path) / "data" / "postmaster.pid").read_text().split()[0])
    below = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    frozen = [postmaster, *map(int, below)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert {straight(site, "/pledge/")[0] for _ in range(20)} == {200}
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    deadline = time.monotonic() + SOON
    while straight(site, "/pledge/numbers/")[0] != 200:
        assert time.monotonic() < deadline
