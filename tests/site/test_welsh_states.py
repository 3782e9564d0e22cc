"""In Welsh, no page after a form or a link, no error and no email has English text left."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from campaign import translation_sources
from pledges.crypto import tokens
from pledges.emails import compose, queue
from pledges.models import Contact, EmailBlock, Organisation, PendingSignature, PledgeText, QueuedEmail
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from reports import load_content
from reports.models import Arrangement, Sector
from tests.makers import ALICE, BOB, answers, organisation_answers, signed, token_of
from tests.site import public_states
from tests.site.said import texts
from tests.site.test_languages import ENGLISH, english_left, page, path_of, send
from tests.staff_accounts import approved

pytestmark = pytest.mark.django_db


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
    assert english_left(path_of(name, ENGLISH), path_of(name, "cy"), form) <= {"alice@gmial.com", "a b", "x" * 500}


def confirm_pages(handle: str) -> tuple[str, str]:
    return tuple(path_of("pledges:confirm", code, token_of(handle)) for code in (ENGLISH, "cy"))


def test_the_pages_that_follow_a_form_are_translated():
    signed(ALICE, ConfirmChoices(public_name="Alice"), region="wales")
    person = confirm_pages(signing.sign(answers(region="wales", profession="health"), timezone.now()))
    organisation = confirm_pages(signing.sign(organisation_answers(), timezone.now()))
    own = {"Alice"}
    used = signed(BOB)
    assert english_left(*(path_of("pledges:confirm", code, used) for code in (ENGLISH, "cy"))) == set()
    assert english_left(*person) <= own
    assert english_left(*person, {"agree": ""}) <= own
    assert english_left(*person, {"earlier": "on"}) <= own
    assert english_left(*person, {"show_name": "on", "by_post": "on", "public_name": "1", "address": "x"}) <= own
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


def mine_pages(mailbox, route: str = "mine_opened", purpose: str = "MINE", *more: object) -> list[str]:
    """The path of a page of "My pledge" in English and in Welsh."""
    key = tokens.link_key(tokens.TokenPurpose[purpose], tokens.digest(mailbox.identity))
    return [path_of(f"pledges:{route}", code, key, *more) for code in (ENGLISH, "cy")]


def test_my_pledge_is_translated_in_every_state():
    signed(ALICE, ConfirmChoices(public_name="Alice", post={"address": "x"}), by_email=True)
    signing.sign(answers(ALICE), timezone.now())
    own = {
        "Alice",
        ALICE.address,
        settings.CONTROLLER["email"],
        *map(str, Contact.objects.values_list("ref", flat=True)),
    }
    assert english_left(*mine_pages(ALICE)) == set()
    assert english_left(*mine_pages(ALICE), {"open": ""}) == set()
    assert english_left(*mine_pages(ALICE), {"open": "on"}) <= own
    assert english_left(*mine_pages(ALICE, "mine_remove"), {"kind": "withdraw"}) <= own
    for kind in ("hide-name", "stop-post", "stop-email", "withdraw", "never"):
        assert english_left(*mine_pages(ALICE, "mine_remove"), {"kind": kind, "sure": "on"}) <= own
    assert english_left(*mine_pages(BOB)) == set()


def test_my_pledge_of_an_organisation_is_translated():
    body = approved()
    Organisation.objects.update(digest=tokens.digest(ALICE.identity))
    own = {body.name, body.website, "Sample Signer", "Secretary", "office@example.org"}
    assert english_left(*mine_pages(ALICE), {"open": "on"}) <= own
    entry = mine_pages(ALICE, "mine_entry", "MINE", body.ref)
    assert english_left(*entry, {"edit": "yes"}) <= own
    assert english_left(*entry, {"save": "yes", "name": ""}) <= own


@pytest.mark.parametrize(("route", "purpose"), [("never", "NEVER"), ("allow", "ALLOW")])
def test_the_pages_that_stop_and_allow_emails_are_translated(route, purpose):
    pages = mine_pages(ALICE, route, purpose)
    assert english_left(*pages) == set()
    assert english_left(*pages, {"sure": ""}) == set()
    assert english_left(*pages, {"sure": "on"}) == set()
    assert english_left(*(path_of(f"pledges:{route}", code, "unknown") for code in (ENGLISH, "cy"))) == set()


def test_the_form_of_my_pledge_is_translated():
    form = [path_of("pledges:mine", code) for code in (ENGLISH, "cy")]
    assert english_left(*form, {"email": ""}) == set()
    assert english_left(*form, {"email": "a b"}) <= {"a b"}


@pytest.mark.parametrize("is_blocked", [False, True])
def test_the_email_with_the_link_to_my_pledge_is_in_the_language_of_its_page(is_blocked):
    if is_blocked:
        EmailBlock.objects.create(digest=tokens.digest(ALICE.identity), blocked_on=timezone.localdate())
    send(Client(), "/cy/pledge/mine/", {"email": ALICE.address})
    queued = QueuedEmail.objects.get()
    message = compose.compose(queued, timezone.now())
    assert f"/cy/pledge/{'allow' if is_blocked else 'mine'}/" in message.body
    assert '<html lang="cy">' in str(message.alternatives[0])
    assert "/cy/privacy/" in str(message.alternatives[0])
    queue.mark_sent([queued], timezone.now())
    assert QueuedEmail.objects.get().language == ""


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


def test_the_labels_of_the_report_on_home_are_among_its_messages():
    load_content.load()
    labels = {*Sector.objects.values_list("name", flat=True), *Arrangement.objects.values_list("label", flat=True)}
    assert labels - translation_sources.needed("cy") == set()
    html = page("/cy/")
    assert 'textLength="74"' in re.search(r"<text([^>]*)>Cynghorau<", html)[1]  # as wide as its box, not wider
    shown = texts(html)
    with translation.override("cy"):
        assert {translation.gettext(label) for label in labels} - shown == set()


def test_no_heading_breaks_after_the_e_of_the_welsh_word_for_email():
    headings = re.findall(r"<h[1-3][^>]*>(.*?)</h[1-3]>", "".join(public_states.states("cy").values()), re.DOTALL)
    assert [one for one in headings if re.search("[Ee]-b", one)] == []
    assert any("e‑bost" in one for one in headings)
