from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from pledges import limits, links, sending, signing, withdrawing
from pledges.answers import Wishes
from pledges.models import Letter, Listing, Organisation, Pending, Signature
from tests.pledges.makers import ALICE, BOB, answers, organisation_answers, signed, token_of
from tests.pledges.test_forms import ORGANISATION, SIGN

pytestmark = pytest.mark.django_db
FORMS = [("/pledge/", SIGN), ("/pledge/organisations/sign/", ORGANISATION)]
BOGUS = "A" * 22
TOKEN_PAGES = [f"/pledge/confirm/{BOGUS}/", "/pledge/sent/0123456789abcdef/"]


def a_token(make=answers, **others):
    return token_of(signing.sign(make(ALICE, **others), timezone.now()))


def confirm_page(token):
    return f"/pledge/confirm/{token}/"


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_h18_signing_leads_on_to_the_inbox_page(client, post, path, fields):
    answer = post(path, fields)
    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    assert (Pending.objects.count(), Letter.objects.filter(kind="confirm").count()) == (1, 1)


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_a_mistake_is_told_and_nothing_is_lost(post, path, fields):
    answer = post(path, {**fields, "email": "alice", "name": "Zoë’s <b>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_email"' in page
    assert 'value="Zoë’s &lt;b&gt;"' in page
    assert not Pending.objects.exists()


def test_h12_what_somebody_typed_is_shown_literally(post):
    page = post("/pledge/", {**SIGN, "email": "", "occupation": "<script>{{7*7}}${7*7}"}).content.decode()
    assert "&lt;script&gt;{{7*7}}${7*7}" in page


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_once_the_campaign_is_over_nothing_is_taken(client, post, settings, path, fields):
    settings.CAMPAIGN_ENDS = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert (client.get(path).status_code, post(path, fields).status_code) == (410, 410)
    assert not Pending.objects.exists()


def test_a_form_posted_empty_tells_what_is_missing(post):
    answer = post("/pledge/", {"email": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "by_email", "wording"}


@pytest.mark.parametrize(("hours", "letters"), [(0, 1), (1, 2), (24, 2)])
def test_h17_the_same_form_later_gets_the_same_page(client, post, time_machine, hours, letters):
    page = client.get(post("/pledge/", SIGN)["Location"]).content
    time_machine.move_to(timezone.now() + timedelta(hours=hours))
    assert client.get(post("/pledge/", SIGN)["Location"]).content == page
    assert Letter.objects.filter(kind="confirm").count() == letters


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Ame\u0301lie"},
        {"postcode": "ｓｗ１ｐ２ｈｒ"},
        {"postcode": "SW1P\u00a02HR"},
        {"name": " Am\u00e9lie "},
    ],
)
def test_h07_the_same_answers_in_another_form_are_one_signature(post, typed):
    plain = {**SIGN, "name": "Am\u00e9lie", "postcode": "SW1P 2HR"}
    assert post("/pledge/", plain)["Location"] == post("/pledge/", {**plain, **typed})["Location"]


@pytest.mark.parametrize("address", ["Alice@Example.ORG", "alice+pledge@example.org"])
def test_h11_another_spelling_of_a_mailbox_is_the_same_one(post, address):
    post("/pledge/", SIGN)
    post("/pledge/", {**SIGN, "email": address})
    assert Pending.objects.values("digest").distinct().count() == 1


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_h49_nobodys_own_words_stand_in_a_letter(post, mailoutbox, path, fields):
    words = dict.fromkeys(["name", "occupation", "signer_name", "signer_role", "message"], "Canary words")
    assert post(path, {**fields, **words, "website": "https://canary.example"}).status_code == 303
    sending.send_due(timezone.now())
    [letter] = mailoutbox
    assert "canary" not in letter.message().as_string().lower()
    assert "canary" not in str([letter.body, *letter.alternatives]).lower()


def test_h48_a_letter_has_one_recipient(post, mailoutbox):
    post("/pledge/", {**SIGN, "email": "Alice+x@example.org"})
    sending.send_due(timezone.now())
    assert [letter.recipients() for letter in mailoutbox] == [["Alice+x@example.org"]]


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_too_many_from_one_client_wait_and_lose_nothing(post, monkeypatch, path, fields):
    monkeypatch.setattr(limits, "exceeded", lambda *_: 90)
    answer = post(path, {**fields, "name": "Alice Example"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "90"
    assert "in 2 minutes" in answer.content.decode()
    assert 'value="Alice Example"' in answer.content.decode()
    assert not Pending.objects.exists()


def test_the_inbox_page_names_sender_and_subject(client):
    page = client.get("/pledge/sent/0123456789abcdef/").content.decode()
    assert "pledge@example.org" in page
    assert "Please confirm your email" in page


def test_the_code_of_the_letter_leads_to_its_link(client, post):
    handle = signing.sign(answers(ALICE), timezone.now())
    token = token_of(handle)
    code = links.code(token)
    answer = post(f"/pledge/sent/{handle}/", {"code": f" {code[:4].lower()}-{code[4:]}"})
    assert answer.status_code == 303
    assert answer["Location"] == confirm_page(token)


def test_h62_after_ten_wrong_codes_the_right_one_is_wrong_too(post):
    handle = signing.sign(answers(ALICE), timezone.now())
    pages = {post(f"/pledge/sent/{handle}/", {"code": "00000000"}).status_code for _ in range(10)}
    assert pages == {422}
    assert post(f"/pledge/sent/{handle}/", {"code": links.code(token_of(handle))}).status_code == 422


def test_h62_a_code_typed_on_anothers_page_gets_nothing(post):
    token = token_of(signing.sign(answers(ALICE), timezone.now()))
    bobs = signing.sign(answers(BOB), timezone.now())
    assert post(f"/pledge/sent/{bobs}/", {"code": links.code(token)}).status_code == 422


def test_the_box_of_the_confirm_page_is_not_ticked(client):
    page = client.get(confirm_page(a_token())).content.decode()
    assert 'name="agree"' in page
    assert "checked" not in page


def test_confirming_counts_and_leads_to_a_page_that_knows_nobody(client, post):
    answer = post(confirm_page(a_token()), {"agree": "on", "show_name": "on", "public_name": "Alice"})
    assert (answer.status_code, answer["Location"]) == (303, "/pledge/thank-you/")
    assert Listing.objects.get().name == "Alice"
    assert "Alice" not in client.get("/pledge/thank-you/").content.decode()


def test_a_mistake_in_a_wish_keeps_what_was_typed(post):
    answer = post(
        confirm_page(a_token()), {"agree": "on", "show_name": "on", "public_name": "see evil.example"}
    )
    assert answer.status_code == 422
    assert 'value="see evil.example"' in answer.content.decode()
    assert not Signature.objects.exists()


def test_the_second_click_and_the_twentieth_lead_to_the_thanks(client, post):
    token = a_token()
    assert signing.confirm(token, Wishes(), timezone.now())
    assert client.get(confirm_page(token))["Location"] == "/pledge/thank-you/"
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
    Pending.objects.filter(token=links.fingerprint(expired)).update(expires_at=timezone.now())
    return {
        "altered": real[:-1] + ("A" if real[-1] != "A" else "B"),
        "truncated": real[:-1],
        "lengthened": real + "A",
        "other case": real.swapcase(),
        "a handle": links.handle(b"x"),
        "a code": links.code(real),
        "expired": expired,
        "unknown": BOGUS,
        "odd": "..%2F..",
    }


def test_h25_h26_every_link_that_leads_nowhere_gets_one_calm_page(client, post):
    tokens = bad_tokens()
    pages = {
        (answer.status_code, answer.content) for answer in map(client.get, map(confirm_page, tokens.values()))
    }
    assert len(pages) == 1
    [(status, page)] = pages
    assert status == 404
    assert b"Sign again" in page
    assert {post(confirm_page(token), {"agree": "on"}).content for token in tokens.values()} == {page}
    assert not Signature.objects.exists()


@pytest.mark.parametrize("mangled", ["{}>/", "{}./", "=3D{}/", "{}", "{}.", "{}%3E", "{}/).", "{}/?fbclid=1"])
def test_h28_a_link_that_a_mail_program_mangled_still_works(client, mangled):
    token = a_token()
    answer = client.get("/pledge/confirm/" + mangled.format(token))
    assert answer.status_code == 200
    assert f'action="{confirm_page(token)}"' in answer.content.decode()


@pytest.mark.parametrize("cut", ["", "/", "?x"])
def test_h28_a_link_cut_off_gets_the_calm_page(client, cut):
    answer = client.get("/pledge/confirm" + cut, follow=True)
    assert answer.status_code == 404
    assert b"Sign again" in answer.content


def test_h27_scanners_change_nothing(client, post):
    page = confirm_page(a_token())
    before = Pending.objects.values().get()
    for _ in range(100):
        client.get(page, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"})
        client.head(page)
    assert post(page, {"public_name": "", "address": ""}).status_code == 422
    assert Pending.objects.values().get() == before
    assert not Signature.objects.exists()


@pytest.mark.parametrize("path", ["/pledge/", "/pledge/organisations/sign/", *TOKEN_PAGES])
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace", "options"])
def test_h15_no_other_method_does_anything(client, path, method):
    assert getattr(client, method)(path).status_code == 405
    assert not Pending.objects.exists()


@pytest.mark.parametrize("path", ["/pledge/thank-you/", "/pledge/supporters/", "/pledge/organisations/"])
def test_h15_a_page_to_read_takes_no_post(post, path):
    assert post(path).status_code == 405


PUBLIC = [path for path, _ in FORMS] + [
    "/pledge/thank-you/",
    "/pledge/organisations/thank-you/",
    "/pledge/supporters/",
    "/pledge/organisations/",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_h35_h36_a_public_page_sets_no_cookie_and_may_be_cached(client, path):
    answer = client.get(path)
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_h36_no_answer_to_a_post_is_stored(post, path, fields):
    for answer in [post(path, fields), post(path)]:
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies


def test_h36_no_page_of_a_token_is_stored(client):
    for path in [*TOKEN_PAGES, confirm_page(a_token())]:
        assert client.get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("path", "fields"), FORMS)
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_h43_a_next_page_is_never_taken_from_outside(post, path, fields, target):
    answer = post(f"{path}?{urlencode({'next': target})}", {**fields, "next": target})
    assert answer["Location"].startswith("/pledge/sent/")


def test_h22_signing_again_after_withdrawing_makes_one_signature(post):
    signed(ALICE, now=timezone.now())
    withdrawing.withdraw(links.digest(ALICE.identity), timezone.now())
    location = post("/pledge/", SIGN)["Location"]
    token = token_of(location.rstrip("/").rpartition("/")[2])
    post(confirm_page(token), {"agree": "on"})
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("make", [answers, organisation_answers])
def test_h60_a_link_whose_key_is_lost_leads_to_the_calm_page(client, post, settings, make):
    handle = signing.sign(make(ALICE), timezone.now())
    path, code = confirm_page(token_of(handle)), links.code(token_of(handle))
    settings.SECRET_KEY = "another" * 10
    pages = [client.get(path), post(path, {"agree": "on"}), client.get(confirm_page(BOGUS))]
    assert [page.status_code for page in pages] == [404] * 3
    assert post(f"/pledge/sent/{handle}/", {"code": code}).status_code == 422
