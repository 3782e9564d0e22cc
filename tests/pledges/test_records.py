"""What staff did is recorded for six years, and the database itself refuses to forget or change it earlier."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from pledges import forgetting
from pledges.models import Call, Decision, Export, Hiding, Judgement, Rule, Showing
from tests.desk import NOON, staff

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
