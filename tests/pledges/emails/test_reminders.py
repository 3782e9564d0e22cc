"""Who gets the reminder, and how often."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils.formats import date_format

from pledges.emails import sending
from pledges.inputs.email_address import Mailbox
from pledges.signing import service as signing
from pledges.signing.emails import REMINDER_AFTER
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed
from tests.pledges.emails.servers import send

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


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


def test_reminders_cost_less_than_one_statement_in_a_batch(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr(sending, "RECORD_WITHIN", 60)  # on a busy machine too
    for n in range(40):
        signing.sign(answers(Mailbox(f"person{n}@example.org")), NOW)
    sending.send_due(NOW, most=40)
    with django_assert_max_num_queries(30):
        assert sending.send_due(NOW + REMINDER_AFTER, most=40) == 40
    assert len(mail.outbox) == 80
