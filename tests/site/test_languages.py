"""The translated pages: one address for each language, nothing left in English, and marked as drafts."""

import re
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from campaign import translations
from campaign.http import page_cache
from pledges.languages import LANGUAGES, TRANSLATED

PAGES = [(name, code) for name, codes in TRANSLATED.items() for code in codes]
# What stays as it is in every language: names, and what the buttons of the English form say.
NAMES = {
    *("Care Don't Share", "Care", "Don't", "Share", "English", "→"),
    *("Right to Remain", "Project 17", "Southall Black Sisters", "Latin American Women’s Rights Service"),
    "Draft translation, not yet read by a speaker.",
    settings.CONTROLLER["phone"],
    *(language.own_name for language in LANGUAGES.values()),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?(?!bdi)\w+")  # <bdi> keeps the direction of a name
pytestmark = pytest.mark.django_db


class Said(HTMLParser):
    """The texts of a page: between its tags, and in the attributes that are read aloud."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        spoken = {"aria-label", "title", "alt", "placeholder", "data-one", "data-two"}
        is_description = ("name", "description") in attrs
        self.texts += [
            value for name, value in attrs if name in spoken or (name == "content" and is_description)
        ]

    def handle_data(self, data):
        self.texts.append(" ".join(data.split()))


def path_of(name: str, language: str) -> str:
    with translation.override(language):
        return reverse(name)


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_a_translated_page_says_its_language_and_direction(name, code):
    html = page(path_of(name, code))
    direction = ' dir="rtl"' if LANGUAGES[code].direction == "rtl" else ""
    assert f'<html lang="{code}"{direction}>' in html


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_a_translated_page_has_no_english_sentence(name, code):
    english = set(Said(page(path_of(name, "en-gb"))).texts)
    same = english & set(Said(page(path_of(name, code))).texts)
    assert {text for text in same if re.search(r"[A-Za-z]{2}", text)} <= NAMES


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_version_of_a_page_links_to_all_others(name):
    for code in (settings.LANGUAGE_CODE, *TRANSLATED[name]):
        html = page(path_of(name, code))
        for other in (settings.LANGUAGE_CODE, *TRANSLATED[name]):
            address = path_of(name, other)
            assert f'<link rel="alternate" hreflang="{other}" href="{settings.SITE_ORIGIN}{address}">' in html
            assert f'<a href="{address}" lang="{other}"' in html


def test_english_addresses_have_no_prefix_and_nothing_but_the_path_chooses_a_language(client):
    assert path_of("safety", "en-gb") == "/safety/"
    english = client.get("/safety/")
    welsh_reader = Client(HTTP_ACCEPT_LANGUAGE="cy", HTTP_COOKIE="django_language=cy")
    assert welsh_reader.get("/safety/").content == english.content
    assert "language" not in english.get("Vary", "").lower()


def test_a_page_that_is_not_translated_has_no_address_with_a_prefix(client):
    assert client.get("/cy/privacy/").status_code == 404
    assert 'href="/privacy/"' in page("/cy/safety/")


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_the_page_cache_knows_a_translation_as_it_knows_the_english_page(name, code):
    assert page_cache._route_of(path_of(name, code)) == page_cache._route_of(path_of(name, "en-gb"))


def test_nginx_stores_no_translation_of_a_page_that_it_does_not_store_in_english():
    [rules] = re.findall(
        r"\$is_not_cached \{(.*?)\n\}", (settings.BASE_DIR / "deploy/nginx.conf").read_text(), re.S
    )
    private = re.compile("|".join(re.findall(r"~(\S+) 1;", rules)))
    for path in (
        "/pledge/confirm/token/",
        "/pledge/sent/handle/",
        "/pledge/mine/key/",
        "/pledge/supporters/?",
    ):
        assert private.search(path)
        assert private.search(f"/cy{path}")
    assert not private.search("/cy/safety/")


@pytest.mark.parametrize("source", translations.catalogues(), ids=lambda source: source.parts[-3])
def test_no_translation_lacks_a_placeholder_or_a_tag(source):
    with source.open("rb") as text:
        messages = [message for message in read_po(text) if message.id]
    for message in messages:
        assert not message.fuzzy, message.id
        singular, *_plural = [message.id] if isinstance(message.id, str) else message.id
        for string in [message.string] if isinstance(message.string, str) else message.string:
            assert string, message.id
            assert sorted(PLACEHOLDER.findall(string)) == sorted(PLACEHOLDER.findall(singular)), message.id


def test_a_translation_is_marked_as_a_draft_until_a_speaker_has_read_it_as_it_is_now(monkeypatch, tmp_path):
    mark = "Draft translation, not yet read by a speaker."
    assert mark in page("/cy/safety/")
    assert mark not in page("/safety/")
    translations.is_draft.cache_clear()
    monkeypatch.setattr(translations, "READERS", tmp_path / "readers.toml")
    translations.READERS.write_text(f'[cy]\ndigest = "{translations.digest("cy")}"')
    assert mark not in page("/cy/safety/")
    translations.is_draft.cache_clear()
    translations.READERS.write_text('[cy]\ndigest = "of what it said before"')
    assert mark in page("/cy/safety/")
    translations.is_draft.cache_clear()
