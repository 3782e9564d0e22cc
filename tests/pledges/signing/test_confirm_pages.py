"""From the inbox page and its code, or the email's link, to the confirm page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pledges.crypto import tokens
from pledges.models import Organisation, PendingSignature, PublicName, Signature, retention
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, NOW, answers, organisation_answers, signed, token_of
from tests.pledges.signing.test_forms import SIGN

pytestmark = pytest.mark.django_db
BOGUS = "A" * 22
TOKEN_PAGES = [f"/pledge/confirm/{BOGUS}/", "/pledge/sent/0123456789abcdef/"]


def a_token(make=answers, **others):
    return token_of(signing.sign(make(ALICE, **others), timezone.now()))


def confirm_page(token):
    return f"/pledge/confirm/{token}/"


def test_the_inbox_page_names_sender_and_subject(client):
    page = client.get("/pledge/sent/0123456789abcdef/").content.decode()
    assert "pledge@example.org" in page
    assert "Please confirm your email" in page


def test_the_code_of_the_email_leads_to_its_link(client, post):
    handle = signing.sign(answers(ALICE), timezone.now())
    token = token_of(handle)
    code = tokens.code(token)
    answer = post(f"/pledge/sent/{handle}/", {"code": f" {code[:4].lower()}-{code[4:]}"})
    assert answer.status_code == 303
    assert answer["Location"] == confirm_page(token)


@pytest.mark.parametrize("sentence", ["Your code is {}!", "“{}”.", "\u200b{}", "code {}"])
def test_a_code_in_a_pasted_sentence_leads_to_its_link(post, sentence):
    token = token_of(handle := signing.sign(answers(ALICE), timezone.now()))
    code = tokens.code(token)
    answer = post(f"/pledge/sent/{handle}/", {"code": sentence.format(f"{code[:4]} {code[4:]}")})
    assert (answer.status_code, answer["Location"]) == (303, confirm_page(token))


def test_text_without_a_code_gets_an_error_and_stays_in_the_field(post):
    handle = signing.sign(answers(ALICE), timezone.now())
    answer = post(f"/pledge/sent/{handle}/", {"code": "I have no code"})
    assert answer.status_code == 422
    assert "We found no code in this" in answer.text
    assert 'value="I have no code"' in answer.text


def test_after_ten_wrong_codes_the_right_one_is_refused(post):
    handle = signing.sign(answers(ALICE), timezone.now())
    pages = {post(f"/pledge/sent/{handle}/", {"code": "00000000"}).status_code for _ in range(10)}
    assert pages == {422}
    assert post(f"/pledge/sent/{handle}/", {"code": tokens.code(token_of(handle))}).status_code == 422


def test_a_code_is_refused_on_the_page_of_another_form(post):
    token = token_of(signing.sign(answers(ALICE), timezone.now()))
    bobs = signing.sign(answers(BOB), timezone.now())
    assert post(f"/pledge/sent/{bobs}/", {"code": tokens.code(token)}).status_code == 422


def test_the_box_of_the_confirm_page_is_not_ticked(client):
    page = client.get(confirm_page(a_token())).content.decode()
    assert 'name="agree"' in page
    assert "checked" not in page


def test_confirming_counts_and_leads_to_a_page_without_personal_data(client, post):
    answer = post(confirm_page(a_token()), {"agree": "on", "show_name": "on", "public_name": "Alice"})
    assert (answer.status_code, answer["Location"]) == (303, "/pledge/thank-you/")
    assert PublicName.objects.get().name == "Alice"
    assert "Alice" not in client.get("/pledge/thank-you/").content.decode()


def test_a_mistake_in_a_choice_keeps_what_was_typed(post):
    answer = post(confirm_page(a_token()), {"agree": "on", "show_name": "on", "public_name": "see evil.example"})
    assert answer.status_code == 422
    assert 'value="see evil.example"' in answer.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize(("of", "chosen"), [("health", "health"), ("", "")])
def test_the_confirm_page_shows_the_group_made_at_signing(client, of, chosen):
    page = client.get(confirm_page(a_token(profession=of))).content.decode()
    assert re.findall(r'<option value="([a-z-]*)" selected>', page) == [chosen]


@pytest.mark.parametrize(
    ("chosen", "stored"),
    [({"profession": "law"}, "law"), ({"profession": ""}, ""), ({"profession": "health"}, "health"), ({}, "health")],
)
def test_the_group_chosen_on_the_confirm_page_is_the_one_stored(post, chosen, stored):
    assert post(confirm_page(a_token(profession="health")), {"agree": "on", **chosen}).status_code == 303
    assert Signature.objects.get().profession == stored


@pytest.mark.parametrize("crafted", ["wizards", "Health", ["health", "x"], "x" * 5000])
def test_a_group_that_there_is_not_is_refused_and_the_rest_stored(post, crafted):
    answer = post(confirm_page(a_token()), {"agree": "on", "profession": crafted, "public_name": "Alice"})
    assert answer.status_code == 422
    assert "Choose one of the groups in the list." in answer.content.decode()
    assert 'value="Alice"' in answer.content.decode()
    assert not Signature.objects.exists()


def test_a_mistake_elsewhere_keeps_the_chosen_group(post):
    page = post(confirm_page(a_token(profession="health")), {"profession": "law"}).content.decode()
    assert re.findall(r'<option value="([a-z-]*)" selected>', page) == ["law"]


def test_a_mistake_without_a_group_still_shows_the_one_made_at_signing(post):
    page = post(confirm_page(a_token(profession="health")), {}).content.decode()
    assert re.findall(r'<option value="([a-z-]*)" selected>', page) == ["health"]


def test_a_group_sent_after_confirming_changes_nothing(post):
    page = confirm_page(a_token(profession="health"))
    post(page, {"agree": "on"})
    assert post(page, {"agree": "on", "profession": "law"})["Location"] == "/pledge/thank-you/"
    assert Signature.objects.get().profession == "health"


def test_an_organisation_is_asked_for_no_group_and_none_is_stored(client, post):
    page = confirm_page(a_token(organisation_answers))
    assert 'name="profession"' not in client.get(page).content.decode()
    assert post(page, {"agree": "on", "profession": "wizards"}).status_code == 303
    assert Organisation.objects.waiting().count() == 1


@pytest.mark.parametrize("make", [answers, organisation_answers])
def test_a_link_that_was_used_says_so_and_when(client, make, time_machine):
    time_machine.move_to(NOW)
    token = a_token(make)
    assert signing.confirm(token, ConfirmChoices(), timezone.now())
    day = timezone.localdate()
    time_machine.shift(timedelta(days=3))
    answer = client.get(confirm_page(token))
    assert answer.status_code == 200
    assert "You have already confirmed" in answer.text
    assert f"{day:%-d %B %Y}" in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_a_second_press_of_the_button_leads_to_the_thanks(post):
    token = a_token()
    assert signing.confirm(token, ConfirmChoices(), timezone.now())
    assert post(confirm_page(token), {"agree": "on"})["Location"] == "/pledge/thank-you/"


def test_an_organisation_confirms_and_waits(client, post):
    token = a_token(organisation_answers)
    assert "Example Teachers&#x27; Network" in client.get(confirm_page(token)).content.decode()
    assert post(confirm_page(token), {"agree": "on"})["Location"] == "/pledge/organisations/thank-you/"
    assert Organisation.objects.waiting().count() == 1


def bad_tokens():
    """Every way in which a link can be wrong, by name; each page must be the same."""
    real = a_token()
    expired = a_token(occupation="long ago")
    PendingSignature.objects.filter(token=tokens.hash_token(expired)).update(expires_at=timezone.now())
    return {
        "altered": real[:-1] + ("A" if real[-1] != "A" else "B"),
        "truncated": real[:-1],
        "lengthened": real + "A",
        "other case": real.swapcase(),
        "a handle": tokens.handle(b"x"),
        "a code": tokens.code(real),
        "expired": expired,
        "unknown": BOGUS,
        "odd": "..%2F..",
    }


def test_every_invalid_link_gets_the_same_page(client, post):
    tokens = bad_tokens()
    pages = {(answer.status_code, answer.content) for answer in map(client.get, map(confirm_page, tokens.values()))}
    assert len(pages) == 1
    [(status, page)] = pages
    assert status == 404
    assert b"Sign again" in page
    assert {post(confirm_page(token), {"agree": "on"}).content for token in tokens.values()} == {page}
    assert not Signature.objects.exists()


def test_a_link_of_seven_days_ago_confirms_nothing_and_offers_to_sign_again(client, post, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    token = token_of(post("/pledge/", SIGN)["Location"].split("/")[-2])
    time_machine.shift(retention.PENDING_STORED - timedelta(seconds=1))
    assert client.get(confirm_page(token)).status_code == 200
    time_machine.shift(timedelta(seconds=1))
    for answer in (client.get(confirm_page(token)), post(confirm_page(token), {"agree": "on"})):
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
        assert '<a class="btn" href="/pledge/">Sign again</a>' in answer.text
    assert not Signature.objects.exists()
    again = token_of(post("/pledge/", SIGN)["Location"].split("/")[-2])
    assert post(confirm_page(again), {"agree": "on"}).status_code == 303
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("mangled", ["{}>/", "{}./", "=3D{}/", "{}", "{}.", "{}%3E", "{}/).", "{}/?fbclid=1"])
def test_a_link_that_a_mail_program_mangled_still_works(client, mangled):
    token = a_token()
    answer = client.get("/pledge/confirm/" + mangled.format(token))
    assert answer.status_code == 200
    assert f'action="{confirm_page(token)}"' in answer.content.decode()


@pytest.mark.parametrize("cut", ["", "/", "?x"])
def test_a_link_that_was_cut_off_gets_a_page_that_helps(client, cut):
    answer = client.get("/pledge/confirm" + cut, follow=True)
    assert answer.status_code == 404
    assert b"Sign again" in answer.content


def test_get_requests_of_mail_scanners_change_nothing(client, post):
    page = confirm_page(a_token())
    before = PendingSignature.objects.values().get()
    for _ in range(100):
        client.get(page, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"})
        client.head(page)
    assert post(page, {"public_name": "", "address": ""}).status_code == 422
    assert PendingSignature.objects.values().get() == before
    assert not Signature.objects.exists()


def test_pages_with_a_token_are_not_cached(client):
    for path in [*TOKEN_PAGES, confirm_page(a_token())]:
        assert client.get(path)["Cache-Control"] == "no-store"


def test_signing_again_after_withdrawing_makes_one_signature(post):
    signed(ALICE, now=timezone.now())
    withdrawal.withdraw(tokens.digest(ALICE.identity), timezone.now())
    location = post("/pledge/", SIGN)["Location"]
    token = token_of(location.rstrip("/").rpartition("/")[2])
    post(confirm_page(token), {"agree": "on"})
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("make", [answers, organisation_answers])
def test_a_link_whose_secret_key_is_lost_gets_the_page_for_invalid_links(client, post, settings, make):
    handle = signing.sign(make(ALICE), timezone.now())
    path, code = confirm_page(token_of(handle)), tokens.code(token_of(handle))
    settings.SECRET_KEY = "another" * 10
    pages = [client.get(path), post(path, {"agree": "on"}), client.get(confirm_page(BOGUS))]
    assert [page.status_code for page in pages] == [404] * 3
    assert post(f"/pledge/sent/{handle}/", {"code": code}).status_code == 422


def test_a_group_of_work_is_said_to_be_chosen_by_us_only_where_it_was(client):
    ours = "We chose this group from what you typed"
    assert ours in client.get(confirm_page(a_token(profession="health"))).text
    assert ours not in client.get(confirm_page(a_token())).text


def test_a_group_that_was_chosen_earlier_is_not_said_to_be_chosen_by_us(post):
    signed(ALICE, profession="health")
    page = post(confirm_page(a_token()), {"earlier": "show"})
    assert page.context["form"]["profession"].value() == "health"
    assert "We chose this group" not in page.text


def test_what_a_tick_makes_necessary_is_not_called_optional(client):
    text = client.get(confirm_page(a_token())).text
    assert "Name to show in the list</label>" in text
    assert "as on an envelope</label>" in text
