import re
import smtplib
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils.formats import date_format

from pledges.crypto import tokens
from pledges.emails import compose, queue, sending
from pledges.inputs.email_address import Mailbox
from pledges.models import EmailBlock, QueuedEmail
from pledges.my_pledge import service as my_pledge
from pledges.signing import service as signing
from pledges.signing.emails import REMINDER_AFTER
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed, token_of

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Every way in which a email ends.
ENDS = [
    lambda email, now: queue.mark_sent([email], now),
    lambda email, now: queue.drop([email], now),
    lambda email, now: queue.mark_failed(email, now, "recipient 550", True),
]


class Refusing:
    """A mail server that answers every email with one error."""

    def __init__(self, error):
        self.error = error

    def open(self):
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        raise self.error


class Slow(Refusing):
    """A mail server that takes every email after a while."""

    def __init__(self):
        super().__init__(error=None)

    def send_messages(self, messages):
        time.sleep(0.1)
        return len(messages)


@pytest.fixture
def server_says(monkeypatch):
    return lambda error: monkeypatch.setattr(sending, "get_connection", lambda: Refusing(error))


def send(now=NOW):
    return sending.send_due(now)


def first_email():
    return QueuedEmail.objects.filter(kind="confirm").latest("pk")


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


def test_the_reminder_says_on_which_day_someone_signed():
    signing.sign(answers(), NOW)
    send()
    send(NOW + REMINDER_AFTER)
    assert f"Hello. On {date_format(NOW, 'j F Y')} someone" in mail.outbox[1].body


def test_everyone_is_reminded_once():
    signed(BOB)
    signing.sign(organisation_answers(ALICE), NOW - MINUTE)
    for mailbox in (ALICE, CHARLIE):
        signing.sign(answers(mailbox), NOW)
    for times in (0, 1, 2):
        send(NOW + times * REMINDER_AFTER)
    assert len(mail.outbox) == 6


def test_a_mailbox_is_reminded_once_of_however_many_forms():
    for region in ("london", "wales"):
        signing.sign(answers(region=region), NOW)
    send()
    send(NOW + REMINDER_AFTER)
    assert len(mail.outbox) == 3


def test_an_organisation_is_reminded_although_its_contact_has_signed_as_a_person():
    signed(ALICE)
    signing.sign(organisation_answers(ALICE), NOW)
    send()
    send(NOW + REMINDER_AFTER)
    assert "for an organisation" in mail.outbox[1].body


def test_a_person_who_had_signed_before_is_reminded_too():
    signed(ALICE, now=NOW - DAY)
    signing.sign(answers(ALICE, region="wales"), NOW)
    send()
    send(NOW + REMINDER_AFTER)
    assert len(mail.outbox) == 2


def test_no_reminder_reaches_somebody_who_signed_by_another_link():
    signing.sign(answers(region="london"), NOW)
    send()
    signed(ALICE, region="wales")
    send(NOW + REMINDER_AFTER)
    assert len(mail.outbox) == 1


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


def test_an_email_stays_queued_while_the_mail_server_is_unreachable(server_says):
    signing.sign(answers(), NOW)
    server_says(smtplib.SMTPServerDisconnected())
    with pytest.raises(sending.MailServerUnavailable):
        send()
    assert first_email().mailbox
    assert first_email().leased_until is None


class ProviderDown(Exception):
    """What the backend of an HTTP provider may raise."""


def test_an_outage_that_is_no_smtp_error_counts_against_one_email_of_the_batch(server_says):
    for mailbox in (ALICE, BOB, CHARLIE):
        signing.sign(answers(mailbox), NOW)
    server_says(ProviderDown())
    with pytest.raises(sending.MailServerUnavailable, match="ProviderDown"):
        send()
    tries = QueuedEmail.objects.filter(kind="confirm").values_list("attempts", flat=True)
    assert sorted(tries) == [0, 0, 1]


def test_a_backend_that_can_not_be_opened_costs_no_email(server_says, monkeypatch):
    signing.sign(answers(), NOW)
    monkeypatch.setattr(Refusing, "open", lambda _self: 1 / 0)
    server_says(None)
    with pytest.raises(sending.MailServerUnavailable, match="ZeroDivisionError"):
        send()
    assert first_email().attempts == 0


def test_an_email_with_a_wrong_header_delays_no_other(server_says):
    signing.sign(answers(), NOW)
    server_says(ValueError("a header"))
    assert send() == 1
    assert (first_email().attempts, first_email().refusal) == (1, "ValueError")


def test_an_email_to_an_unknown_mailbox_is_given_up_and_its_address_erased(server_says):
    signing.sign(answers(), NOW)
    server_says(smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"5.1.1 no such user")}))
    send()
    assert (first_email().failed_at, first_email().mailbox) == (NOW, None)
    assert first_email().refusal == "recipient 550"


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"alice@example.org": (450, b"4.2.0 greylisted")}),
        smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"5.7.1 your network is listed")}),
        smtplib.SMTPDataError(554, b"5.7.1 content"),
    ],
)
def test_a_temporary_refusal_is_retried(server_says, error):
    signing.sign(answers(), NOW)
    server_says(error)
    send()
    email = first_email()
    assert (email.attempts, email.failed_at) == (1, None)
    assert email.due_at > NOW


def test_retries_end_after_the_last_one(server_says):
    signing.sign(answers(), NOW)
    QueuedEmail.objects.filter(kind="confirm").update(attempts=len(queue.RETRIES) - 1)
    server_says(smtplib.SMTPDataError(451, b"try later"))
    send()
    assert first_email().mailbox
    send(NOW + DAY)
    assert first_email().failed_at == NOW + DAY


def test_an_email_encrypted_with_a_lost_key_is_shown_to_staff(settings):
    signing.sign(answers(), NOW)
    settings.SECRET_KEY = "another" * 10
    send()
    assert first_email().refusal == "no key decrypts it"


def test_an_email_that_can_not_be_composed_delays_no_other(monkeypatch):
    monkeypatch.setattr(compose, "confirmation_email", lambda *args: 1 / 0)
    signing.sign(answers(ALICE), NOW)
    my_pledge.ask(BOB, NOW)
    send()
    assert [email.to for email in mail.outbox] == [["bob@example.org"]]
    assert first_email().refusal == "ZeroDivisionError"


def test_a_retry_is_not_deferred_again(server_says, monkeypatch):
    for n in range(2):
        signing.sign(answers(region=str(n)), NOW)
    server_says(smtplib.SMTPDataError(451, b"try later"))
    send()
    monkeypatch.undo()
    send(NOW + 2 * MINUTE)
    assert len(mail.outbox) == 2


def test_a_retry_is_counted_once(server_says, monkeypatch):
    signing.sign(answers(), NOW)
    server_says(smtplib.SMTPDataError(451, b"try later"))
    send()
    monkeypatch.undo()
    signing.sign(answers(region="wales"), NOW + 2 * MINUTE)
    send(NOW + 2 * MINUTE)
    assert len(mail.outbox) == 2


def test_an_email_counts_from_its_last_try(server_says, monkeypatch):
    signing.sign(answers(region="late"), NOW)
    server_says(smtplib.SMTPDataError(451, b"try later"))
    send()
    monkeypatch.undo()
    send(NOW + DAY - MINUTE)
    QueuedEmail.objects.filter(kind="reminder").delete()
    for n in range(3):
        signing.sign(answers(region=str(n)), NOW + DAY + MINUTE, f"{n}", f"network {n}")
    send(NOW + DAY + MINUTE)
    assert len(mail.outbox) == 2


def test_an_email_costs_less_than_one_statement_in_a_batch(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(sending, "RECORD_WITHIN", 60)  # on a busy machine too
    for n in range(40):
        signing.sign(answers(Mailbox(f"person{n}@example.org")), NOW)
    with django_assert_max_num_queries(30):
        assert sending.send_due(NOW, most=40) == 40
    assert len(mail.outbox) == 40


def test_reminders_cost_less_than_one_statement_in_a_batch(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(sending, "RECORD_WITHIN", 60)  # on a busy machine too
    for n in range(40):
        signing.sign(answers(Mailbox(f"person{n}@example.org")), NOW)
    sending.send_due(NOW, most=40)
    with django_assert_max_num_queries(30):
        assert sending.send_due(NOW + REMINDER_AFTER, most=40) == 40
    assert len(mail.outbox) == 80


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
    queue.forget_wait()
    assert queue.minutes_to_wait(NOW) == 15


def test_the_shown_wait_grows_while_the_mail_server_is_down():
    signing.sign(answers(), NOW)
    assert queue.minutes_to_wait(NOW + 50 * MINUTE) == 60
    queue.forget_wait()
    assert queue.minutes_to_wait(NOW + DAY) == 480
