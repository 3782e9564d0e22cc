"""The database records each erasure, so that a restore can repeat it."""

from datetime import timedelta

import pytest
from django.db import connection

from campaign.privacy import retention_job
from pledges.models import (
    Contact,
    Erasure,
    OrganisationDecision,
    PaperCount,
    PhoneRequest,
    PublicName,
    QueuedEmail,
    Removal,
    Signature,
    retention,
)
from pledges.my_pledge import withdrawal
from pledges.organisations import service as organisations
from pledges.privacy import restore
from tests import staff_accounts
from tests.erasures import BOB_DIGEST, bob_signs
from tests.makers import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def recorded():
    return sorted(Erasure.objects.values_list("table_name", flat=True))


def test_whatever_erases_a_row_the_database_records_it():
    bob_signs()
    refs = {model: model.objects.get().ref for model in (Signature, PublicName, Contact)}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pledges_consent; DELETE FROM pledges_contact; DELETE FROM pledges_publicname")
        cursor.execute("DELETE FROM pledges_signature")
    for model, ref in refs.items():
        assert Erasure.objects.filter(table_name=model._meta.db_table, ref=ref).exists()


def test_every_table_that_records_its_erasures_can_repeat_them():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'record\\_e%%'", [])
        recording = {table for (table,) in cursor.fetchall()}
    assert recording == restore.TABLES.keys()


def test_everything_the_retention_job_erases_under_a_ref_is_recorded():
    by_ref = {some.rows.model for some in retention_job.due(NOW + 9999 * DAY) if hasattr(some.rows.model, "ref")}
    # Their refs are those of other rows, or identify no person.
    by_ref -= {QueuedEmail, Erasure, Removal, PhoneRequest, OrganisationDecision, PaperCount}
    assert {model._meta.db_table for model in by_ref} == restore.TABLES.keys()


def test_an_erasure_tells_the_day_and_nothing_of_the_person():
    assert {field.name for field in Erasure._meta.get_fields()} == {"id", "table_name", "ref", "erased_on"}


def test_emptying_an_organisations_contact_is_recorded():
    organisation = staff_accounts.waiting(now=NOW)
    organisations.erase_contacts([organisation.pk], NOW)
    assert recorded() == ["pledges_organisation"]


def test_erasures_are_stored_longer_than_any_backup():
    bob_signs()
    withdrawal.withdraw(BOB_DIGEST, NOW)
    written = Erasure.objects.first().erased_on
    at = NOW.replace(year=written.year, month=written.month, day=written.day)
    assert "erasures" not in retention_job.erase_expired(at + retention.BACKUPS_STORED + 4 * DAY)
    retention_job.erase_expired(at + retention.BACKUPS_STORED + 5 * DAY)
    assert not Erasure.objects.filter(erased_on=written).exists()
