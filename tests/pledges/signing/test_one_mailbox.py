"""One mailbox has one signature, and only its owner learns whether it has signed."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from pledges.emails import sending
from pledges.models import PublicName, Signature
from tests.makers import ALICE, signed, token_of
from tests.pledges.signing.test_forms import ORGANISATION, SIGN

pytestmark = pytest.mark.django_db


def confirm(post, answer, **wishes):
    token = token_of(answer["Location"].rstrip("/").rpartition("/")[2])
    return post(f"/pledge/confirm/{token}/", {"agree": "on", **wishes})


def shows(name):
    return {"show_name": "on", "public_name": name}


def test_two_people_with_one_mailbox_have_one_signature_with_the_later_choices(post):
    first = post("/pledge/", {**SIGN, "name": "Alice Example"})
    second = post("/pledge/", {**SIGN, "name": "Albert Example", "occupation": "nurse"})
    assert first["Location"] != second["Location"]
    confirm(post, first, **shows("Alice Example"))
    confirm(post, second, **shows("Albert Example"))
    assert Signature.objects.get().profession == "health"
    assert PublicName.objects.get().name == "Albert Example"


def test_of_two_forms_the_one_confirmed_last_decides(post):
    first = post("/pledge/", {**SIGN, "occupation": "nurse"})
    second = post("/pledge/", SIGN)
    confirm(post, second, **shows("Albert Example"))
    confirm(post, first)
    assert Signature.objects.get().profession == "health"
    assert not PublicName.objects.exists()


def test_a_person_and_an_organisation_may_share_a_mailbox(post):
    confirm(post, post("/pledge/", {**SIGN, "email": ORGANISATION["email"]}))
    answer = confirm(post, post("/pledge/organisations/sign/", ORGANISATION))
    assert answer["Location"] == "/pledge/organisations/thank-you/"
    assert Signature.objects.count() == 1


def test_spellings_that_a_provider_ignores_are_one_signature(post):
    for n, spelling in enumerate(["alice@gmail.com", "a.l.ice@gmail.com", "alice@googlemail.com"]):
        confirm(post, post("/pledge/", {**SIGN, "email": spelling}), **shows(f"Alice {'ABC'[n]}"))
    assert Signature.objects.count() == 1
    assert PublicName.objects.get().name == "Alice C"


def said(answer):
    """The whole answer without the address of the inbox page, which differs for each mailbox."""
    return answer.status_code, sorted(answer.headers.keys() - {"Location"}), answer.content


def without_its_own(email):
    """The subject and both parts of an email, without its links and its code."""
    words = " ".join([email.subject, email.body, email.alternatives[0].content])
    return re.sub(r"https?://[^\s\"<]+|\b[0-9A-Z]{4} [0-9A-Z]{4}\b", "", words)


def test_a_person_who_has_signed_gets_the_same_answer_and_email_as_others(post, client):
    signed(ALICE, now=timezone.now())
    again = post("/pledge/", {**SIGN, "occupation": "nurse"})
    fresh = post("/pledge/", {**SIGN, "occupation": "nurse", "email": "new@example.org"})
    assert said(again) == said(fresh)
    inboxes = [client.get(answer["Location"]) for answer in (again, fresh)]
    own = [(again["Location"], "alice@example.org"), (fresh["Location"], "new@example.org")]
    pages = {
        page.text.replace("<wbr>", "").replace(place, "").replace(address, "")
        for page, (place, address) in zip(inboxes, own, strict=True)
    }
    assert len(pages) == 1
    sending.send_due(timezone.now())
    assert {email.to[0] for email in mail.outbox} == {"alice@example.org", "new@example.org"}
    assert len({without_its_own(email) for email in mail.outbox}) == 1


def test_signing_again_unconfirmed_changes_nothing(post):
    signed(ALICE, now=timezone.now())
    before = Signature.objects.values().get()
    post("/pledge/", {**SIGN, "occupation": "nurse"})
    assert Signature.objects.values().get() == before


def test_links_in_emails_start_from_the_configured_origin(post):
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "Host": "testserver"}
    post("/pledge/", SIGN, **forged)
    sending.send_due(timezone.now())
    [email] = mail.outbox
    assert "https://pledge.example.org/pledge/confirm/" in email.body
    assert "evil" not in str(email.message())
    assert "testserver" not in str(email.message())
