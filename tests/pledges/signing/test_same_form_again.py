"""Sending the same form again: a double press sends one email; later it sends another, within the limits."""

from datetime import timedelta

import pytest

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.models import Consent, QueuedEmail
from pledges.my_pledge import service as my_pledge
from pledges.signing import service as signing
from tests.makers import ALICE, NOW, answers, send, token_of

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSE, SECOND = timedelta(minutes=2), timedelta(seconds=1)


def sign(now):
    return token_of(signing.sign(answers(), now, "owner", "owner"))


def test_a_second_press_sends_no_second_email():
    sign(NOW)
    assert len(send(NOW)) == 1
    sign(NOW + PAUSE - SECOND)
    assert not send(NOW + PAUSE)


def test_sending_the_form_again_later_queues_another_email():
    sign(NOW)
    send(NOW)
    token = sign(NOW + PAUSE)
    [email] = send(NOW + PAUSE)
    assert token in email.body


def test_the_third_in_an_hour_is_deferred_and_not_dropped():
    for n in range(3):
        token = sign(NOW + n * PAUSE)
        assert len(send(NOW + n * PAUSE)) == (n < 2)
    [email] = send(NOW + HOUR)
    assert token in email.body


def test_while_the_first_waits_the_form_sent_again_brings_one_email_that_is_due_no_later():
    sign(NOW)
    for minute in range(5, 60, 5):
        sign(NOW + minute * MINUTE)
    [waiting] = QueuedEmail.objects.filter(kind="confirm", sent_at=None, dropped_at=None)
    assert waiting.due_at == NOW
    assert len(send(NOW + HOUR)) == 1


def test_an_email_that_was_given_up_is_sent_when_the_form_comes_again():
    sign(NOW)
    [email] = queue.claim(NOW)
    queue.mark_failed(email, NOW, "rcpt 550", is_permanent=True)
    sign(NOW + PAUSE)
    assert len(send(NOW + PAUSE)) == 1


def test_after_a_block_was_lifted_the_same_form_brings_its_email():
    digest = tokens.digest(ALICE.identity)
    sign(NOW)
    send(NOW)
    my_pledge.block_emails(digest, Consent.Source.EMAIL_LINK, NOW + SECOND)
    sign(NOW + PAUSE)
    assert [email.subject for email in send(NOW + PAUSE)] == ["May we email you again?"]
    my_pledge.allow_emails(digest)
    token = sign(NOW + 2 * PAUSE)
    assert not send(NOW + 2 * PAUSE)  # two of this hour went out
    [email] = send(NOW + HOUR)
    assert token in email.body
