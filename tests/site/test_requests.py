"""What reaches a view, and what is refused before it."""

import pytest
from django.test import Client

pytestmark = pytest.mark.urls("tests.site.probe")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client():
    """A client for which an error is a page, not an exception."""
    return Client(raise_request_exception=False)


def send(client, body=b"a=b", path="/probe/form/", content_type=FORM, **headers):
    return client.generic("POST", path, body, content_type, headers=headers)


@pytest.mark.parametrize("path", ["/a%00b/", "/%00", "/?q=%00", "/?%00=q", "/privacy/?q=a%00"])
def test_nul_in_a_path_or_query_is_refused(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("body", [b"name=%00", b"%00=name", b"a=b&c=%41%00", b"a=\0"])
def test_nul_in_a_field_or_key_is_refused(client, body):
    assert send(client, body).status_code == 400


def test_nul_in_a_cookie_is_refused(client):
    assert client.get("/admin/login/", headers={"Cookie": r'__Secure-session="abcdefgh\000"'}).status_code == 400


@pytest.mark.parametrize("raw", ["%ff", "%c3%28", "%ed%a0%80", "%f8%88%80%80%80"])
def test_what_is_not_utf_8_is_refused(client, raw):
    assert client.get(f"/{raw}/").status_code == 404
    assert client.get(f"/?q={raw}").status_code == client.get(f"/?{raw}=q").status_code == 400
    assert send(client, f"name={raw}".encode()).status_code == 400
    assert send(client, f"{raw}=name".encode()).status_code == 400


def test_raw_bytes_are_refused(client):
    assert client.get("/privacy/", QUERY_STRING="q=\xff").status_code == 400
    assert send(client, b"name=\xff").status_code == 400


def test_text_of_the_whole_world_is_read(client):
    assert "Zoë 愛" in send(client, b"name=Zo%C3%AB+%E6%84%9B").content.decode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=right", b"--wrong\r\n"),
        ("multipart/form-data", b"--right\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--right--"),
        ("text/plain", b"a=b"),
        ("application/json", b'{"a": "b"}'),
        ("application/json", b'{"a"'),
        ("", b"a=b"),
    ],
)
def test_public_forms_are_urlencoded_only(client, content_type, body):
    assert send(client, body, content_type=content_type).status_code == 415


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "nonsense", '"'])
def test_another_charset_does_not_bypass_the_checks(client, charset):
    assert send(client, b"a=b", content_type=f"{FORM}; charset={charset}").status_code in (200, 400)


def test_a_malformed_multipart_sign_in_is_refused():
    answer = send(
        Client(enforce_csrf_checks=True),
        b"--wrong\r\n",
        path="/admin/login/",
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/probe/form/", "/admin/login/"])
def test_ten_megabytes_are_refused(client, path):
    assert send(client, b"name=" + b"a" * 10_000_000, path=path).status_code == 413


def test_a_name_of_a_megabyte_is_refused_unread(client):
    assert client.generic("POST", "/probe/form/", b"", FORM, CONTENT_LENGTH="1000000").status_code == 413


def test_ten_thousand_fields_are_refused(client):
    assert [send(client, b"&".join([b"a="] * n)).status_code for n in (100, 101, 10_000)] == [200, 400, 400]


@pytest.mark.parametrize("length", ["-1", "1e3", "many"])
def test_a_length_that_is_no_number_is_refused(client, length):
    assert client.generic("POST", "/probe/form/", b"", FORM, CONTENT_LENGTH=length).status_code == 400


def test_a_body_that_breaks_off_is_refused(client, monkeypatch):
    def broken_off(*args):
        raise OSError

    monkeypatch.setattr("django.test.client.FakePayload.read", broken_off)
    assert send(client).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "GIMME"])
@pytest.mark.parametrize("path", ["/", "/privacy/", "/probe/form/", "/admin/", "/nowhere/"])
def test_other_methods_are_refused_everywhere(client, method, path):
    assert client.generic(method, path).status_code == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "pledge.example.org.evil.example", "pledge.example.org@evil", "a b", "", "[::1", "%00"]
)
def test_a_foreign_host_is_refused(client, host):
    assert client.get("/privacy/", headers={"Host": host}).status_code == 400


@pytest.mark.django_db
def test_a_forwarded_host_changes_nothing(client):
    page = client.get("/privacy/", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert page.status_code == 200
    assert b"evil" not in page.content
    assert b'href="https://pledge.example.org/privacy/"' in page.content


@pytest.mark.parametrize("address", ["http://evil.example/about/", "https://pledge.example.org/about/"])
def test_an_address_with_a_host_of_its_own_is_refused(client, address):
    assert client.get("/about/", RAW_URI=address).status_code == 400


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://pledge.example.org"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://pledge.example.org"},
    {"Origin": "https://pledge.example.org.evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_of_another_site_is_refused(client, headers):
    assert send(client, **headers).status_code == 403


OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://pledge.example.org"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://pledge.example.org"},
    {},
]


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_our_own_form_and_what_is_no_browser_pass(client, headers):
    assert send(client, **headers).status_code == 200


def test_a_view_without_exemption_refuses_posts():
    strict = Client(enforce_csrf_checks=True)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "https://pledge.example.org"}
    assert send(strict, path="/probe/forgotten/", **own).status_code == 403


@pytest.mark.parametrize("path", ["/.git/config", "/static/../.git/config", "/manage.py", "/var/demo/secret_key"])
def test_no_file_beside_the_static_ones_is_served(client, path):
    assert client.get(path).status_code == 404
