"""The page cache in front of Django: which pages it stores, for whom and how long.

The application behind it is a fake here; tests/chaos/test_page_cache.py uses the real one.
"""

import logging
import threading
import time

import pytest
from django.test import Client
from django.urls import reverse

from campaign.http import page_cache
from campaign.http.page_cache import PageCache

HOST = "pledge.example.org"
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=0")]


class Site:
    """Replaces Django: records the requests that reach it, and answers as its attributes say."""

    def __init__(self):
        self.asked, self.status, self.headers, self.body = [], "200 OK", HEADERS, b"a page " * 100
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.go_on.wait(10)
        start_response(self.status, self.headers)
        return [self.body]

    def is_asked(self, times):
        """Whether it gets so many requests; waits for them, because pages are rendered in another thread."""
        deadline = time.monotonic() + 10
        while len(self.asked) < times and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.asked) == times


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(page_cache, "monotonic", clock)
    return clock


@pytest.fixture
def site(clock):
    return Site()


@pytest.fixture
def ask(site, rf):
    cache = PageCache(site)

    def ask(path="/about/", method="GET", **environ):
        said = []
        request = rf.generic(method, path, secure=True, **{"HTTP_HOST": HOST, **environ}).environ
        for absent in [name for name, value in request.items() if value is None]:
            del request[absent]
        body = b"".join(cache(request, lambda status, headers: said.extend([status, dict(headers)])))
        return int(said[0][:3]), said[1], body

    yield ask
    site.go_on.set()
    cache.pool.shutdown()


def test_a_page_is_rendered_at_most_once_a_second(ask, site, clock):
    assert [ask(), ask()][0][0] == 200
    assert len(site.asked) == 1
    clock.now += 2
    ask()
    assert len(site.asked) == 2


def test_the_first_reader_after_a_quiet_hour_sees_a_change(ask, site, clock):
    ask()
    site.body = b"another page"
    clock.now += 3600
    assert ask()[2] == b"another page"


def test_readers_get_the_old_page_while_the_new_one_is_rendered(ask, site, clock):
    ask()
    site.go_on.clear()
    clock.now += 1.2
    assert {ask()[2] for _ in range(3)} == {site.body}
    assert site.is_asked(times=2)


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable"])
def test_the_last_good_page_is_cached_for_an_hour_when_the_view_fails(ask, site, clock, status):
    ask()
    site.status, site.headers = status, [("Cache-Control", "no-store")]
    clock.now += 3590
    assert ask()[0] == 200
    clock.now += 20
    assert ask()[0] == int(status[:3])


def test_a_failing_view_is_called_at_most_once_a_second(ask, site, clock):
    ask()
    site.status, site.headers = "503 Service Unavailable", []
    clock.now += 10
    ask(), ask()
    assert len(site.asked) == 2


def test_a_hanging_database_does_not_delay_cached_pages(ask, site, clock, monkeypatch):
    monkeypatch.setattr(page_cache, "PATIENCE", 0.01)
    ask()
    site.go_on.clear()
    clock.now += 100
    assert ask()[0] == 200


def test_a_page_that_is_not_cached_gets_503_while_the_database_hangs(ask, site, monkeypatch):
    monkeypatch.setattr(page_cache, "LONGEST_WAIT", 0.01)
    site.go_on.clear()
    status, headers, _ = ask()
    assert (status, headers["Cache-Control"], headers["Retry-After"]) == (503, "no-store", "30")


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved Permanently", "410 Gone"])
def test_an_unpublished_page_is_not_served_from_the_cache(ask, site, clock, status):
    ask()
    clock.now += 2
    site.status, site.headers = status, [("Cache-Control", "no-store")]
    assert ask()[0] == int(status[:3])
    assert ask()[0] == int(status[:3])
    assert len(site.asked) == 3


def test_an_unpublished_page_is_not_served_while_the_database_is_away(ask, site, clock):
    ask()
    for site.status, site.headers in [("404 Not Found", []), ("503 Service Unavailable", [])]:
        clock.now += 2
        assert ask()[0] == int(site.status[:3])


@pytest.mark.parametrize(
    "headers",
    [[("Cache-Control", "no-store")], [*HEADERS, ("Set-Cookie", "who=alice")], []],
    ids=["no-store", "a cookie", "says nothing"],
)
def test_responses_that_are_not_public_are_not_cached(ask, site, headers):
    site.headers = headers
    ask(), ask()
    assert len(site.asked) == 2


PRIVATE = [
    *("/pledge/confirm/AAAAAAAAAAAAAAAAAAAAAA/", "/pledge/sent/AAAAAAAAAAAAAAAAAAAAAA/"),
    *("/pledge/mine/AAAAAAAAAAAAAAAAAAAAAA/", "/pledge/never/AAAAAAAAAAAAAAAAAAAAAA/"),
    *("/privacy/complaint/00000000-0000-4000-8000-000000000000/", "/demo/inbox/", "/admin/", "/admin/login/"),
    *("/healthz", "/readyz", "/pledge/confirm/x/../../../about/", "/report", "/about//"),
]


@pytest.mark.parametrize("path", PRIVATE)
def test_pages_of_one_person_are_never_cached(ask, site, path):
    """Even if the answer says that it is public."""
    ask(path), ask(path)
    assert len(site.asked) == 2


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT", "PURGE"])
def test_only_get_and_head_are_answered_from_the_cache(ask, site, method):
    ask("/pledge/"), ask("/pledge/", method)
    assert [environ["REQUEST_METHOD"] for environ in site.asked] == ["GET", method]


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": f"{HOST}, evil.example"},
        {"HTTP_HOST": None},
        {"wsgi.url_scheme": "http"},
        {"RAW_URI": "https://evil.example/about/"},
        {"SCRIPT_NAME": "/evil"},
        {"CONTENT_LENGTH": "5"},
        {"CONTENT_LENGTH": "x"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"QUERY_STRING": "x=%00"},
        {"QUERY_STRING": "x=%ff"},
    ],
    ids=str,
)
def test_malformed_requests_are_passed_to_django(ask, site, environ):
    ask()
    ask(**environ)
    assert len(site.asked) == 2


def test_behind_a_proxy_https_is_read_from_the_proxys_header(site, rf, settings, ask):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ask(), ask()
    assert len(site.asked) == 2
    ask(HTTP_X_FORWARDED_PROTO="https"), ask(HTTP_X_FORWARDED_PROTO="https")
    assert len(site.asked) == 3
    assert site.asked[2]["HTTP_X_FORWARDED_PROTO"] == "https"


def test_unknown_query_parameters_do_not_bypass_the_cache(ask, site):
    for query in ("", "?x=1", "?utm_source=mail", "?after=1"):
        ask(f"/about/{query}")
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "address",
    ["/pledge/organisations/?q=a", "/pledge/supporters/?after=a", "/report/search/?x=1&%71=a", "/report/search/?q"],
)
def test_parameters_that_change_the_page_are_not_cached(ask, site, address):
    ask(address), ask(address)
    assert len(site.asked) == 2
    assert site.asked[0]["QUERY_STRING"]


def test_nothing_of_a_request_gets_into_a_cached_page(ask, site):
    ask("/about/?x=canary", HTTP_COOKIE="a=canary", HTTP_X_CANARY="canary", HTTP_ACCEPT_LANGUAGE="canary")
    assert "canary" not in repr(site.asked)


def test_head_gets_the_headers_without_the_body(ask):
    whole, head = ask(), ask(method="HEAD")
    assert head == (*whole[:2], b"")


@pytest.mark.parametrize(("header", "encoding"), [
    ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("BR", "br"),
    ("gzip;q=0.0", ""), ("identity", ""), ("", ""), ("abr, xgzip", ""), ("br;q=0.001", "br"), ("*", ""),
])  # fmt: skip
def test_a_client_gets_the_best_encoding_that_it_accepts(ask, header, encoding):
    _, headers, body = ask(HTTP_ACCEPT_ENCODING=header)
    assert (headers.get("Content-Encoding", ""), headers["Vary"]) == (encoding, "Accept-Encoding")
    assert int(headers["Content-Length"]) == len(body)


def test_a_matching_etag_gets_304(ask):
    tag = ask()[1]["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        status, headers, body = ask(HTTP_IF_NONE_MATCH=known, HTTP_ACCEPT_ENCODING="br")
        assert (status, headers["ETag"], body) == (304, tag, b"")
        assert not {"Content-Length", "Content-Encoding", "Content-Type"} & headers.keys()
    assert ask(HTTP_IF_NONE_MATCH='"x"')[0] == 200


def test_if_modified_since_gets_304(ask, site):
    site.headers = [*HEADERS, ("Last-Modified", "Mon, 05 Jan 2026 12:00:00 GMT")]
    for since, status in [("Mon, 05 Jan 2026 12:00:00 GMT", 304), ("Sun, 04 Jan 2026 12:00:00 GMT", 200), ("x", 200)]:
        assert ask(HTTP_IF_MODIFIED_SINCE=since)[0] == status
    assert ask(HTTP_IF_MODIFIED_SINCE="Mon, 05 Jan 2026 12:00:00 GMT", HTTP_IF_NONE_MATCH='"x"')[0] == 200


def test_a_range_request_gets_the_whole_page(ask, site):
    assert ask(HTTP_RANGE="bytes=0-1") == (200, ask()[1], site.body)


def test_only_text_is_compressed(ask, site):
    site.headers = [("Content-Type", "image/png"), ("Cache-Control", "public")]
    headers = ask(HTTP_ACCEPT_ENCODING="br")[1]
    assert not {"Content-Encoding", "Vary"} & headers.keys()


def test_each_answer_logs_one_line_with_its_route(ask, caplog):
    caplog.set_level(logging.INFO, "campaign")
    ask("/report/canary/?canary=canary"), ask("/report/canary/", "HEAD")
    assert [record.getMessage() for record in caplog.records] == ["GET reports:sector 200", "HEAD reports:sector 200"]


def test_rendering_for_the_cache_logs_no_line(rf, db, caplog):
    caplog.set_level(logging.INFO, "campaign")
    environ = PageCache(None)._environ(reverse("robots"))
    assert Client().get("/robots.txt", **environ).status_code == 200
    assert not caplog.records
