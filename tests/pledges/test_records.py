"""What staff did is recorded for six years, and the database itself refuses to forget or change it earlier."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from pledges import forgetting, naming, organisations
from pledges.answers import Wishes
from pledges.models import Call, Contact, Decision, Export, Hiding, Judgement, Listing, Removal, Rule, Showing
from tests.desk import NOON, staff, waiting
from tests.pledges.makers import BOB, signed

pytestmark = pytest.mark.django_db
LONG_AGO = NOON - timedelta(days=9 * 366)


def record(model, when):
    by, ref = staff(f"{uuid4().hex}@example.org"), uuid4()
    particulars = {
        Decision: {"organisation_ref": ref, "version": 1, "act": "approve"},
        Hiding: {"listing_ref": ref, "hidden": True, "reason": "false"},
        Showing: {"lists_hidden": True},
        Rule: {"kind": "client", "most": 9, "minutes": 9},
        Judgement: {"quarantine_ref": ref, "act": "release", "signatures": 1},
        Call: {"wish": "never"},
        Export: {"channel": "email", "purpose": "drill", "records": 0},
    }
    verb = {Call: "taken", Export: "exported"}.get(model, "decided")
    return model.objects.create(**particulars[model], **{f"{verb}_by": by, f"{verb}_at": when})


RECORDS = [Decision, Hiding, Showing, Rule, Judgement, Call, Export]


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_is_never_changed(model):
    old, new = record(model, LONG_AGO), record(model, NOON)
    for each in (old, new):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
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


def test_what_refuses_or_records_a_delete_is_not_emptied_either():
    tables = having("^(append_only|record_erasure)$")
    assert tables == having("^refuse_truncate$")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER refuse_truncate")  # see tests/conftest.py
            with pytest.raises(DatabaseError, match="is not emptied"), transaction.atomic():
                cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_is_deleted_when_its_day_has_come_and_not_before(model):
    old, new = record(model, LONG_AGO), record(model, NOON)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        new.delete()
    forgetting.forget(NOON, forgetting.due(NOON))
    assert list(model.objects.values_list("pk", flat=True)) == [new.pk]
    assert old.pk != new.pk


def forget():
    forgetting.forget(NOON, forgetting.due(NOON))


def test_h84_the_switch_that_holds_stays_however_old():
    record(Showing, LONG_AGO - timedelta(days=1))
    held = record(Showing, LONG_AGO)
    forget()
    assert Showing.objects.get() == held == Showing.objects.newest()


def test_h84_of_each_kind_of_rule_the_one_that_holds_stays_however_old():
    for kind in ("client", "provider"):
        for most in (5, 6):
            Rule.objects.create(
                kind=kind, most=most, minutes=9, decided_by=staff(f"{kind}{most}@x.org"), decided_at=LONG_AGO
            )
    forget()
    assert sorted((rule.kind, rule.most) for rule in Rule.objects.in_force()) == [
        ("client", 6),
        ("provider", 6),
    ]
    assert Rule.objects.count() == 2


def test_h84_a_rule_that_was_switched_off_long_ago_stays_off():
    record(Rule, LONG_AGO)
    off = Rule.objects.create(
        kind="client", is_on=False, most=9, minutes=9, decided_by=staff(), decided_at=LONG_AGO
    )
    forget()
    assert Rule.objects.get() == off
    assert not Rule.objects.in_force()


def test_h84_who_approved_what_is_still_in_the_list_stays_on_record():
    organisation, by = waiting(now=LONG_AGO), staff()
    organisations.approve(organisation, by, 1, LONG_AGO)
    forget()
    assert organisation.decisions().get().decided_by == by
    organisations.withdraw(organisation, by, "asked", 1, LONG_AGO)
    forget()
    assert not Decision.objects.exists()


def test_h84_who_hid_a_name_that_is_still_hidden_stays_on_record():
    signed(BOB, Wishes(public_name="Bob"))
    naming.hide(Listing.objects.get(), True, "false", staff(), LONG_AGO)
    forget()
    assert Hiding.objects.exists()


def test_h84_removals_are_still_noted_when_the_last_export_is_old():
    signed(BOB, by_email=True)
    record(Export, LONG_AGO - timedelta(days=1))
    record(Export, LONG_AGO)
    forget()
    Contact.objects.all().delete()
    assert (Export.objects.count(), Removal.objects.count()) == (1, 1)
