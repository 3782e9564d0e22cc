"""gunicorn as in production: requests that two servers could read in two ways; a changed setting after a reload."""

import signal
import time

import pytest

from tests.chaos.probes import HOST, ONLY_BARE_LINE_FEEDS, PROBES, SMUGGLED, send, statuses
from tests.chaos.serving import Gunicorn

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("gunicorn")]


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory):
    """Runs gunicorn; yields how to connect to it, and its log file."""
    server = Gunicorn(tmp_path_factory.mktemp("gunicorn") / "log")
    yield server.connect, server.log
    server.end()


def test_gunicorn_answers_an_ordinary_request(gunicorn):
    request = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert statuses(send(gunicorn[0], request)) == [200]


@pytest.mark.parametrize("probe", [*PROBES.values(), ONLY_BARE_LINE_FEEDS], ids=[*PROBES, "bare line feeds"])
def test_what_could_smuggle_a_request_is_refused_and_the_connection_closed(gunicorn, probe):
    assert statuses(send(gunicorn[0], probe)) in ([400], [501])


def test_a_request_after_a_malformed_body_is_refused(gunicorn):
    request = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"
    assert statuses(send(gunicorn[0], request + SMUGGLED)) == [200, 400]


def test_an_address_as_long_as_a_long_search_reaches_the_site(gunicorn):
    """Its own page then says what is too long; tests/reports/search/test_full_text.py."""
    request = b"GET /healthz?q=" + b"a" * 10_000 + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert statuses(send(gunicorn[0], request)) == [200]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 5000 + b"\r\n\r\n",
    ],
    ids=["many headers", "a long header"],
)
def test_what_is_too_large_is_refused_before_it_reaches_django(gunicorn, request_):
    assert statuses(send(gunicorn[0], request_))[0] in (414, 431, 400)


def test_gunicorns_log_names_no_visitor_and_no_path(gunicorn):
    connect, log = gunicorn
    send(connect, b"GET /canary-path HTTP/9.9\r\n" + HOST + b"X-Canary: 1\r\n\r\n")
    send(connect, b"GET /canary-path HTTP/1.1\r\nHost: canary\r\nConnection: close\r\n\r\n")
    written = log.read_text().partition("Booting worker")[2]
    assert "gunicorn.error" in written
    for personal in ("canary", "127.0.0.1"):
        assert personal not in written


def security_contact(server):
    request = b"GET /.well-known/security.txt HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    return send(server.connect, request).decode().partition("Contact: mailto:")[2].partition("\n")[0]


def test_a_changed_settings_file_is_used_after_a_reload(tmp_path):
    file = tmp_path / "site.env"
    file.write_text("SECURITY_EMAIL=before@example.org\nWEB_CONCURRENCY=1\n")
    server = Gunicorn(tmp_path / "log", SITE_SETTINGS=str(file))
    assert security_contact(server) == "before@example.org"
    file.write_text("SECURITY_EMAIL=after@example.org\nWEB_CONCURRENCY=2\n")
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    while security_contact(server) != "after@example.org":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(server.workers) == 2
    server.end()
