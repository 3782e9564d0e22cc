"""The email with the link to My pledge."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from pledges.crypto import tokens
from pledges.emails import sending
from pledges.models import QueuedEmail
from pledges.my_pledge import service as my_pledge
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers
from tests.pledges.my_pledge.makers import email_to

pytestmark = pytest.mark.django_db


def test_a_person_who_has_signed_gets_a_link_by_email(client, post, bob):
    path = re.search(r"https://pledge.example.org(/pledge/mine/\S+/)", email_to(BOB).body)[1]
    assert post(path, {"open": "on"}).status_code == 200


def test_the_email_says_the_same_whether_anything_is_held(bob):
    def words(mailbox):
        return re.sub(r"https://\S+", "", email_to(mailbox).body)

    assert words(CHARLIE) == words(BOB)


def test_the_link_of_an_unknown_address_shows_that_nothing_is_stored(post):
    path = re.search(r"https://pledge.example.org(/pledge/mine/\S+/)", email_to(CHARLIE).body)[1]
    assert "We store no signature, no name and no contact details" in post(path, {"open": "on"}).text


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
