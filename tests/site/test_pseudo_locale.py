"""Every public page in a made-up translation: every text is marked for translation."""

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings as site
from django.template.loader import render_to_string
from django.test import Client

from pledges.emails import compose
from pledges.models import PledgeText
from pledges.signing.views import suggested
from tests.site import pseudo_locale
from tests.site.said import texts
from tests.site.test_pages import PUBLIC, path

# Names, addresses and examples, which are the same in every language.
NAMES = re.compile(
    r"Care|Don't|Share|English|Cymraeg|WhatsApp|Right to Remain|Project 17|Southall Black Sisters"
    r"|Latin American Women’s Rights Service|Liberty.*|.*\S+@\S+|https?:\S+|[\w.#]*/\S+|#\w+|\w+\.(json|csv)|\W*"
)
WORDS = re.compile(r"[A-Za-z]{3,}")
# A message, or its part before or behind an element within it.
MARKED = re.compile(r"⟦[^⟧]*(⟧|$)|^[^⟦]*⟧")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return pseudo_locale.write(tmp_path_factory.mktemp("pseudo"))


@pytest.fixture(autouse=True)
def pseudo(folder, settings):
    settings.LOCALE_PATHS = [folder]
    for cached in (suggested, compose._rendered):
        cached.cache_clear()
    yield
    for cached in (suggested, compose._rendered):
        cached.cache_clear()


def unmarked(said: set[str]) -> set[str]:
    """What is left of these texts outside of marked messages, without names."""
    left = {MARKED.sub("", text).strip() for text in said - rows()}
    return {text for text in left if WORDS.search(text) and not NAMES.fullmatch(text)}


def rows() -> set[str]:
    """The pledge and the consents: rows that staff write, in each language."""
    values = PledgeText.objects.values_list("pledge", "declaration", "email_consent")
    return {line for row in values for text in row for line in text.splitlines()}


@pytest.mark.django_db
def test_the_check_finds_a_text_that_is_not_marked():
    assert unmarked({"⟦Marked⟧", "Care", "Not marked", "⟦Half⟧ of this"}) == {"Not marked", "of this"}


# Pages of which the content is a row of the report, in its own language (English); their frame is in the others.
ROWS = re.compile(r"^/(report|press|demo)/|\.(json|csv|atom|xml|txt|svg)$|^/(healthz|readyz)|favicon|images")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in PUBLIC if not ROWS.search(route)])
def test_no_text_of_a_public_page_is_left_unmarked(route):
    response = Client(raise_request_exception=False).get(path(route))
    if response.status_code >= 300 and response.status_code != 404:
        pytest.skip("not a page")
    html = response.content.decode()
    assert "⟦" in html
    assert unmarked(texts(html)) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form", ["/pledge/", "/pledge/organisations/sign/", "/pledge/mine/", "/pledge/report-name/", "/privacy/complaint/"]
)
def test_no_error_of_a_form_is_left_unmarked(form):
    typed = {"email": "a b", "postcode": "ZZ1 1ZZ", "website": "a b"}
    response = Client().post(form, urlencode(typed), content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert unmarked(texts(response.content.decode())) == set()


EMAILS = sorted(f"emails/{path.parent.name}/{path.name}" for path in (site.BASE_DIR / "templates/emails").glob("*/*.*"))


@pytest.mark.django_db
@pytest.mark.parametrize("template", EMAILS)
def test_no_text_of_an_email_is_left_unmarked(template):
    said = render_to_string(template, {"code": "x", "stop": "x"})
    assert unmarked(texts(said) if template.endswith("html") else set(said.splitlines())) == set()
