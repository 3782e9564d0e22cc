"""The database role of web and worker, which all tests use (tests/web_role.py), may do nothing more than they need.

See docs/threats.md, 80.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from campaign.postgresql import roles as database_roles
from campaign.privacy import retention_job
from pledges.emails import sending
from pledges.models import Consent, PledgeText, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.statistics import daily, totals, weekly
from reports.models import Update
from tests import web_role
from tests.makers import ALICE, signed

pytestmark = pytest.mark.django_db


def refused(statement):
    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def answer_to(question):
    with connection.cursor() as cursor:
        return cursor.execute(question).fetchone()[0]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (id int)",
        "ALTER TABLE pledges_signature ADD COLUMN mine int",
        "ALTER TABLE pledges_signature DISABLE TRIGGER ALL",
        "ALTER TABLE pledges_consent DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON pledges_consent",
        "DROP TABLE pledges_signature",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "TRUNCATE pledges_contact",
        "COPY pledges_signature TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/mine'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE ROLE mine SUPERUSER",
        "DROP EXTENSION pg_trgm",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "UPDATE pledges_consent SET source = source",
        "UPDATE pledges_phonerequest SET taken_at = now()",
        "UPDATE pledges_export SET exported_at = now()",
        "UPDATE reports_historicalreport SET history_date = now()",
    ],
)
def test_web_role_is_refused_statements_of_the_owner(statement):
    refused(statement)


def test_web_role_can_not_become_another_or_switch_off_triggers():
    """In a session of its own, because the session of the tests belongs to the owner."""
    assert answer_to("SELECT pg_has_role(current_user, 'postgres', 'MEMBER')") is False
    assert answer_to("SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')") is False


def test_web_role_can_change_pledge_texts_and_updates_while_that_is_allowed():
    """A scheduled pledge text until it is published, an update of the report in its first hour."""
    call_command("load_report", verbosity=0)
    now = timezone.now()
    update = Update.objects.newest_first().first()
    old = {"number": 9, "pledge": "One.", "agreement": "Yes.", "published_at": now + timedelta(days=1)}
    with connection.cursor() as cursor:
        Update.objects.filter(pk=update.pk).update(what="It happened otherwise.")
        Update.objects.filter(pk=update.pk).delete()
        scheduled = PledgeText.objects.create(**old)
        PledgeText.objects.filter(pk=scheduled.pk).update(pledge="Two.")
        scheduled.delete()
        for statement in ("UPDATE pledges_pledgetext SET number = 9", "DELETE FROM pledges_pledgetext"):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
        with pytest.raises(IntegrityError, match="after an hour"), transaction.atomic():
            cursor.execute("UPDATE reports_update SET recorded_at = now() - interval '1 day'")


def test_web_role_can_sign_confirm_count_withdraw_and_erase(client):
    now = timezone.now()
    signed(ALICE, ConfirmChoices(public_name="Alice Example", post={"address": "1 High Street"}), by_email=True)
    sending.send_due(now)
    for duty in (totals.recount, weekly.publish, daily.recount, retention_job.erase_expired):
        duty(now)
    assert client.get("/pledge/supporters/").status_code == 200
    withdrawal.withdraw(bytes(Signature.objects.get().digest), now)
    assert not Signature.objects.exists()
    assert not Consent.objects.exists()


def test_migrate_grants_rights_on_new_tables_too(settings):
    settings.DATABASE_ROLE = web_role.role()
    with web_role.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id int)")
        call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO later VALUES (1)")


def test_check_warns_of_a_role_with_excess_rights():
    assert database_roles.check_role(databases=["default"]) == []
    with web_role.owner():
        assert database_roles.check_role(databases=["default"])[0].id == "campaign.W004"
