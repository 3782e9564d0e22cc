"""Every view, public and of staff: other methods, other sites and malformed bodies are refused."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver

from campaign.staff.models import StaffUser
from tests.site.test_pages import STANDS_FOR
from tests.staff_accounts import sign_in

FORM = "application/x-www-form-urlencoded"


def views(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Callable]]:
    """Each address with something in the place of its parameters, and the view behind it."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, route)
        else:
            yield (re.sub(r"<(?:\w+:)?(\w+)>", lambda found: STANDS_FOR.get(found[1], "1"), route), entry.callback)


VIEWS = {path: view for path, view in views(get_resolver()) if "(" not in path}
FORMS = [path for path, view in VIEWS.items() if getattr(view, "csrf_exempt", False)]
# Mail programs post to it in a body that is not read.
ONE_CLICK = [path for path in FORMS if getattr(VIEWS[path], "takes_any_form", False)]
ADMIN = [path for path in VIEWS if path.startswith("/admin/") and path != "/admin/logout/"]


@pytest.fixture
def client():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def rows() -> dict[str, int]:
    """How many rows each table holds."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
        return dict(cursor.fetchall())


def test_no_form_of_staff_is_exempt():
    assert FORMS
    assert [path for path in FORMS if path.startswith("/admin/")] == []


def test_two_views_take_the_posts_of_mail_programs():
    assert {path.split("/")[2] for path in ONE_CLICK} == {"yearly", "unsubscribe"}


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}], ids=str)
def test_every_public_form_refuses_another_site(client, path, headers):
    answer = client.post(path, "email=a@example.org", FORM, headers=headers)
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [path for path in FORMS if path not in ONE_CLICK])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=b"])
def test_every_public_form_is_urlencoded(client, path, content_type):
    assert client.generic("POST", path, b"{}", content_type).status_code == 415


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("body", [b"email=%00", b"%ff=1", b"a=1&" * 200])
def test_every_public_form_refuses_malformed_and_too_large_data(client, path, body):
    assert client.generic("POST", path, body, FORM).status_code == 400


@pytest.mark.parametrize("path", VIEWS)
def test_every_view_refuses_other_methods(client, path):
    assert {client.generic(method, path).status_code for method in ("PUT", "DELETE", "PATCH", "TRACE")} == {405}


@pytest.mark.django_db
def test_every_text_names_its_charset(client):
    kinds = {client.get(path).get("Content-Type", "") for path in VIEWS}
    texts = [kind for kind in kinds if kind.startswith("text/") or "xml" in kind]
    assert len(texts) > 3
    assert [kind for kind in texts if "charset=utf-8" not in kind] == []


@pytest.mark.django_db
def test_get_requests_change_nothing(client):
    before = rows()
    for path in VIEWS:
        for method in ("HEAD", "OPTIONS"):
            answer = client.generic(method, path)
            assert answer.status_code < 500, (method, path)
            assert method == "OPTIONS" or answer.content == b"", path
    assert rows() == before


@pytest.mark.django_db
def test_get_requests_of_staff_change_nothing_and_are_not_cached_or_framed(client):
    sign_in(client, StaffUser.objects.create_superuser("ada@example.org"))
    before = rows()
    for path in ADMIN:
        answer = client.head(path)
        assert answer.status_code < 500, path
        assert (answer["Cache-Control"], answer["X-Frame-Options"]) == ("no-store", "DENY"), path
    assert rows() == before
