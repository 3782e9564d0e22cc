"""Everything that is stored about a mailbox, and nothing of another: the page and the download."""

import base64
import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pledges.crypto import tokens
from pledges.models import Consent, PendingSignature, PhoneRequest, ScheduledPhoneRequest
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import personal_data
from pledges.my_pledge import service as my_pledge
from pledges.privacy import digest_key_chain
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed, token_of
from tests.pledges.my_pledge.makers import BOBS, my_pledge_path

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_no_one_sees_what_is_stored_about_another_mailbox(bob):
    def held(mailbox):
        return personal_data.as_data(personal_data.collect(tokens.digest(mailbox.identity), NOW))

    bobs = held(BOB)
    signed(ALICE, ConfirmChoices(public_name="Alice", post={"address": "2 Example Street"}), by_email=True)
    signing.confirm(token_of(signing.sign(organisation_answers(ALICE), NOW)), ConfirmChoices(), NOW)
    signing.sign(answers(ALICE), NOW)
    alices = tokens.digest(ALICE.identity)
    ScheduledPhoneRequest.objects.create(kind=PhoneRequest.Kind.WITHDRAW, digest=alices, due_at=NOW)
    my_pledge.block_emails(alices, Consent.Source.PHONE, NOW)
    my_pledge.allow_emails(BOBS)
    assert held(BOB) == bobs
    assert (held(ALICE)["public_name"]["name"], held(ALICE)["emails_blocked"]) == ("Alice", True)
    assert not any(held(CHARLIE).values())


def test_no_one_sees_the_consents_of_another_mailbox(bob):
    signed(ALICE, by_email=True)
    consents = personal_data.collect(BOBS, NOW).consents
    assert {bytes(consent.signature.digest) for consent in consents} == {BOBS}


def test_the_download_holds_all_of_it(client, post, bob):
    page = post(f"{my_pledge_path()}download/")
    held = json.loads(page.content)
    assert held["public_name"]["name"] == "Bob Example"
    assert {contact["channel"] for contact in held["contacts"]} == {"email", "post"}
    assert {consent["purpose"] for consent in held["signature"]["consents"]} == {
        "pledge",
        "public_name",
        "email",
        "post",
    }
    assert 'filename="my-pledge.json"' in page["Content-Disposition"]


def test_the_download_holds_what_waits_for_a_yes_too(post):
    signing.sign(answers(ALICE, by_email=True, region="wales"), timezone.now())
    held = json.loads(post(f"{my_pledge_path(tokens.digest(ALICE.identity))}download/").content)
    [waiting] = held["unconfirmed"]
    assert (waiting["region"], waiting["pledge_text"], waiting["mail_provider"]) == ("wales", 1, "other")
    assert base64.b64decode(waiting["sealed"]) == bytes(PendingSignature.objects.get().contact)


def test_the_download_holds_what_is_left_of_a_confirmed_form_and_its_emails(post, bob):
    held = json.loads(post(f"{my_pledge_path()}download/").content)
    assert [form["confirmed_on"] for form in held["confirmed_forms"]] == ["2026-06-01"]
    assert [email["kind"] for email in held["emails"]] == ["confirm", "reminder"]


def test_the_download_has_a_place_for_every_table_that_knows_a_mailbox():
    places = {
        "pledges_signature": "signature",
        "pledges_organisation": "organisations",
        "pledges_pendingsignature": "unconfirmed",
        "pledges_queuedemail": "emails",
        "pledges_emailblock": "emails_blocked",
        "pledges_scheduledphonerequest": "phone_requests",
    }
    assert {table for table, _column in digest_key_chain.digest_columns()} == places.keys()
    assert set(places.values()) <= personal_data.as_data(personal_data.collect(BOBS, NOW)).keys()


def emails_listed(post, mailbox):
    listed = post(my_pledge_path(tokens.digest(mailbox.identity)), {"open": "on"}).text.partition(
        "that are waiting</summary>"
    )[2]
    return re.findall(r"<li>(.*?)</li>", listed.partition("</details>")[0])


def test_only_the_newest_form_shows_a_reminder_that_waits(post, time_machine):
    time_machine.move_to(NOW, tick=False)
    for n in range(3):
        signing.sign(answers(ALICE, region=str(n)), NOW + n * MINUTE)
    time_machine.move_to(NOW + 4 * MINUTE, tick=False)
    assert emails_listed(post, ALICE).count("reminder: waiting to be sent") == 1
    signed(ALICE, now=NOW + 4 * MINUTE)
    assert "reminder: waiting to be sent" not in emails_listed(post, ALICE)


def test_each_organisations_form_shows_its_own_reminder(post):
    for name in ("Example Choir", "Example Club"):
        signing.sign(organisation_answers(ALICE, name=name), timezone.now())
    assert emails_listed(post, ALICE).count("reminder: waiting to be sent") == 2


def test_a_blocked_mailbox_is_shown_no_reminder_that_waits(post):
    signing.sign(answers(ALICE), timezone.now())
    assert "reminder: waiting to be sent" in emails_listed(post, ALICE)
    my_pledge.block_emails(tokens.digest(ALICE.identity), Consent.Source.EMAIL_LINK, timezone.now())
    assert "reminder: waiting to be sent" not in emails_listed(post, ALICE)
