"""gunicorn as in production, with requests that two servers could read in two ways."""

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
