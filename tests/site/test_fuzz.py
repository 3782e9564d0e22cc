"""Generated requests to every URL and form, signed in and out: no answer of 5xx, no broken constraint.

A few hundred in `make test`, always the same; `make chaos` sends 10,000 new ones (FUZZ_REQUESTS).
"""

import copy
import logging
import os
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.chaos.serving import report
from tests.site.test_hostile_addresses import LOOKUPS, NAMES, ROUTES, ada, filled, real  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "0"))
HOSTILE = [
    *("", " ", "0", "1", "-1", "9" * 30, "9" * 400, "1e999", "NaN", "0x10", "٣", "on", "true", "null", "[]", "{}"),
    *("\0", "a\0b", "\r\nSet-Cookie: a=b", "\u202eabc", "\ufeff", "é" * 300, "𝕏", "a" * 10_000, "\ud7ff"),
    *("2026-02-31", "0000-00-00", "9999-12-31", "2026-06-01", "10000-01-01", "12:00", "25:61", "2026-W99"),
    *("alice@example.org", "a@b", '"a b"@example.org', "alice@éxample.org", "Alice <alice@example.org>"),
    *("' OR 1=1 --", "%", "%00", "%s", "{{ 7 }}", "{% now %}", "<script>", "../../etc/passwd", "javascript:alert(1)"),
    *("00000000-0000-4000-8000-000000000000", "AAAAAAAAAAAAAAAAAAAAAA", "SW1A 1AA", "+44 20 7946 0000"),
]
VALUE = st.sampled_from(HOSTILE) | st.text(max_size=60) | st.integers().map(str) | st.dates().map(str)
KINDS = [
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=x",
]
METHODS = ["get"] * 4 + ["post"] * 8 + ["head", "put", "patch", "delete", "options"]


class Fields(HTMLParser):
    """The names of a page's form fields, each with the values that it holds or offers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "option":
            name = self.select
        else:
            name = given.get("name") or ""
            self.select = name if tag == "select" else self.select
        if tag in ("input", "select", "textarea", "button", "option") and name:
            value = given.get("value")
            self.values.setdefault(name, []).extend([value] if value is not None else [])


@pytest.fixture(scope="module")
def pages(ada):  # noqa: F811
    """Each path once for someone signed in and once for a visitor: the client, the path, its fields."""
    found = []
    for client in (ada, Client(raise_request_exception=False)):
        for route in ROUTES:
            path = filled(route, real(route))
            answer = send(client, "get", path, {})
            is_page = answer.status_code == 200 and "html" in answer.headers.get("Content-Type", "")
            found.append((client, path, Fields(answer.content.decode()).values if is_page else {}))
    assert sum(1 for _, _, fields in found if len(fields) > 1) > 40
    return found


def send(client, method, path, data, **how):
    """Sends the request and returns the answer; undoes its changes to the database and the client's cookies."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        if isinstance(data, bytes):
            answer = client.generic(method, path, data, **how)
        else:
            answer = getattr(client, method)(path, data, **how)
        if answer.streaming:
            b"".join(answer.streaming_content)
        if answer.status_code < 500:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # those that PostgreSQL puts off until the end
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


@st.composite
def filled_in(draw, fields):
    """A body: most fields as the page has them, some changed, left out, or there twice."""
    body = {}
    for name, offered in fields.items():
        act = draw(st.integers(0, 9))
        own = draw(st.sampled_from(offered)) if offered else draw(VALUE)
        if act < 6:
            body[name] = own
        elif act < 8:
            body[name] = draw(VALUE)
        elif act == 8:
            body[name] = [own, draw(VALUE)]
    if draw(st.booleans()):
        body |= draw(st.dictionaries(st.sampled_from([*NAMES, "action", "_save", "file"]), VALUE, max_size=3))
    if draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from([*fields, "file"]))
        body[name] = SimpleUploadedFile("a.csv", draw(st.binary(max_size=200)))
    return body


@st.composite
def requests(draw, pages):
    client, path, fields = draw(st.sampled_from(pages))
    method = draw(st.sampled_from(METHODS))
    names = st.sampled_from([*NAMES, *fields]).flatmap(lambda name: st.sampled_from(LOOKUPS).map(name.__add__))
    query = draw(st.dictionaries(names, VALUE, max_size=3))
    if method in ("get", "head"):
        return client, method, path, query, {}
    how = {"QUERY_STRING": "&".join(f"{name}={len(value)}" for name, value in query.items())}
    if method == "post" and draw(st.integers(0, 7)):
        return client, method, path, draw(filled_in(fields)), how
    return (client, method, path, draw(st.binary(max_size=300)), {"content_type": draw(st.sampled_from(KINDS)), **how})


def test_no_generated_request_fails(pages, caplog):
    statuses: Counter[int] = Counter()
    caplog.set_level(logging.CRITICAL)

    @settings(
        max_examples=REQUESTS or 300,
        derandomize=not REQUESTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(pages))
    def no_request_fails(request):
        client, method, path, data, how = request
        note(f"{method} {path} {'signed in' if client is pages[0][0] else 'a visitor'} {how!s} {data!s}")
        answer = send(client, method, path, data, **how)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500

    no_request_fails()
    report(f"{statuses.total()} requests: {dict(sorted(statuses.items()))}")
    assert {200, 403, 404, 422} <= statuses.keys()
