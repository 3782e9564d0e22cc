"""Retention: erasing what is due, and the records of it."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from campaign.models import RateLimitCount, RateLimitSalt
from campaign.privacy import retention_job
from pledges.abuse import rules
from pledges.emails import queue
from pledges.models import (
    Consent,
    Contact,
    NameReport,
    OpenScreen,
    Organisation,
    PendingSignature,
    PublicName,
    Quarantine,
    QueuedEmail,
    Removal,
    Signature,
    Totals,
    retention,
)
from pledges.models.answers import ConfirmChoices, Words
from pledges.my_pledge import service as my_pledge
from pledges.organisations import service as organisations
from pledges.privacy import erasure, exports
from pledges.signing import service as signing
from pledges.statistics import totals
from tests import staff_accounts
from tests.makers import ALICE, BOB, NOW, answers, signed, token_of
from tests.pledges.emails.test_queue import ENDS

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
POST = {"name": "Bob", "line_1": "1 Example Street", "postcode": "SW1P 2HR"}


@pytest.fixture
def campaign_over():
    """Noon of the day on which the signatures are to be erased."""
    over = retention.signatures_until()
    return NOW.replace(year=over.year, month=over.month, day=over.day)


def test_unconfirmed_forms_are_erased_after_seven_days():
    signing.sign(answers(by_email=True), NOW)
    assert retention_job.erase_expired(NOW + 7 * DAY - timedelta(seconds=1)) == {}
    assert retention_job.erase_expired(NOW + 7 * DAY)["pendings"] == 1
    assert not PendingSignature.objects.exists()


def test_what_was_confirmed_loses_its_pending_and_keeps_its_signature_and_contact():
    signed(BOB, by_email=True)
    retention_job.erase_expired(NOW + 7 * DAY)
    assert (PendingSignature.objects.count(), Signature.objects.count(), Contact.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize("end", ENDS)
def test_a_sent_email_is_erased_after_seven_days_and_a_waiting_one_stays(end):
    for mailbox in (ALICE, BOB):
        my_pledge.ask(mailbox, NOW)
    end(QueuedEmail.objects.first(), NOW)
    assert not retention_job.erase_expired(NOW + 7 * DAY - SECOND)["emails"]
    assert retention_job.erase_expired(NOW + 7 * DAY)["emails"] == 1
    assert QueuedEmail.objects.get().mailbox


def test_no_email_is_left_of_an_unconfirmed_form():
    signing.sign(answers(), NOW)
    queue.mark_sent([QueuedEmail.objects.get(kind="reminder")], NOW + 2 * DAY)
    retention_job.erase_expired(NOW + 7 * DAY)
    assert not QueuedEmail.objects.exists()


def beside(act, other):
    """Runs `other` while the transaction of `act` is open; returns its result."""

    def run():
        try:
            return other()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act()
            running = pool.submit(run)
            time.sleep(0.3)  # it has come as far as it can, and waits
        return running.result()


@pytest.mark.django_db(transaction=True)
def test_confirming_again_during_the_erasure_of_invalid_signatures_keeps_the_signature():
    signed(BOB, is_trapped=True)
    rules.mark(NOW)
    rules.invalidate(Quarantine.objects.get(), staff_accounts.staff(), NOW)
    again = token_of(signing.sign(answers(BOB), NOW + 7 * DAY))
    beside(
        lambda: signing.confirm(again, ConfirmChoices(), NOW + 7 * DAY),
        lambda: retention_job.erase_expired(NOW + 7 * DAY),
    )
    assert Signature.objects.counted().exists()


@pytest.mark.django_db(transaction=True)
def test_confirming_just_before_the_form_expires_counts():
    token, over = token_of(signing.sign(answers(by_email=True), NOW)), NOW + 7 * DAY
    beside(lambda: signing.confirm(token, ConfirmChoices(), over - SECOND), lambda: retention_job.erase_expired(over))
    assert (Signature.objects.count(), Contact.objects.count(), PendingSignature.objects.count()) == (1, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_confirming_while_the_form_is_erased_does_not_count():
    token, over = token_of(signing.sign(answers(by_email=True), NOW)), NOW + 7 * DAY
    assert not beside(
        lambda: retention_job.erase_expired(over), lambda: signing.confirm(token, ConfirmChoices(), over - SECOND)
    )
    assert (Signature.objects.count(), Contact.objects.count(), PendingSignature.objects.count()) == (0, 0, 0)


def test_rate_limit_data_are_erased_when_their_day_is_over():
    for day in (NOW - DAY, NOW):
        RateLimitSalt.objects.create(day=day.date(), salt=b"salt")
    RateLimitCount.objects.create(key="ended", value=1, expires_at=NOW)
    assert retention_job.erase_expired(NOW) == {"salts": 1, "counts": 1}
    assert RateLimitSalt.objects.get().day == NOW.date()
    assert not RateLimitCount.objects.exists()


def test_a_contact_ends_24_months_after_the_last_confirm_and_its_consent_ends_with_it():
    signed(BOB, ConfirmChoices(post=POST))
    signed(BOB, ConfirmChoices(post=POST), NOW + 60 * DAY, region="wales")
    ends = NOW.replace(year=NOW.year + 2) + 60 * DAY
    assert not retention_job.erase_expired(ends - DAY)["contacts"]
    assert retention_job.erase_expired(ends)["contacts"] == 1
    ended = Consent.objects.get(act=Consent.Act.EXPIRED)
    assert (ended.purpose, ended.source, ended.recorded_on) == ("post", "retention", ends.date())
    assert Signature.objects.exists()


@pytest.mark.parametrize(("day", "months", "end"), [("2026-01-31", 1, "2026-02-28"), ("2028-02-29", 24, "2030-02-28")])
def test_a_month_that_is_too_short_ends_on_its_last_day(settings, day, months, end):
    settings.KEEP_CONTACT_MONTHS = months
    assert str(retention.contact_until(NOW.fromisoformat(day).date())) == end


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_an_organisations_contact_is_erased_thirty_days_after_its_end(end):
    organisation = staff_accounts.waiting(now=NOW)
    words = Words("asked") if end == "decline" else "asked"
    getattr(organisations, end)(organisation, staff_accounts.staff(), words, 1, NOW)
    assert not retention_job.erase_expired(NOW + 29 * DAY)["organisations' contacts"]
    assert retention_job.erase_expired(NOW + 30 * DAY)["organisations' contacts"] == 1
    organisation.refresh_from_db()
    assert (organisation.contact, organisation.digest) == (None, None)


def test_three_months_after_the_campaign_only_the_totals_stay(campaign_over):
    signed(BOB, ConfirmChoices(public_name="Bob"), by_email=True)
    Signature.objects.update(confirmed_on=retention.signing_until() + retention.PENDING_STORED)
    Contact.objects.update(keep_until=campaign_over + DAY)
    exports.begin("email", "news", staff_accounts.staff(), NOW)
    staff_accounts.waiting(now=NOW)
    Organisation.objects.update(approved_at=NOW)
    retention_job.erase_expired(campaign_over - DAY)
    assert Signature.objects.exists()
    retention_job.erase_expired(campaign_over)
    rows = [model.objects.count() for model in (Signature, PublicName, Contact, Consent, PendingSignature, Removal)]
    assert rows == [0, 0, 0, 0, 0, 0]
    assert not Organisation.objects.with_contact().exists()
    totals.recount(campaign_over + DAY)
    assert (totals.totals().exact_people, totals.totals().organisations) == (1, 1)


def test_a_campaign_that_people_signed_after_its_end_has_not_ended(settings, caplog):
    settings.CAMPAIGN_ENDS = "2018-12-31"
    signed()
    retention_job.erase_expired(NOW)
    assert Signature.objects.exists()
    assert not Totals.objects.exclude(closed_at=None).exists()
    assert caplog.text.count("CAMPAIGN_ENDS") == 1


def test_the_last_count_is_taken_before_anything_is_erased(campaign_over, monkeypatch):
    signed(BOB)
    monkeypatch.setattr(erasure.Due, "erase_some", killed)
    with pytest.raises(KeyboardInterrupt):
        retention_job.erase_expired(campaign_over)
    assert Totals.objects.get().exact_people == 1


def killed(*_):
    raise KeyboardInterrupt


def test_a_killed_run_is_continued_by_the_next(monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 2)
    for region in ["london", "wales", "scotland", "north-east", "north-west"]:
        signing.sign(answers(region=region), NOW)
    whole, batches = erasure.Due.erase_some, []

    def one_batch(due, now):
        return killed() if batches else batches.append(whole(due, now)) or 2

    monkeypatch.setattr(erasure.Due, "erase_some", one_batch)
    with pytest.raises(KeyboardInterrupt):
        retention_job.erase_expired(NOW + 7 * DAY)
    assert PendingSignature.objects.count() == 3
    monkeypatch.setattr(erasure.Due, "erase_some", whole)
    assert retention_job.erase_expired(NOW + 7 * DAY)["pendings"] == 3


def test_which_member_of_staff_opened_an_organisation_is_erased_after_a_day():
    OpenScreen.objects.create(organisation=staff_accounts.waiting(), staff=staff_accounts.staff(), opened_at=NOW)
    erasure.erase(NOW + DAY - SECOND, erasure.due(NOW + DAY - SECOND))
    assert OpenScreen.objects.exists()
    erasure.erase(NOW + DAY, erasure.due(NOW + DAY))
    assert not OpenScreen.objects.exists()


def test_a_name_that_was_reported_is_erased_after_thirty_days():
    NameReport.objects.create(name="Buy Bricks", reason="abusive", reported_on=NOW.date())
    erasure.erase(NOW + 29 * DAY, erasure.due(NOW + 29 * DAY))
    assert NameReport.objects.exists()
    erasure.erase(NOW + 30 * DAY, erasure.due(NOW + 30 * DAY))
    assert not NameReport.objects.exists()


def test_the_database_protects_records_for_the_period_after_which_they_are_erased():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('refuse_change_for_six_years'::regproc)")
        assert f"interval '{retention.RECORDS_STORED.days} days'" in cursor.fetchone()[0]
