"""What happens to an email that the mail server refuses, or that can't be composed."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from pledges.emails import compose, queue, sending
from pledges.models import QueuedEmail
from pledges.my_pledge import service as my_pledge
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers
from tests.pledges.emails.servers import Refusing, first_email, send

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def server_says(monkeypatch):
    return lambda error: monkeypatch.setattr(sending, "get_connection", lambda: Refusing(error))


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
