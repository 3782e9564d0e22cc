"""The headers that every response has."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

pytestmark = pytest.mark.urls("tests.site.probe")

ANSWERS = [
    ("/privacy/", 200),
    ("/probe/form/?q=%00", 400),
    ("/probe/forgotten/", 403),
    ("/nowhere/", 404),
    ("/privacy", 301),
    ("/probe/broken/", 500),
    ("/probe/away/", 503),
    ("/healthz", 200),
]


@pytest.fixture
def client():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def answer(client, path, status):
    found = client.post(path) if status == 403 else client.get(path, secure=True)
    assert found.status_code == status
    return found


@pytest.mark.parametrize(("path", "status"), ANSWERS)
def test_no_answer_can_be_framed(client, path, status):
    headers = answer(client, path, status).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_foreign_host_is_not_framed_either(client):
    headers = client.get("/privacy/", headers={"Host": "evil.example"}).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_redirect_to_https_can_not_be_framed(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    found = Client().get("/privacy/")
    assert found["Location"] == "https://pledge.example.org/privacy/"
    assert found["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(("path", "status"), ANSWERS)
def test_every_response_has_the_sites_headers(client, path, status):
    headers = answer(client, path, status).headers
    for directive in ("default-src", "object-src", "base-uri"):
        assert f"{directive} 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "charset=utf-8" in headers["Content-Type"]
    assert status == 403 or headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/admin/login/", "/privacy/"])
def test_a_page_may_only_request_its_own_server(client, path):
    assert "connect-src 'self';" in client.get(path)["Content-Security-Policy"] + ";"


def test_a_public_page_is_stored_for_seconds(client):
    said = client.get("/probe/public/")["Cache-Control"]
    assert said == "public, max-age=0, s-maxage=2, stale-while-revalidate=1"


@pytest.mark.parametrize(
    "path", ["/probe/silent/", "/probe/own/", "/probe/broken/", "/nowhere/", "/admin/login/", "/healthz"]
)
def test_what_does_not_say_that_it_is_public_is_not_stored(client, path):
    assert client.get(path)["Cache-Control"] == "no-store"


def test_no_answer_to_a_post_is_stored(client):
    assert client.post("/probe/form/", "a=b", "application/x-www-form-urlencoded")["Cache-Control"] == "no-store"


def test_an_error_page_has_a_link_to_continue(client):
    page = client.get("/probe/broken/").content.decode()
    assert "This is our mistake" in page
    assert 'href="/"' in page
    assert "ValueError" not in page


def test_a_form_sent_to_a_page_that_takes_none_gets_405(client):
    answer = Client().post("/about/", {}, "application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "This page can’t be opened again" in answer.text


def test_an_error_page_that_is_broken_itself_is_plain_text(client, monkeypatch):
    monkeypatch.setattr("campaign.http.errors.render", lambda *_, **__: 1 / 0)
    found = client.get("/probe/broken/")
    assert (found.status_code, found["Content-Type"]) == (500, "text/plain; charset=utf-8")


def test_a_database_that_is_away_says_when_to_come_back(client):
    found = client.get("/probe/away/")
    assert (found.status_code, found["Retry-After"]) == (503, "30")


def test_head_tells_the_length_and_sends_no_body(rf, client, db):
    """Calls the handler directly, because the test client would remove the body itself."""
    said = {}
    environ = rf.head("/privacy/").environ
    assert b"".join(WSGIHandler()(environ, lambda _, headers: said.update(headers))) == b""
    assert int(said["Content-Length"]) == len(client.get("/privacy/").content)
