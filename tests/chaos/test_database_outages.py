"""PostgreSQL is stopped or frozen (SIGSTOP): visitors get their form back, and no thread waits."""

import os
import signal
import time
from contextlib import contextmanager
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.urls import NoReverseMatch

from campaign.http import page_cache
from pledges import languages
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
    """Stops (SIGSTOP) the server and all its processes: connections stay open, and nothing answers."""
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


class Fields(HTMLParser):
    """The names of the fields to type into of the forms of a page that are sent, and what is in them."""

    def __init__(self, text):
        super().__init__()
        self.found, self.is_sent, self.textarea = {}, False, ""
        self.feed(text)
        self.found = {name: value.removeprefix("\n") for name, value in self.found.items()}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.is_sent = given.get("method") == "post"
        elif self.is_sent and tag == "textarea":
            self.textarea = given["name"]
            self.found[self.textarea] = ""
        elif self.is_sent and tag == "input" and given.get("type") in ("text", "email", "url", "tel"):
            self.found[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.textarea = ""

    def handle_data(self, data):
        if self.textarea:
            self.found[self.textarea] += data


def form_pages(site):
    """Every public page with a form to send, in each of its languages, and its fields to type into."""
    for name in page_cache.ROUTES:
        try:
            versions = languages.versions(name)
        except NoReverseMatch:  # pages of a part of the report have no form
            continue
        for _language, path in versions:
            if fields := Fields(ask(site, "GET", path)[2]).found:
                yield path, {field: f"{field} O'Hara <b>" for field in fields}


@pytest.mark.parametrize("outage", [stopped, frozen])
def test_a_form_sent_during_an_outage_comes_back_filled_in(database, site, outage):  # noqa: F811
    for worker in site.workers:  # each has the page, to give the form back on it
        with site.only(worker):
            forms = dict(form_pages(site))
    with outage(database):
        answers = {path: ask(site, "POST", path, urlencode(typed)) for path, typed in forms.items()}
        assert ask(site, "GET", "/pledge/")[0] == 200
    known = {"/pledge/", "/pledge/organisations/sign/", "/pledge/mine/", "/pledge/report-name/", "/privacy/complaint/"}
    assert known | {"/cy/pledge/"} <= set(forms)
    # 422 where what is missing is found before the database is asked.
    assert {(status, headers["Retry-After"]) for status, headers, _ in answers.values()} <= {(503, "30"), (422, None)}
    assert answers["/pledge/"][0] == answers["/cy/pledge/"][0] == 503
    assert {path: Fields(text).found for path, (_, _, text) in answers.items()} == forms


@pytest.mark.parametrize("outage", [stopped, frozen])
def test_a_link_used_during_an_outage_gives_its_form_back(database, site, outage):  # noqa: F811
    with outage(database):
        status, _, text = ask(site, "POST", "/pledge/confirm/AAAAAAAAAAAAAAAAAAAAAA/", "public_name=Alice+Example")
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
