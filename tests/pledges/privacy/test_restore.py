"""What was erased since a backup is erased again after its restore."""

from datetime import timedelta

import pytest

from campaign.backups.after_restore import ACTS
from campaign.privacy import retention_job
from pledges.crypto import tokens
from pledges.models import Consent, Contact, EmailBlock, Erasure, Organisation, PendingSignature, QueuedEmail, Signature
from pledges.my_pledge import withdrawal
from pledges.organisations import service as organisations
from pledges.privacy import restore
from pledges.signing import service as signing
from tests import staff_accounts
from tests.erasures import BOB_DIGEST, bob_signs, carried
from tests.makers import ALICE, BOB, NOW, answers, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def repeat(lines):
    return restore.repeat(lines, ACTS, NOW)


def come_back(people):
    """Creates rows with the same refs again, as a restored backup does."""
    for model, rows in people.items():
        model.objects.bulk_create(rows)


def test_restored_rows_are_erased_again_and_nothing_else():
    signed(ALICE, by_email=True)
    bob_signs()
    bobs = {
        Signature: list(Signature.objects.filter(digest=BOB_DIGEST)),
        Contact: list(Contact.objects.filter(signature__digest=BOB_DIGEST)),
        Consent: list(Consent.objects.filter(signature__digest=BOB_DIGEST)),
    }
    withdrawal.withdraw(BOB_DIGEST, NOW)
    lines = carried().splitlines()
    come_back(bobs)
    assert repeat(lines)["signatures"] == 1
    assert [bytes(row.digest) for row in Signature.objects.all()] == [tokens.digest(ALICE.identity)]
    assert Contact.objects.get().signature == Signature.objects.get()
    assert not repeat(lines)


def test_a_contact_outlives_the_record_of_the_pending_it_came_from():
    signed(BOB, by_email=True)
    retention_job.erase_expired(NOW + 7 * DAY)
    assert Contact.objects.get().ref == Erasure.objects.get(table_name="pledges_pendingsignature").ref
    repeat(carried().splitlines())
    assert Contact.objects.exists()


def test_emails_about_what_is_erased_again_go_with_it():
    signing.sign(answers(BOB), NOW)
    pending, emails = PendingSignature.objects.get(), list(QueuedEmail.objects.all())
    withdrawal.withdraw(BOB_DIGEST, NOW)
    lines = carried().splitlines()
    QueuedEmail.objects.all().delete()
    come_back({PendingSignature: [pending], QueuedEmail: emails})
    repeat(lines)
    assert not QueuedEmail.objects.exists()
    assert not PendingSignature.objects.exists()


def test_an_organisation_that_came_back_loses_its_contact_alone():
    organisation = staff_accounts.waiting(now=NOW)
    contact = organisation.contact
    organisations.erase_contacts([organisation.pk], NOW)
    lines = carried().splitlines()
    Organisation.objects.update(contact=contact)
    repeat(lines)
    assert Organisation.objects.get().contact is None


def test_a_mailbox_blocked_after_the_backup_is_blocked_again():
    EmailBlock.objects.create(digest=BOB_DIGEST, blocked_on=NOW.date())
    lines = carried().splitlines()
    EmailBlock.objects.all().delete()
    assert repeat(lines)["blocked mailboxes"] == 1
    assert not repeat(lines)
    again = EmailBlock.objects.get()
    assert (bytes(again.digest), again.blocked_on) == (BOB_DIGEST, NOW.date())
