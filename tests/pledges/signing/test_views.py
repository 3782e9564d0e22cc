"""The public pages of the pledge, and the two forms to sign."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.emails import sending
from pledges.models import PendingSignature, QueuedEmail
from pledges.public_forms import rate_limits
from pledges.signing.forms import OrganisationForm, SignForm
from tests.pledges.signing.test_confirm_pages import TOKEN_PAGES
from tests.pledges.signing.test_forms import ORGANISATION, SIGN

pytestmark = pytest.mark.django_db
FORMS = [("/pledge/", SIGN), ("/pledge/organisations/sign/", ORGANISATION)]


@pytest.mark.parametrize(
    ("route", "form"), [("sign", SignForm), ("stall", SignForm), ("organisations_sign", OrganisationForm)]
)
def test_every_page_with_a_form_has_all_of_its_fields(client, route, form):
    page = client.get(reverse(f"pledges:{route}")).text
    assert [name for name in form.base_fields if f' name="{name}"' not in page] == []


def test_the_privacy_page_has_a_row_for_each_field_of_the_sign_form(client):
    page = client.get("/privacy/").text
    typed = [name for name in SignForm.base_fields if name not in ("pledge_text", "message", "by_email")]
    labels = {str(SignForm.base_fields[name].label) for name in typed}
    assert {label for label in labels if f'<th scope="row">{label}' not in page} == set()


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_signing_leads_on_to_the_inbox_page(client, post, path, fields):
    answer = post(path, fields)
    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    assert (PendingSignature.objects.count(), QueuedEmail.objects.filter(kind="confirm").count()) == (1, 1)


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_a_mistake_is_told_and_nothing_is_lost(post, path, fields):
    answer = post(path, {**fields, "email": "alice", "name": "Zoë’s <b>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_email"' in page
    assert 'value="Zoë’s &lt;b&gt;"' in page
    assert not PendingSignature.objects.exists()


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("signer_role", "x" * 101, "“Your role in the organisation”: This is too long. Use at most 100 characters."),
        ("email", "alice@example..org", "“Your work email address”: There are two dots together. Use one."),
        ("email", "", "Enter your work email address. We email you a link to confirm."),
    ],
)
def test_each_message_of_the_error_summary_names_its_field_once(post, name, typed, said):
    page = post("/pledge/organisations/sign/", {**ORGANISATION, name: typed}).text
    assert f'<li><a href="#id_{name}">{said}</a></li>' in page


def test_what_was_typed_is_shown_escaped(post):
    page = post("/pledge/", {**SIGN, "email": "", "occupation": "<script>{{7*7}}${7*7}"}).content.decode()
    assert "&lt;script&gt;{{7*7}}${7*7}" in page


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_after_the_campaign_no_form_is_accepted(client, post, settings, path, fields):
    settings.CAMPAIGN_ENDS = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert (client.get(path).status_code, post(path, fields).status_code) == (410, 410)
    assert not PendingSignature.objects.exists()


def test_a_form_posted_empty_tells_what_is_missing(post):
    answer = post("/pledge/", {"email": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "by_email", "pledge_text"}


@pytest.mark.parametrize(("hours", "emails"), [(0, 1), (1, 2), (24, 2)])
def test_the_same_form_later_gets_the_same_page(client, post, time_machine, hours, emails):
    time_machine.move_to(timezone.now(), tick=False)  # at midnight the same client gets another hash
    page = client.get(post("/pledge/", SIGN)["Location"]).content
    time_machine.move_to(timezone.now() + timedelta(hours=hours))
    assert client.get(post("/pledge/", SIGN)["Location"]).content == page
    assert QueuedEmail.objects.filter(kind="confirm").count() == emails


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Ame\u0301lie"},
        {"postcode": "ｓｗ１ｐ２ｈｒ"},
        {"postcode": "SW1P\u00a02HR"},
        {"name": " Am\u00e9lie "},
    ],
)
def test_the_same_answers_in_another_form_are_one_signature(post, time_machine, typed):
    time_machine.move_to(timezone.now(), tick=False)  # the page's address names the minute
    plain = {**SIGN, "name": "Am\u00e9lie", "postcode": "SW1P 2HR"}
    assert post("/pledge/", plain)["Location"] == post("/pledge/", {**plain, **typed})["Location"]


@pytest.mark.parametrize("address", ["Alice@Example.ORG", "alice+pledge@example.org"])
def test_another_spelling_of_a_mailbox_is_the_same_one(post, address):
    post("/pledge/", SIGN)
    post("/pledge/", {**SIGN, "email": address})
    assert PendingSignature.objects.values("digest").distinct().count() == 1


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_no_email_contains_a_visitors_own_words(post, mailoutbox, path, fields):
    words = dict.fromkeys(["name", "occupation", "signer_name", "signer_role", "message"], "Canary words")
    assert post(path, {**fields, **words, "website": "https://canary.example"}).status_code == 303
    sending.send_due(timezone.now())
    [email] = mailoutbox
    assert "canary" not in email.message().as_string().lower()
    assert "canary" not in str([email.body, *email.alternatives]).lower()


def test_an_email_has_one_recipient(post, mailoutbox):
    post("/pledge/", {**SIGN, "email": "Alice+x@example.org"})
    sending.send_due(timezone.now())
    assert [email.recipients() for email in mailoutbox] == [["Alice+x@example.org"]]


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_a_client_over_the_limit_gets_429_and_loses_nothing(post, monkeypatch, path, fields):
    monkeypatch.setattr(rate_limits, "exceeded", lambda *_: 90)
    answer = post(path, {**fields, "name": "Alice Example"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "90"
    assert "in 2 minutes" in answer.content.decode()
    assert 'value="Alice Example"' in answer.content.decode()
    assert not PendingSignature.objects.exists()


@pytest.mark.parametrize("path", ["/pledge/", "/pledge/organisations/sign/", *TOKEN_PAGES])
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace", "options"])
def test_no_other_method_does_anything(client, path, method):
    assert getattr(client, method)(path).status_code == 405
    assert not PendingSignature.objects.exists()


@pytest.mark.parametrize("path", ["/pledge/thank-you/", "/pledge/supporters/", "/pledge/organisations/"])
def test_a_page_to_read_takes_no_post(post, path):
    assert post(path).status_code == 405


PUBLIC = [path for path, _ in FORMS] + ["/pledge/supporters/", "/pledge/organisations/"]
AFTER_A_POST = ["/pledge/thank-you/", "/pledge/organisations/thank-you/", "/pledge/mine/sent/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_may_be_cached(client, path):
    answer = client.get(path)
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize("path", AFTER_A_POST)
def test_a_page_that_follows_a_post_is_not_stored_by_browsers_or_indexed(client, path):
    answer = client.get(path)
    assert answer["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_no_answer_to_a_post_is_stored(post, path, fields):
    for answer in [post(path, fields), post(path)]:
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies


@pytest.mark.parametrize(("path", "fields"), FORMS)
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_next_page_is_never_taken_from_outside(post, path, fields, target):
    answer = post(f"{path}?{urlencode({'next': target})}", {**fields, "next": target})
    assert answer["Location"].startswith("/pledge/sent/")


@pytest.mark.parametrize(("typed", "said"), [({}, False), ({"name": "Alice"}, True)])
def test_what_was_written_is_said_to_be_still_here_where_something_was(post, typed, said):
    assert ("Everything you typed is still here" in post("/pledge/", {"pledge_text": "1", **typed}).text) is said
