"""The page with which a real nginx answers what does not reach the site (campaign/http/proxy_errors.py)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from campaign.http import proxy_errors
from tests.chaos.probes import HOST, PROBES, statuses
from tests.chaos.test_nginx import NAME, Proxy, free_port, large, proxy, site_port  # noqa: F401 - fixtures

pytestmark = [pytest.mark.chaos, pytest.mark.nginx, pytest.mark.xdist_group("nginx")]
CLOSE = b"Connection: close\r\n\r\n"
LONG = b"GET /report/search/?q=" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + CLOSE
WIDE = b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 20_000 + b"\r\n" + CLOSE


@pytest.fixture(scope="module")
def without_a_site(tmp_path_factory):
    """nginx alone: nothing listens where it looks for the site."""
    alone = Proxy(tmp_path_factory.mktemp("nginx"), free_port())
    yield alone
    alone.end()


def said(answer: bytes) -> tuple[int, str]:
    """The status of an answer, and the heading of its page."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: text/html; charset=utf-8" in head
    return statuses(answer)[0], body.decode().partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    ("request_", "status"),
    [(large(b"/pledge/"), 413), (LONG, 414), (WIDE, 400), (PROBES["an unknown coding"], 501)],
    ids=["a large form", "a long address", "a long header", "a coding that nginx does not know"],
)
def test_what_nginx_does_not_read_gets_a_page_in_the_sites_words(proxy, request_, status):  # noqa: F811
    assert said(proxy.send(request_)) == (status, "We could not read what was sent")


def test_who_sends_too_much_is_asked_to_wait(proxy):  # noqa: F811
    form = b"POST /pledge/ HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n"
    with ThreadPoolExecutor(20) as clients:
        answers = clients.map(proxy.send, [(form + b"\r\n") * 30 + form + CLOSE] * 20)
    refused = next(answer for answer in answers if 429 in statuses(answer))
    assert said(refused[refused.index(b"HTTP/1.1 429") :]) == (429, "Please wait a moment")


@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_while_the_site_is_away_a_page_says_so_in_every_language(without_a_site, method):
    answer = without_a_site.send(method + b" /pledge/ HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n" + CLOSE)
    assert said(answer) == (502, "We will be back soon")
    html = answer.decode()
    assert 'lang="cy" dir="ltr"><h2>Byddwn yn ôl yn fuan</h2>' in html
    assert [f'lang="{code}"' in html for code in ("ar", "fa", "ckb", "ps", "ti", "am")] == [True] * 6


def test_the_page_sets_no_cookie_and_needs_no_other_file(without_a_site):
    answer = without_a_site.send(b"GET / HTTP/1.1\r\n" + HOST + CLOSE).decode()
    assert "Set-Cookie" not in answer
    assert [word for word in ("<link", "<script", "<img", "url(", "@import") if word in answer] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_in_the_sites_colours(without_a_site, new_context, scheme):
    """The policy of nginx's answers lets this one style through."""
    answer = without_a_site.send(b"GET / HTTP/1.1\r\n" + HOST + CLOSE)
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:])
    page = new_context(color_scheme=scheme).new_page()
    page.route("**/*", lambda route: route.fulfill(status=502, headers=headers, body=body))
    page.goto(f"https://{NAME}/")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == {"light": "rgb(244, 241, 234)", "dark": "rgb(22, 18, 15)"}[scheme]


def test_a_page_that_nginx_would_not_read_as_it_is_is_refused():
    for html in ("a $variable", "a \\", "a" * 4001):
        with pytest.raises(ValueError, match="nginx would not read"):
            proxy_errors._as_string(html)
