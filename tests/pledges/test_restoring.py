"""A backup that brings somebody back is made to forget them again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaign import clock
from pledges import links, organisations, restoring, retention, signing, withdrawing
from pledges.answers import Wishes
from pledges.models import (
    Blocked,
    Call,
    Consent,
    Contact,
    Erasure,
    Letter,
    Listing,
    Organisation,
    Pending,
    Removal,
    Signature,
)
from tests import desk, dumping
from tests.pledges.makers import ALICE, BOB, NOW, answers, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOB_DIGEST = links.digest(BOB.identity)


def bob_signs():
    signed(BOB, Wishes(public_name="Bob"), by_email=True)


def recorded():
    return sorted(Erasure.objects.values_list("table_name", flat=True))


def test_whatever_erases_a_row_the_database_records_it():
    bob_signs()
    refs = {model: model.objects.get().ref for model in (Signature, Listing, Contact)}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM pledges_consent; DELETE FROM pledges_contact; DELETE FROM pledges_listing"
        )
        cursor.execute("DELETE FROM pledges_signature")
    for model, ref in refs.items():
        assert Erasure.objects.filter(table_name=model._meta.db_table, ref=ref).exists()


def test_every_table_that_records_its_erasures_can_be_made_to_forget_again():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'record\\_e%%'", [])
        recording = {table for (table,) in cursor.fetchall()}
    assert recording == restoring.TABLES.keys()


def test_whatever_the_clock_erases_under_a_ref_is_recorded():
    by_ref = {some.rows.model for some in clock.due(NOW + 9999 * DAY) if hasattr(some.rows.model, "ref")}
    by_ref -= {Letter, Erasure, Removal, Call}  # whose refs are others', or lead to nobody
    assert {model._meta.db_table for model in by_ref} == restoring.TABLES.keys()


def test_an_erasure_tells_the_day_and_nothing_of_the_person():
    assert {field.name for field in Erasure._meta.get_fields()} == {"id", "table_name", "ref", "erased_on"}


def test_emptying_an_organisations_contact_is_recorded():
    organisation = desk.waiting(now=NOW)
    organisations.forget_contacts([organisation.pk], NOW)
    assert recorded() == ["pledges_organisation"]


def test_erasures_are_kept_longer_than_any_backup():
    bob_signs()
    withdrawing.withdraw(BOB_DIGEST, NOW)
    written = Erasure.objects.first().erased_on
    at = NOW.replace(year=written.year, month=written.month, day=written.day)
    assert "erasures" not in clock.forget(at + retention.BACKUPS_LIVE + 4 * DAY)
    clock.forget(at + retention.BACKUPS_LIVE + 5 * DAY)
    assert not Erasure.objects.filter(erased_on=written).exists()


def carried():
    """What `forget --list` prints."""
    out = StringIO()
    call_command("forget", "--list", stdout=out)
    return out.getvalue()


def come_back(people):
    """As a restored backup does: the same rows, under their refs."""
    for model, rows in people.items():
        model.objects.bulk_create(rows)


def test_what_came_back_is_erased_again_and_nothing_else():
    signed(ALICE, by_email=True)
    bob_signs()
    bobs = {
        Signature: list(Signature.objects.filter(digest=BOB_DIGEST)),
        Contact: list(Contact.objects.filter(signature__digest=BOB_DIGEST)),
        Consent: list(Consent.objects.filter(signature__digest=BOB_DIGEST)),
    }
    withdrawing.withdraw(BOB_DIGEST, NOW)
    lines = carried().splitlines()
    come_back(bobs)
    assert restoring.forget_again(lines, NOW)["signatures"] == 1
    assert [bytes(row.digest) for row in Signature.objects.all()] == [links.digest(ALICE.identity)]
    assert Contact.objects.get().signature == Signature.objects.get()
    assert not restoring.forget_again(lines, NOW)


def test_a_contact_outlives_the_record_of_the_pending_it_came_from():
    signed(BOB, by_email=True)
    clock.forget(NOW + 7 * DAY)
    assert Contact.objects.get().ref == Erasure.objects.get(table_name="pledges_pending").ref
    restoring.forget_again(carried().splitlines(), NOW)
    assert Contact.objects.exists()


def test_letters_about_what_is_erased_again_go_with_it():
    signing.sign(answers(BOB), NOW)
    pending, letters = Pending.objects.get(), list(Letter.objects.all())
    withdrawing.withdraw(BOB_DIGEST, NOW)
    lines = carried().splitlines()
    Letter.objects.all().delete()
    come_back({Pending: [pending], Letter: letters})
    restoring.forget_again(lines, NOW)
    assert not Letter.objects.exists()
    assert not Pending.objects.exists()


def test_an_organisation_that_came_back_loses_its_contact_alone():
    organisation = desk.waiting(now=NOW)
    contact = organisation.contact
    organisations.forget_contacts([organisation.pk], NOW)
    lines = carried().splitlines()
    Organisation.objects.update(contact=contact)
    restoring.forget_again(lines, NOW)
    assert Organisation.objects.get().contact is None


def test_h64_a_mailbox_blocked_after_the_backup_is_blocked_again():
    Blocked.objects.create(digest=BOB_DIGEST, blocked_on=NOW.date())
    lines = carried().splitlines()
    Blocked.objects.all().delete()
    assert restoring.forget_again(lines * 2, NOW)["blocked"] == 1
    again = Blocked.objects.get()
    assert (bytes(again.digest), again.blocked_on) == (BOB_DIGEST, NOW.date())


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        '{"ref": "1"}',
        '{"table": "pledges_wording", "ref": "1"}',
        '{"table": "pledges_signature", "ref": 1}',
        '{"table": ["pledges_signature"], "ref": "1"}',
        '{"blocked": "00", "keys": "2", "day": "2026-06-01"}',
        "5",
    ],
)
def test_another_file_is_refused_by_name(tmp_path, line):
    other = tmp_path / "other"
    other.write_text(line)
    with pytest.raises(CommandError, match="not a list"):
        call_command("forget", "--again", str(other))


@pytest.mark.django_db(transaction=True)
def test_h33_a_restored_backup_forgets_again(tmp_path):
    bob_signs()
    backup = dumping.dump("--clean", "--if-exists")
    withdrawing.withdraw(BOB_DIGEST, NOW)
    erasures = tmp_path / "erasures.jsonl"
    erasures.write_text(carried())
    dumping.restore(backup)
    assert BOB_DIGEST.hex() in dumping.dump()
    call_command("forget", "--again", str(erasures))
    assert "Bob" not in dumping.dump()
    assert not Signature.objects.exists()
    assert BOB_DIGEST.hex() not in dumping.dump()
