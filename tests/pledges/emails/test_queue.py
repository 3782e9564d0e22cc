"""Emails are claimed, sent once, and end; what an email carries and costs."""

import re
import time
from datetime import timedelta

import pytest
from django.core import mail

from pledges.crypto import tokens
from pledges.emails import queue, sending
from pledges.inputs.email_address import Mailbox
from pledges.models import EmailBlock, QueuedEmail
from pledges.my_pledge import service as my_pledge
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, token_of
from tests.pledges.emails.servers import Refusing, first_email, send

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Every way in which an email ends.
ENDS = [
    lambda email, now: queue.mark_sent([email], now),
    lambda email, now: queue.drop([email], now),
    lambda email, now: queue.mark_failed(email, now, "recipient 550", True),
]


class Slow(Refusing):
    """A mail server that takes every email after a while."""

    def __init__(self):
        super().__init__(error=None)

    def send_messages(self, messages):
        time.sleep(0.1)
        return len(messages)


def test_the_email_carries_the_link_and_the_code():
    handle = signing.sign(answers(), NOW)
    token = token_of(handle)
    send()
    [email] = mail.outbox
    assert (email.subject, email.to) == ("Please confirm your email", ["alice@example.org"])
    code = tokens.code(token)
    for text in (email.body, email.alternatives[0].content):
        assert f"https://pledge.example.org/pledge/confirm/{token}/" in text
        assert f"{code[:4]} {code[4:]}" in text


def test_a_sent_email_stores_no_mailbox():
    signing.sign(answers(), NOW)
    send()
    assert first_email().sent_at == NOW
    assert first_email().mailbox is None


def test_a_blocked_mailbox_gets_nothing_more():
    today = NOW.date()
    EmailBlock.objects.create(digest=tokens.digest(ALICE.identity), blocked_on=today, asked_on=today)
    for mailbox in (BOB, ALICE):
        signing.sign(answers(mailbox), NOW)
    send()
    assert [email.to for email in mail.outbox] == [[BOB.address]]
    assert first_email().dropped_at == NOW


def test_a_block_changes_no_email_to_another_mailbox_of_the_batch():
    EmailBlock.objects.create(digest=tokens.digest(ALICE.identity), blocked_on=NOW.date())
    for mailbox in (ALICE, BOB):
        signing.sign(answers(mailbox), NOW)
    send()
    subjects = {email.to[0]: email.subject for email in mail.outbox}
    assert subjects[BOB.address] == "Please confirm your email"
    assert subjects[ALICE.address] != subjects[BOB.address]


def test_one_blocked_mailbox_that_is_asked_does_not_use_up_the_question_to_another():
    for mailbox in (ALICE, BOB):
        EmailBlock.objects.create(digest=tokens.digest(mailbox.identity), blocked_on=NOW.date())
        signing.sign(answers(mailbox), NOW)
    send()
    assert sorted(email.to[0] for email in mail.outbox) == [ALICE.address, BOB.address]


def test_a_blocked_mailbox_is_asked_in_the_language_of_its_own_form():
    EmailBlock.objects.create(digest=tokens.digest(BOB.identity), blocked_on=NOW.date())
    signing.sign(answers(ALICE, language="cy"), NOW)
    signing.sign(answers(BOB), NOW)
    send()
    [bobs] = [email for email in mail.outbox if email.to == [BOB.address]]
    assert bobs.subject == "May we email you again?"


def test_each_email_to_a_slow_mail_server_is_recorded_before_the_next(monkeypatch):
    recorded = []
    monkeypatch.setattr(sending, "get_connection", Slow)
    monkeypatch.setattr(queue, "mark_sent", lambda emails, now: recorded.append(len(emails)))
    for mailbox in (ALICE, BOB, CHARLIE):
        signing.sign(answers(mailbox), NOW)
    send()
    assert recorded == [1, 1, 1]


def test_a_batch_ends_before_its_leases_do(monkeypatch):
    monkeypatch.setattr(queue, "LEASE", timedelta(0))
    signing.sign(answers(ALICE), NOW)
    signing.sign(answers(BOB), NOW)
    assert send() == 1
    assert len(queue.claim(NOW)) == 1


def test_two_workers_never_claim_the_same_email():
    for mailbox in (ALICE, BOB):
        signing.sign(answers(mailbox), NOW)
    held = [email for _ in range(3) for email in queue.claim(NOW, most=1)]
    assert len(held) == len({email.pk for email in held}) == 2


def test_a_worker_releases_only_its_own_emails():
    for mailbox in (ALICE, BOB):
        signing.sign(answers(mailbox), NOW)
    held, _others = queue.claim(NOW, most=1), queue.claim(NOW, most=1)
    queue.release(held)
    assert queue.claim(NOW) == held


@pytest.mark.parametrize("end", ENDS)
def test_an_email_that_ended_is_not_sent_and_delays_no_other(end):
    my_pledge.ask(ALICE, NOW)
    end(QueuedEmail.objects.get(), NOW)
    assert queue.claim(NOW) == []
    my_pledge.ask(ALICE, NOW)
    assert len(queue.claim(NOW)) == 1


def test_the_email_of_a_killed_worker_is_claimed_again():
    signing.sign(answers(), NOW)
    queue.claim(NOW)
    assert len(queue.claim(NOW + queue.LEASE + MINUTE)) == 1


def test_an_email_costs_less_than_one_statement_in_a_batch(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(sending, "RECORD_WITHIN", 60)  # on a busy machine too
    for n in range(40):
        signing.sign(answers(Mailbox(f"person{n}@example.org")), NOW)
    with django_assert_max_num_queries(30):
        assert sending.send_due(NOW, most=40) == 40
    assert len(mail.outbox) == 40


def test_an_emails_own_links_are_in_no_other_email(monkeypatch):
    handles = [signing.sign(answers(box), NOW) for box in (ALICE, BOB)]
    send()
    own = [token_of(handle) for handle in handles]
    for email, token, other in zip(mail.outbox, own, reversed(own), strict=True):
        whole = email.body + email.alternatives[0].content
        assert token in whole
        assert other not in whole
        assert not re.search("[\ue000-\uf8ff]", whole)


def test_the_shown_wait_grows_with_the_queue(settings):
    settings.EMAILS_A_MINUTE = 1
    assert queue.minutes_to_wait(NOW) == 2
    for n in range(12):
        signing.sign(answers(Mailbox(f"person{n}@example.org")), NOW)
    queue.clear_cached_wait()
    assert queue.minutes_to_wait(NOW) == 15


def test_the_shown_wait_grows_while_the_mail_server_is_down():
    signing.sign(answers(), NOW)
    assert queue.minutes_to_wait(NOW + 50 * MINUTE) == 60
    queue.clear_cached_wait()
    assert queue.minutes_to_wait(NOW + DAY) == 480
