"""The translated pages: one address for each language, nothing left in English, and marked as drafts."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaign import translation_sources, translations
from campaign.http import page_cache
from pledges.emails import compose
from pledges.inputs.professions import SUGGESTIONS, profession_of
from pledges.languages import LANGUAGES, TRANSLATED
from pledges.models import PendingSignature, PledgeText, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from reports import load_content
from reports.open_data import sitemap
from tests.makers import ALICE, BOB, answers, organisation_answers, signed, token_of
from tests.site.said import texts

ENGLISH = settings.LANGUAGE_CODE
WITHOUT_PARAMETERS = [name for name in TRANSLATED if name not in ("error", "pledges:sent", "pledges:confirm")]
PAGES = [(name, code) for name in WITHOUT_PARAMETERS for code in TRANSLATED[name]]
# What stays as it is in every language: names, examples, and what the buttons of the English form say.
NAMES = {
    *("Care Don't Share", "Care", "Don't", "Share", "English", "→"),
    *("Right to Remain", "Project 17", "Southall Black Sisters", "Latin American Women’s Rights Service"),
    *(
        "Care Don't Share <pledge@example.org>",
        "alice@example.org",
        "Example Teachers' Network",
        "Ada Example",
        "Chair",
    ),
    *(settings.CONTROLLER["phone"], f"{settings.SITE_ORIGIN}/press/"),
    *(language.own_name for language in LANGUAGES.values()),
}
MARK = "Draft translation, not yet read by a speaker."
STALE = "Some sentences are in English: they have changed since."
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?(?!bdi)\w+")  # <bdi> keeps the direction of a name
pytestmark = pytest.mark.django_db


def path_of(name: str, language: str, *args: str) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_a_translated_page_says_its_language_and_direction(name, code):
    html = page(path_of(name, code))
    direction = ' dir="rtl"' if LANGUAGES[code].direction == "rtl" else ""
    assert f'<html lang="{code}"{direction}>' in html


def send(client: Client, path: str, form: dict[str, str]):
    return client.post(path, urlencode(form), content_type="application/x-www-form-urlencoded")


def english_left(path: str, other: str, form: dict[str, str] | None = None) -> set[str]:
    """The texts with words that the page at `other` shares with the English one at `path`."""
    client = Client()
    pages = [client.get(one) if form is None else send(client, one, form) for one in (path, other)]
    assert pages[0].status_code == pages[1].status_code not in (403, 415, 500)
    english, translated = (texts(answer.content.decode()) for answer in pages)
    return {text for text in english & translated if re.search(r"[A-Za-z]{2}", text)} - NAMES


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_a_translated_page_has_no_english_sentence(name, code):
    load_content.load()
    assert english_left(path_of(name, ENGLISH), path_of(name, code)) == set()


@pytest.mark.parametrize("name", ["pledges:sign", "pledges:organisations_sign"])
@pytest.mark.parametrize(
    "form",
    [
        {"email": ""},
        {"email": "alice@gmial.com", "postcode": "ZZ1 1ZZ", "website": "a b", "name": "x" * 500, "kind": "?"},
    ],
    ids=["empty", "wrong"],
)
def test_the_errors_of_a_translated_form_are_translated(name, form):
    assert english_left(path_of(name, ENGLISH), path_of(name, "cy"), form) <= {
        "alice@gmial.com",
        "a b",
        "x" * 500,
    }


def confirm_pages(handle: str) -> tuple[str, str]:
    return tuple(path_of("pledges:confirm", code, token_of(handle)) for code in (ENGLISH, "cy"))


def test_the_pages_that_follow_a_form_are_translated():
    signed(ALICE, ConfirmChoices(public_name="Alice"), region="wales")
    person = confirm_pages(signing.sign(answers(region="wales", profession="health"), timezone.now()))
    organisation = confirm_pages(signing.sign(organisation_answers(), timezone.now()))
    own = {"Alice"}
    assert english_left(*person) <= own
    assert english_left(*person, {"agree": ""}) <= own
    assert english_left(*person, {"earlier": "on"}) <= own
    assert (
        english_left(*person, {"show_name": "on", "by_post": "on", "public_name": "1", "address": "x"}) <= own
    )
    assert english_left(*organisation) <= own
    sent = [path_of("pledges:sent", code, "0123456789abcdef") for code in (ENGLISH, "cy")]
    assert english_left(*sent) == set()
    assert english_left(*sent, {"code": "wrong"}) == set()
    assert english_left(*sent, {"code": "7K3M9QXA"}) == set()
    assert english_left(*(path_of("pledges:confirm", code, "unknown") for code in (ENGLISH, "cy"))) == set()
    assert english_left("/nothing/", "/cy/nothing/") == set()


def test_after_the_campaign_the_form_says_so_in_its_language(settings):
    settings.CAMPAIGN_ENDS = "2020-01-01"
    assert english_left("/pledge/", "/cy/pledge/") == set()


def test_an_error_below_the_prefix_of_a_language_without_error_pages_is_in_english(client):
    html = client.get("/ar/nothing/").content.decode()
    assert '<html lang="en-gb">' in html
    assert "Page not found" in html


@pytest.mark.parametrize("name", WITHOUT_PARAMETERS)
def test_every_version_of_a_page_links_to_all_others_and_to_no_more(name):
    codes = (ENGLISH, *TRANSLATED[name])
    for code in codes:
        html = page(path_of(name, code))
        for other in codes:
            address = path_of(name, other)
            assert f'<link rel="alternate" hreflang="{other}" href="{settings.SITE_ORIGIN}{address}">' in html
            assert f'<a href="{address}" lang="{other}"' in html
        assert html.count('<link rel="alternate" hreflang=') == len(codes)
    assert "hreflang" not in page("/privacy/")


def test_the_sitemap_lists_every_language_of_a_page(client):
    xml = client.get("/sitemap.xml").content.decode()
    for name in set(sitemap.PAGES) & set(TRANSLATED):
        versions = [
            (code, settings.SITE_ORIGIN + path_of(name, code)) for code in (ENGLISH, *TRANSLATED[name])
        ]
        for _code, address in versions:
            [entry] = re.findall(rf"<url><loc>{re.escape(address)}</loc>.*?</url>", xml, re.S)
            assert re.findall(r'hreflang="(.*?)" href="(.*?)"', entry) == versions


def test_english_addresses_have_no_prefix_and_nothing_but_the_path_chooses_a_language(client):
    assert path_of("safety", ENGLISH) == "/safety/"
    english = client.get("/safety/")
    welsh_reader = Client(HTTP_ACCEPT_LANGUAGE="cy", HTTP_COOKIE="django_language=cy")
    assert welsh_reader.get("/safety/").content == english.content
    assert "language" not in english.get("Vary", "").lower()


def test_a_page_that_is_not_translated_has_no_address_with_a_prefix(client):
    assert client.get("/cy/privacy/").status_code == 404
    assert client.get("/ar/pledge/").status_code == 404
    assert 'href="/privacy/"' in page("/cy/safety/")


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_the_page_cache_knows_a_translation_as_it_knows_the_english_page(name, code):
    assert page_cache._route_of(path_of(name, code)) == page_cache._route_of(path_of(name, ENGLISH))


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
    assert not private.search("/cy/pledge/")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_file_of_a_language_holds_every_message_of_its_pages(code):
    """If this fails: `python -m campaign.translation_sources`, and translate what is new in locale/."""
    held = {
        translation_sources._id(message.id) for message in translation_sources.catalogue(code) if message.id
    }
    assert translation_sources.needed(code) - held == set()
    assert held - translation_sources.everywhere() == set()


@pytest.mark.parametrize("source", translations.catalogues(), ids=lambda source: source.parts[-3])
def test_no_translation_lacks_a_placeholder_or_a_tag(source):
    with source.open("rb") as text:
        messages = [message for message in read_po(text) if message.id and not message.fuzzy]
    for message in messages:
        strings = [message.string] if isinstance(message.string, str) else message.string
        # Only the form for one may do without the number.
        sources = [message.id] if isinstance(message.id, str) else [message.id[0], *[message.id[1]] * 5]
        for english, string in zip(sources, strings, strict=False):
            if string:
                assert sorted(PLACEHOLDER.findall(string)) == sorted(PLACEHOLDER.findall(english)), string


@pytest.fixture
def locale(monkeypatch, tmp_path):
    """A folder of translations for this test alone; it holds a Welsh file of two messages."""

    def forget() -> None:
        translations.is_draft.cache_clear()
        translations.is_stale.cache_clear()

    def write(*messages: str) -> None:
        header = 'msgid ""\nmsgstr ""\n"Language: cy\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        path = translations.source("cy")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *messages]))
        forget()

    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    monkeypatch.setattr(translations, "READERS", tmp_path / "readers.toml")
    translations.READERS.write_text("")
    yield write
    forget()


WHOLE = 'msgid "Read"\nmsgstr "Darllenwch"\n'


def test_a_translation_is_marked_as_a_draft_until_a_speaker_has_read_it_as_it_is_now(locale):
    locale(WHOLE)
    assert MARK in page("/cy/safety/")
    assert MARK not in page("/safety/")
    translations.READERS.write_text(f'[cy]\ndigest = "{translations.digest("cy")}"')
    locale(WHOLE)
    assert MARK not in page("/cy/safety/")
    locale(WHOLE.replace("Darllenwch", "Darllen"))
    assert MARK in page("/cy/safety/")


@pytest.mark.parametrize(
    "changed", ['#, fuzzy\nmsgid "Sign now"\nmsgstr "Llofnodwch"\n', 'msgid "Sign now"\nmsgstr ""\n']
)
def test_a_translation_whose_english_changed_is_marked_as_stale(locale, changed):
    locale(WHOLE)
    assert STALE not in page("/cy/safety/")
    locale(WHOLE, changed)
    assert STALE in page("/cy/safety/")


def test_an_update_keeps_the_translation_of_a_changed_text_but_does_not_show_it(locale, monkeypatch):
    new, other = "You can sign again from today.", "Page not found"
    monkeypatch.setattr(translation_sources, "needed", lambda _language: {new, other})
    monkeypatch.setattr(translation_sources, "everywhere", lambda: {new, other})
    locale('msgid "You can sign again from now."\nmsgstr "Gallwch lofnodi eto."\n')
    translation_sources.update("cy")
    changed, added = (translation_sources.catalogue("cy").get(message) for message in (new, other))
    assert (changed.fuzzy, changed.string) == (True, "Gallwch lofnodi eto.")
    assert (added.fuzzy, added.string) == (False, "")
    assert translations.is_stale("cy")


WELSH = {"language": "cy", "pledge": "Un.", "published_at": timezone.now() - timedelta(minutes=1)}
SIGN = {"email": "alice@example.org", "by_email": "no"}


def test_a_form_in_a_language_without_a_pledge_text_shows_the_english_one_as_english(client):
    html = page("/cy/pledge/")
    assert 'name="pledge_text" value="1"' in html
    assert '<ol class="pledge-text pledge-text--ruled" id="id_pledge_text" lang="en">' in html
    assert '<span lang="en">' in html
    assert send(client, "/cy/pledge/", {**SIGN, "pledge_text": "1"}).status_code == 303
    assert PendingSignature.objects.get().pledge_text.language == "en"


def test_what_was_signed_is_recorded_with_its_language(client):
    PledgeText.objects.create(number=1, **WELSH)
    assert 'name="pledge_text" value="cy-1"' in page("/cy/pledge/")
    assert 'name="pledge_text" value="1"' in page("/pledge/")
    send(client, "/cy/pledge/", {**SIGN, "pledge_text": "cy-1"})
    pending = PendingSignature.objects.get()
    assert (pending.pledge_text.language, pending.language) == ("cy", "cy")
    signing.confirm(compose.encryption.decrypt(pending.encrypted_token), ConfirmChoices(), timezone.now())
    assert Signature.objects.get().pledge_text.language == "cy"
    pending.refresh_from_db()
    assert pending.language == ""


def test_a_form_that_showed_the_english_text_may_be_sent_when_a_welsh_one_was_published_since(client):
    PledgeText.objects.create(number=1, **WELSH)
    send(client, "/cy/pledge/", {**SIGN, "pledge_text": "1"})
    assert PendingSignature.objects.get().pledge_text.language == "en"
    assert send(client, "/pledge/", {**SIGN, "pledge_text": "cy-1"}).status_code == 422


@pytest.mark.parametrize("kind", ["confirm", "reminder"])
@pytest.mark.parametrize("given", [answers, organisation_answers])
def test_the_emails_are_in_the_language_of_the_page_on_which_somebody_signed(kind, given):
    found = []
    for mailbox, language in ((ALICE, ""), (BOB, "cy")):
        signing.sign(given(mailbox, language=language), timezone.now())
        row = PendingSignature.objects.latest("pk")
        queued = QueuedEmail.objects.get(ref=row.ref, kind=kind)
        found.append(compose.compose(queued, timezone.now()))
    english, welsh = found
    assert "/cy/pledge/confirm/" in welsh.body
    assert "/cy/" not in english.body
    assert '<html lang="cy">' in str(welsh.alternatives[0])
    assert welsh.subject != english.subject
    same = set(re.split(r"\n\s*", english.body)) & set(re.split(r"\n\s*", welsh.body))
    pledge = " ".join(PledgeText.objects.get().commitments)
    same = {line for line in same if " " in line and line.strip("123. ") not in pledge}
    assert same <= {"-- ", "Ground, London SW1P 2HR."}


@pytest.mark.parametrize("code", TRANSLATED["pledges:sign"])
def test_the_occupations_that_a_form_suggests_belong_to_the_same_group_in_every_language(code):
    for suggestion in SUGGESTIONS:
        with translation.override(code):
            own = str(suggestion)
        with translation.override(ENGLISH):
            assert profession_of(own) == profession_of(str(suggestion)), own
