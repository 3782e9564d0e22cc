import base64
import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.emails import sending
from pledges.models import (
    Consent,
    Contact,
    EmailBlock,
    PendingSignature,
    PhoneRequest,
    PublicName,
    QueuedEmail,
    ScheduledPhoneRequest,
    Signature,
)
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import personal_data
from pledges.my_pledge import service as my_pledge
from pledges.privacy import digest_key_chain
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed, token_of

pytestmark = pytest.mark.django_db
BOBS = tokens.digest(BOB.identity)
MINUTE = timedelta(minutes=1)


def my_pledge_path(digest=BOBS, purpose=TokenPurpose.MINE):
    return f"/pledge/mine/{tokens.link_key(purpose, digest)}/"


def remove(post, what, **others):
    return post(f"{my_pledge_path()}wish/", {"kind": what, **others})


def email_to(mailbox):
    my_pledge.ask(mailbox, NOW)
    mail.outbox.clear()
    sending.send_due(NOW)
    return mail.outbox[-1]


# The email


def test_a_person_who_has_signed_gets_a_link_by_email(client, post, bob):
    path = re.search(r"https://pledge.example.org(/pledge/mine/\S+/)", email_to(BOB).body)[1]
    assert post(path, {"open": "on"}).status_code == 200


def test_the_email_says_the_same_whether_anything_is_held(bob):
    def words(mailbox):
        return re.sub(r"https://\S+", "", email_to(mailbox).body)

    assert words(CHARLIE) == words(BOB)


def test_who_opens_the_link_of_an_unknown_address_reads_that_nothing_is_held(post):
    path = re.search(r"https://pledge.example.org(/pledge/mine/\S+/)", email_to(CHARLIE).body)[1]
    assert "We store no signature, no name and no contact details" in post(path, {"open": "on"}).text


def test_no_one_sees_what_is_stored_about_another_mailbox(bob):
    def held(mailbox):
        return personal_data.as_data(personal_data.collect(tokens.digest(mailbox.identity), NOW))

    bobs = held(BOB)
    signed(ALICE, ConfirmChoices(public_name="Alice", post={"address": "2 Example Street"}), by_email=True)
    signing.confirm(token_of(signing.sign(organisation_answers(ALICE), NOW)), ConfirmChoices(), NOW)
    signing.sign(answers(ALICE), NOW)
    my_pledge.block_emails(tokens.digest(ALICE.identity), Consent.Source.PHONE, NOW)
    my_pledge.allow_emails(BOBS)
    assert held(BOB) == bobs
    assert (held(ALICE)["public_name"]["name"], held(ALICE)["emails_blocked"]) == ("Alice", True)
    assert not any(held(CHARLIE).values())


def test_a_form_that_waits_is_held_and_shown_and_can_be_erased(post):
    signing.sign(answers(ALICE, region="wales"), timezone.now())
    alices = my_pledge_path(tokens.digest(ALICE.identity))
    assert "has not confirmed it" in post(alices, {"open": "on"}).content.decode()
    post(f"{alices}wish/", {"kind": "withdraw", "sure": "on"})
    assert not PendingSignature.objects.exists()


def test_a_mailbox_whose_form_only_waits_gets_a_key_too():
    signing.sign(answers(ALICE), NOW - timedelta(hours=1))
    assert "/pledge/mine/" in email_to(ALICE).body


def test_a_mailbox_over_its_limit_can_still_open_my_pledge(bob):
    for n in range(3):
        signing.sign(answers(BOB, region=str(n)), NOW)
    sending.send_due(NOW)
    my_pledge.ask(BOB, NOW + timedelta(minutes=1))
    my_pledge.ask(BOB, NOW + timedelta(minutes=2))
    sending.send_due(NOW + timedelta(minutes=3))
    sending.send_due(NOW + timedelta(days=1, minutes=1))
    assert [email.subject for email in mail.outbox].count("Your pledge") == 1


def test_asking_for_a_link_gets_the_same_answer_for_every_address(client, post, bob):
    pages = [post("/pledge/mine/", {"email": box.address}) for box in (BOB, CHARLIE)]
    assert [(page.status_code, page["Location"]) for page in pages] == [(303, "/pledge/mine/sent/")] * 2


def test_an_email_that_waits_for_one_mailbox_does_not_stop_that_of_another():
    my_pledge.ask(ALICE, NOW)
    my_pledge.ask(BOB, NOW)
    my_pledge.ask(BOB, NOW)
    waiting = QueuedEmail.objects.filter(kind="mine").values_list("digest", flat=True)
    assert sorted(map(bytes, waiting)) == sorted(tokens.digest(box.identity) for box in (ALICE, BOB))


# The page


def test_a_get_of_the_link_shows_one_box_and_nothing_that_is_held(client, post, bob):
    page = client.get(my_pledge_path())
    assert b"Bob Example" not in page.content
    assert page["Cache-Control"] == "no-store"


def test_the_unchanged_form_shows_and_changes_nothing(client, post, bob):
    page = post(my_pledge_path(), {})
    assert page.status_code == 422
    assert b"Bob Example" not in page.content


def test_the_ticked_box_shows_what_is_held(client, post, bob):
    page = post(my_pledge_path(), {"open": "on"})
    assert "Bob Example" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_what_a_caller_asked_comes_before_what_is_stored(post, bob):
    ScheduledPhoneRequest.objects.create(
        kind=PhoneRequest.Kind.WITHDRAW, digest=BOBS, due_at=timezone.now() + timedelta(hours=1)
    )
    page = post(my_pledge_path(), {"open": "on"}).text
    assert 0 < page.index("Someone phoned us") < page.index('class="facts"')


def test_the_address_is_said_to_be_stored_as_long_as_it_is(client, post, bob):
    assert "we also store the address itself, sealed" in post(my_pledge_path(), {"open": "on"}).text
    assert "We do not store the address itself" in remove(post, "stop-email").text


def test_a_key_opens_for_an_hour(client, post, bob, time_machine):
    path = my_pledge_path()
    time_machine.shift(timedelta(minutes=61))
    assert post(path, {"open": "on"}).status_code == 404


def test_a_key_for_another_purpose_opens_nothing(client, post, bob):
    pages = [
        post(path, {"open": "on"}) for path in (my_pledge_path(purpose=TokenPurpose.NEVER), "/pledge/mine/altered/")
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].content == pages[1].content


# Taking away


def test_hiding_the_name_leaves_the_signature(client, post, bob):
    remove(post, "hide-name")
    assert not PublicName.objects.exists()
    assert Signature.objects.exists()


@pytest.mark.parametrize("channel", ["email", "post"])
def test_stopping_one_channel_leaves_the_other(client, post, bob, channel):
    remove(post, f"stop-{channel}")
    assert [contact.channel for contact in Contact.objects.all()] == [{"email": "post", "post": "email"}[channel]]
    taken_back = Consent.objects.get(act="withdrawn")
    assert (taken_back.purpose, taken_back.source) == (channel, "my-pledge")


def test_withdrawing_erases_the_signature_and_everything_beside_it(client, post, bob):
    remove(post, "withdraw", sure="on")
    rows = [Signature, PublicName, Contact, Consent, PendingSignature]
    assert not any(model.objects.exists() for model in rows)


def test_who_withdraws_is_told_in_plain_words_what_is_left(post, bob):
    assert "take you off our mailing lists too" in remove(post, "withdraw", sure="on").text


@pytest.mark.parametrize("what", ["withdraw", "never"])
def test_what_can_not_be_undone_asks_to_be_sure(client, post, bob, what):
    asked = remove(post, what)
    assert asked.status_code == 422
    assert f'href="#sure-{what}"' in asked.text
    assert f'id="sure-{what}"' in asked.text
    assert Signature.objects.exists()
    assert not EmailBlock.objects.exists()


def test_an_unknown_request_does_nothing(client, post, bob):
    assert remove(post, "promote").status_code == 422


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


def test_the_page_lists_consents_and_emails_in_words(post, bob):
    email_to(BOB)
    page = post(my_pledge_path(), {"open": "on"}).text
    assert "show a name, given (confirm page)" in page
    assert "link to my pledge: " in page


def test_sealed_details_are_asked_for_in_one_step_with_the_numbers_of_their_records(post, bob):
    page = post(my_pledge_path(), {"open": "on"}).text
    for contact in Contact.objects.all():
        assert f"%20{contact.ref}" in page
    assert "mailto:privacy@example.org?subject=Subject%20access%20request" in page


def test_nothing_is_offered_to_an_address_of_which_nothing_is_stored(post):
    page = post(my_pledge_path(tokens.digest(CHARLIE.identity)), {"open": "on"}).text
    assert "Download the file" not in page
    assert "Stop campaign emails" not in page


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
