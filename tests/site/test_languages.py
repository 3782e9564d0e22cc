"""The translated pages: one address for each language, nothing left in English, and marked as drafts."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from campaign import sharing, translation_sources, translations
from campaign.http import errors, page_cache
from pledges.emails import compose
from pledges.inputs.professions import SUGGESTIONS, Profession, profession_of
from pledges.inputs.regions import Region
from pledges.languages import IN_SHORT, LANGUAGES, TRANSLATED
from pledges.models import Organisation, PendingSignature, PledgeText, Signature
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from reports import load_content
from reports.models import Status
from reports.open_data import sitemap
from tests.makers import answers, token_of
from tests.site.said import texts

ENGLISH = settings.LANGUAGE_CODE
WITH_PARAMETERS = ("sent", "confirm", "never", "allow", "mine_opened", "mine_remove", "mine_download")
WITH_PARAMETERS += ("mine_entry", "mine_withdraw_entry")
WITHOUT_PARAMETERS = [
    name for name in TRANSLATED if name != "error" and name.removeprefix("pledges:") not in WITH_PARAMETERS
]
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
    *(
        "WhatsApp",
        "CC BY 4.0",
        "Poster",
        "Poster · Care Don't Share",
        "Poster (A4)",
        "Post",
        "logo (SVG)",
    ),  # the same in Welsh
    *(settings.CONTROLLER["phone"], f"{settings.SITE_ORIGIN}/press/"),
    *(language.own_name for language in LANGUAGES.values()),
}
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


@pytest.mark.parametrize("code", IN_SHORT["error"])
def test_an_error_below_the_prefix_of_a_language_is_in_that_language_and_leads_on_in_it(client, code, rf):
    with translation.override(code):
        away = [errors.unavailable(rf.get("/")), errors.unavailable(rf.post("/")), errors.server_error(rf.get("/"))]
    missing, refused = client.get(f"/{code}/pledge/"), client.post(f"/{code}/safety/")
    responses = [*away, missing, refused]
    assert [response.status_code for response in responses] == [503, 503, 500, 404, 405]
    frame = texts(page(path_of("home", code)))
    for response in responses:
        html = response.content.decode()
        assert f'<html lang="{code}"' in html
        assert f'href="/{code}/"' in html
        said = " ".join(texts(html) - frame).replace("Care Don't Share", "")
        assert re.search("[A-Za-z]{2}", said) is None


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
    assert '<link rel="alternate" hreflang=' not in page("/about/")


def test_a_page_in_one_language_links_to_home_in_each_of_the_others():
    token = token_of(signing.sign(answers(language="cy"), timezone.now()))
    for path, own in (("/about/", ENGLISH), (path_of("pledges:confirm", "cy", token), "cy")):
        html = page(path)
        for code in {ENGLISH, *LANGUAGES} - {own}:
            assert f'<a href="{path_of("home", code)}" lang="{code}"' in html
        assert f'lang="{own}" dir="ltr" hreflang' not in html


def test_the_sitemap_lists_every_language_of_a_page(client):
    xml = client.get("/sitemap.xml").content.decode()
    for name in set(sitemap.PAGES) & set(TRANSLATED):
        versions = [(code, settings.SITE_ORIGIN + path_of(name, code)) for code in (ENGLISH, *TRANSLATED[name])]
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
    assert client.get("/cy/about/").status_code == 404
    assert client.get("/ar/pledge/").status_code == 404
    assert 'href="/about/"' in page("/cy/safety/")


@pytest.mark.parametrize("code", IN_SHORT["home"])
def test_home_in_few_words_leads_to_the_form_and_shows_the_pledge_as_english(code, settings):
    html = page(path_of("home", code))
    assert '<a class="btn" href="/pledge/" hreflang="en-gb">' in html
    assert f'lang="en" dir="ltr"><li><span>{escape(PledgeText.objects.get().commitments[0])}' in html


@pytest.mark.parametrize("code", IN_SHORT["home"])
def test_after_the_campaign_home_in_few_words_says_so_and_invites_no_one(code, settings):
    settings.CAMPAIGN_ENDS = "2020-01-01"
    html = page(path_of("home", code))
    with translation.override(code):
        assert re.findall(r"<h[12]>(.*?)</h", html) == [
            translation.gettext("The campaign has ended"),
            translation.gettext("If you change your mind"),
        ]
    assert 'href="/pledge/"' not in html


def test_the_words_that_the_steps_to_sign_name_are_on_the_english_pages():
    steps = translation_sources.in_template(settings.BASE_DIR / "templates/campaign/home_in_short.html")
    named = set(re.findall("“(.*?)”", " ".join(map(str, steps))))
    confirm = path_of("pledges:confirm", ENGLISH, token_of(signing.sign(answers(), timezone.now())))
    subject = render_to_string("emails/confirm/subject.txt").strip()
    refused = send(Client(), "/pledge/", {"email": ""}).content.decode()
    shown = {subject, *texts(refused), *texts(page(confirm)), *texts(page("/pledge/thank-you/"))}
    assert named == {"Yes", "No", "Sign the pledge", "There is a problem", subject, "Confirm", "You have signed"}
    assert {word for word in named if not any(re.match(rf"{word}\b", text) for text in shown)} == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_poster_leads_to_the_form_or_to_home_in_its_own_language(code):
    leads_to = settings.SITE_ORIGIN + ("/cy/pledge/" if code == "cy" else f"/{code}/")
    assert str(sharing.qr_code(leads_to)) in page(path_of("share_poster", code))


def test_a_poster_shows_the_pledge_in_its_own_language_or_says_what_it_asks():
    welsh, asks = path_of("share_poster", "cy"), "Mae'r addewid yn galw am fur gwarchod"
    assert asks in page(welsh)
    assert escape(PledgeText.objects.get().commitments[0]) not in page(welsh)
    PledgeText.objects.create(number=1, **WELSH)
    assert asks not in page(welsh)
    assert "<li><span>Un.</span></li>" in page(welsh)


@pytest.mark.parametrize(("name", "code"), PAGES)
def test_the_page_cache_knows_a_translation_as_it_knows_the_english_page(name, code):
    assert page_cache._route_of(path_of(name, code)) == page_cache._route_of(path_of(name, ENGLISH))


def test_nginx_stores_no_translation_of_a_page_that_it_does_not_store_in_english():
    [rules] = re.findall(r"\$is_not_cached \{(.*?)\n\}", (settings.BASE_DIR / "deploy/nginx.conf").read_text(), re.S)
    private = re.compile("|".join(re.findall(r"~(\S+) 1;", rules)))
    for path in ("/pledge/confirm/token/", "/pledge/sent/handle/", "/pledge/mine/key/", "/pledge/supporters/?"):
        assert private.search(path)
        assert private.search(f"/cy{path}")
    assert not private.search("/cy/safety/")
    assert not private.search("/cy/pledge/")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_file_of_a_language_holds_every_message_of_its_pages(code):
    """If this fails: `python -m campaign.translation_sources`, and translate what is new in locale/."""
    held = {translation_sources._id(message.id) for message in translation_sources.catalogue(code) if message.id}
    assert translation_sources.needed(code) - held == set()
    assert held - translation_sources.everywhere() == set()


def test_the_labels_of_choices_that_a_page_shows_are_among_its_messages():
    shown = [Status, Organisation.Kind, Profession, Region]
    labels = {str(label) for choices in shown for _value, label in choices.choices}
    assert labels - translation_sources.needed("cy") == set()


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


WELSH = {"language": "cy", "pledge": "Un.", "published_at": timezone.now() - timedelta(minutes=1)}
SIGN = {"email": "alice@example.org", "by_email": "no"}
ENGLISH_SO_FAR = "Mae'r addewid yn Saesneg hyd yn hyn."


def test_a_form_in_a_language_without_a_pledge_text_shows_the_english_one_as_english(client):
    html = page("/cy/pledge/")
    assert 'name="pledge_text" value="1"' in html
    assert '<ol class="pledge-text pledge-text--ruled" id="id_pledge_text" lang="en">' in html
    assert '<span lang="en">' in html
    assert ENGLISH_SO_FAR in html
    assert send(client, "/cy/pledge/", {**SIGN, "pledge_text": "1"}).status_code == 303
    assert PendingSignature.objects.get().pledge_text.language == "en"


def test_what_was_signed_is_recorded_with_its_language(client):
    PledgeText.objects.create(number=1, **WELSH)
    assert 'name="pledge_text" value="cy-1"' in page("/cy/pledge/")
    assert ENGLISH_SO_FAR not in page("/cy/pledge/")
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


@pytest.mark.parametrize("code", TRANSLATED["pledges:sign"])
def test_the_occupations_that_a_form_suggests_belong_to_the_same_group_in_every_language(code):
    for suggestion in SUGGESTIONS:
        with translation.override(code):
            own = str(suggestion)
        with translation.override(ENGLISH):
            assert profession_of(own) == profession_of(str(suggestion)), own
