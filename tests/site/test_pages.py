"""Every public page: what each must have, and what none may contain."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.html import escape

from reports import load_content

# What stands for the parameters of a route; a page of a made-up token must be as calm as any other.
STANDS_FOR = {
    "token": "AAAAAAAAAAAAAAAAAAAAAA",
    "handle": "AAAAAAAAAAAAAAAAAAAAAA",
    "key": "AAAAAAAAAAAAAAAAAAAAAA",
    "ref": "00000000-0000-4000-8000-000000000000",
    "slug": "education",
    "number": "1",
    "name": "education-1-0000",
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield "/" + route


PUBLIC = sorted(route for route in routes(get_resolver()) if not route.startswith("/admin/"))


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="session")
def answers(django_db_setup, django_db_blocker):
    """Requests every page once, for all tests; afterwards deletes the report that it shows."""
    client = Client(raise_request_exception=False)
    with django_db_blocker.unblock(), transaction.atomic():
        load_content.load()
        found = {}
        for route in PUBLIC:
            with transaction.atomic():
                found[route] = client.get(path(route))
        transaction.set_rollback(True)
    return found


def path(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: STANDS_FOR[found[1]], route)


@pytest.fixture
def answer(answers, route):
    return answers[route]


@pytest.fixture
def html(answer):
    if not answer.headers["Content-Type"].startswith("text/html") or 300 <= answer.status_code < 400:
        pytest.skip("not a page")
    return Page(answer.content.decode())


pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("route", PUBLIC)]


def test_public_pages_set_no_cookie_and_depend_on_none(answer):
    assert answer.status_code < 500
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_each_public_page_has_one_heading_a_title_and_a_language(html, answer):
    assert len(html.named("h1")) == 1
    assert re.search(r"<title>\s*\S+", answer.content.decode())
    assert html.named("html") == [{"lang": "en-gb"}]


def test_a_page_for_everybody_says_how_it_looks_where_it_is_shared(html, answer):
    said = {meta.get("property") or meta.get("name"): meta.get("content") for meta in html.named("meta")}
    if said.get("robots") == "noindex":
        pytest.skip("not listed by search engines")
    shared = {"description", "og:title", "og:description", "og:image", "og:url"}
    assert shared <= {name for name, content in said.items() if content}
    assert f"<title>{escape(said['og:title'])} · " in answer.content.decode()


def test_no_public_page_has_inline_styles_or_scripts(html):
    assert html.named("style") == []
    assert all(script.get("src") or "json" in (script.get("type") or "") for script in html.named("script"))
    spoken = [(tag, name) for tag, attributes in html.tags for name in attributes]
    assert [(tag, name) for tag, name in spoken if name == "style" or name.startswith("on")] == []


def test_no_public_page_loads_anything_from_another_host(html):
    fetched = [attributes.get("src") for _, attributes in html.tags] + [
        link.get("href") for link in html.named("link") if link.get("rel") in {"stylesheet", "icon", "preload"}
    ]
    assert [address for address in fetched if address and not address.startswith("/")] == []


def test_every_id_is_there_once_and_every_anchor_leads_somewhere(html):
    ids = [attributes["id"] for _, attributes in html.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    anchors = {(link.get("href") or "")[1:] for link in html.named("a") if (link.get("href") or "").startswith("#")}
    assert anchors <= set(ids)
