"""The pages of My pledge: open the link, see what is stored, remove something."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.models import (
    Consent,
    Contact,
    EmailBlock,
    PendingSignature,
    PhoneRequest,
    PublicName,
    ScheduledPhoneRequest,
    Signature,
)
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, answers
from tests.pledges.my_pledge.makers import BOBS, email_to, my_pledge_path, remove

pytestmark = pytest.mark.django_db


def test_a_form_that_waits_is_held_and_shown_and_can_be_erased(post):
    signing.sign(answers(ALICE, region="wales"), timezone.now())
    alices = my_pledge_path(tokens.digest(ALICE.identity))
    assert "has not confirmed it" in post(alices, {"open": "on"}).content.decode()
    post(f"{alices}change/", {"kind": "withdraw", "sure": "on"})
    assert not PendingSignature.objects.exists()


def test_a_form_that_waits_is_not_said_to_be_the_signature_that_counts(post, bob):
    signing.sign(answers(BOB), timezone.now())
    page = post(my_pledge_path(), {"open": "on"}).text
    assert "Your signature above stays as it is." in page
    assert "It does not count." not in page


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


def test_withdrawing_says_in_plain_words_what_stays(post, bob):
    assert "take you off our mailing lists too" in remove(post, "withdraw", sure="on").text


@pytest.mark.parametrize("what", ["withdraw", "never"])
def test_what_can_not_be_undone_asks_to_be_sure(client, post, bob, what):
    asked = remove(post, what)
    assert asked.status_code == 422
    assert f'href="#sure-{what}"' in asked.text
    assert f'id="sure-{what}"' in asked.text
    assert f'aria-describedby="sure-{what}_error"' in asked.text
    assert asked.text.count('class="field__error"') == 1
    assert Signature.objects.exists()
    assert not EmailBlock.objects.exists()


def test_an_unknown_request_does_nothing(client, post, bob):
    assert remove(post, "promote").status_code == 422


def test_the_page_lists_consents_and_emails_in_words(post, bob):
    email_to(BOB)
    page = post(my_pledge_path(), {"open": "on"}).text
    assert "show a name, given (confirm page)" in page
    assert "link to my pledge: " in page


def test_sealed_details_are_asked_for_in_one_step_with_the_numbers_of_their_records(post, bob):
    page = post(my_pledge_path(), {"open": "on"}).text
    for contact in Contact.objects.all():
        assert f"%20{contact.ref}" in page
        assert f">{contact.ref}</span>" in page  # for a person whose browser opens no email program
    assert "mailto:privacy@example.org?subject=Subject%20access%20request" in page
    assert "write to <bdi>privacy@example.org</bdi>" in page


def test_nothing_is_offered_to_an_address_of_which_nothing_is_stored(post):
    page = post(my_pledge_path(tokens.digest(CHARLIE.identity)), {"open": "on"}).text
    assert "Download the file" not in page
    assert "Stop campaign emails" not in page
