"""Records of staff acts are stored for six years; the database refuses to delete or change them earlier."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from pledges.lists import service as lists
from pledges.models import (
    AbuseRule,
    Contact,
    Export,
    ListVisibility,
    NameDecision,
    OrganisationDecision,
    PaperCount,
    PhoneRequest,
    PublicName,
    QuarantineDecision,
    Removal,
)
from pledges.models.answers import ConfirmChoices
from pledges.organisations import service as organisations
from pledges.privacy import erasure
from tests import web_role
from tests.makers import BOB, signed
from tests.staff_accounts import NOON, staff, waiting

pytestmark = pytest.mark.django_db
LONG_AGO = NOON - timedelta(days=9 * 366)


def record(model, when):
    by, ref = staff(f"{uuid4().hex}@example.org"), uuid4()
    particulars = {
        OrganisationDecision: {"organisation_ref": ref, "version": 1, "act": "approve"},
        NameDecision: {"public_name_ref": ref, "hidden": True, "reason": "false"},
        ListVisibility: {"lists_hidden": True},
        AbuseRule: {"kind": "client", "most": 9, "minutes": 9},
        QuarantineDecision: {"quarantine_ref": ref, "act": "release", "signatures": 1},
        PhoneRequest: {"kind": "never"},
        PaperCount: {"ref": UUID(int=1), "version": when.year, "signatures": 9, "counted_on": when},
        Export: {"channel": "email", "purpose": "drill", "records": 0},
    }
    verb = {PhoneRequest: "taken", Export: "exported", PaperCount: "entered"}.get(model, "decided")
    return model.objects.create(**particulars[model], **{f"{verb}_by": by, f"{verb}_at": when})


RECORDS = [
    OrganisationDecision,
    NameDecision,
    ListVisibility,
    AbuseRule,
    QuarantineDecision,
    PhoneRequest,
    PaperCount,
    Export,
]


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_is_never_changed(model):
    """Checked as the owner of the table; other roles have no right to it (campaign/postgresql/roles.py)."""
    old, new = record(model, LONG_AGO), record(model, NOON)
    for each in (old, new):
        with web_role.owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            each.save()


def having(trigger):
    """The tables that have a trigger with such a name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname ~ %s AND tgrelid::regclass::text LIKE 'pledges\\_%%' ORDER BY 1",
            [trigger],
        )
        return [table for (table,) in cursor.fetchall()]


def test_tables_with_triggers_on_delete_refuse_truncate():
    tables = having("^(append_only|record_erasure)$")
    assert tables == having("^refuse_truncate$")
    with web_role.owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER refuse_truncate")  # see tests/conftest.py
            with pytest.raises(DatabaseError, match="can't be truncated"), transaction.atomic():
                cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_can_be_deleted_after_six_years_and_not_before(model):
    old, new = record(model, LONG_AGO), record(model, NOON)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        new.delete()
    erasure.erase(NOON, erasure.due(NOON))
    assert list(model.objects.values_list("pk", flat=True)) == [new.pk]
    assert old.pk != new.pk


def forget():
    erasure.erase(NOON, erasure.due(NOON))


def test_the_switch_in_force_is_stored_at_any_age():
    record(ListVisibility, LONG_AGO - timedelta(days=1))
    held = record(ListVisibility, LONG_AGO)
    forget()
    assert ListVisibility.objects.get() == held == ListVisibility.objects.newest()


def test_the_rule_in_force_of_each_kind_is_stored_at_any_age():
    for kind in ("client", "provider"):
        for most in (5, 6):
            AbuseRule.objects.create(
                kind=kind, most=most, minutes=9, decided_by=staff(f"{kind}{most}@x.org"), decided_at=LONG_AGO
            )
    forget()
    assert sorted((rule.kind, rule.most) for rule in AbuseRule.objects.in_force()) == [("client", 6), ("provider", 6)]
    assert AbuseRule.objects.count() == 2


def test_a_rule_that_was_switched_off_long_ago_stays_off():
    record(AbuseRule, LONG_AGO)
    off = AbuseRule.objects.create(
        kind="client", is_on=False, most=9, minutes=9, decided_by=staff(), decided_at=LONG_AGO
    )
    forget()
    assert AbuseRule.objects.get() == off
    assert not AbuseRule.objects.in_force()


def test_the_record_of_who_approved_a_listed_organisation_stays():
    organisation, by = waiting(now=LONG_AGO), staff()
    organisations.approve(organisation, by, 1, LONG_AGO)
    forget()
    assert organisation.decisions().get().decided_by == by
    organisations.withdraw(organisation, by, "asked", 1, LONG_AGO)
    forget()
    assert not OrganisationDecision.objects.exists()


def test_the_record_of_who_hid_a_name_stays_while_it_is_hidden():
    signed(BOB, ConfirmChoices(public_name="Bob"))
    lists.set_hidden(PublicName.objects.get(), True, "false", staff(), LONG_AGO)
    forget()
    assert NameDecision.objects.exists()


def test_removals_are_still_noted_when_the_last_export_is_old():
    signed(BOB, by_email=True)
    record(Export, LONG_AGO - timedelta(days=1))
    record(Export, LONG_AGO)
    forget()
    Contact.objects.all().delete()
    assert (Export.objects.count(), Removal.objects.count()) == (1, 1)
