"""`manage.py after_restore` hides and erases again what was hidden and erased since the backup."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from campaign.staff.models import StaffUser
from pledges.abuse import rules
from pledges.emails import queue
from pledges.lists import service as lists
from pledges.models import (
    ListVisibility,
    NameDecision,
    Organisation,
    PendingSignature,
    PublicName,
    Quarantine,
    Signature,
)
from pledges.models.answers import ConfirmChoices, Words
from pledges.my_pledge import withdrawal
from pledges.organisations import service as organisations
from pledges.privacy import digest_key_chain
from pledges.signing import service as signing
from tests import dumping, staff_accounts
from tests.erasures import BOB_DIGEST, bob_signs, carried
from tests.makers import ALICE, BOB, NOW, answers, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def undone(act):
    """The list after `act`, of which the database then knows nothing any more, as one that was restored."""
    with transaction.atomic():
        act()
        lines = carried()
        transaction.set_rollback(True)
    return lines


@pytest.fixture
def after_restore(tmp_path, capsys, monkeypatch):
    """Runs `after_restore` with such a list; returns its output."""
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 0)  # other tests run beside this one

    def run(lines):
        left = tmp_path / "left"
        left.write_text(lines)
        call_command("after_restore", str(left))
        return capsys.readouterr().out

    return run


HEAD = '{"no_longer_public": 1, "made_at": "2026-06-01T12:00:00+00:00"}'


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        '{"ref": "1"}',
        '{"table": "pledges_pledgetext", "ref": "1"}',
        '{"table": "pledges_signature", "ref": 1, "day": "2026-06-01"}',
        '{"table": ["pledges_signature"], "ref": "1", "day": "2026-06-01"}',
        '{"blocked": "00", "keys": "2", "day": "2026-06-01"}',
        '{"hidden": "1", "at": null, "reason": "", "by": null}',
        "5",
    ],
)
def test_another_file_is_refused_and_nothing_done(after_restore, line):
    bob_signs()
    erasure = f'{{"table": "pledges_signature", "ref": "{Signature.objects.get().ref}", "day": "2026-06-01"}}'
    with pytest.raises(CommandError, match="line 3"):
        after_restore("\n".join([HEAD, erasure, line, '{"end": 2}']))
    assert Signature.objects.exists()


@pytest.mark.parametrize("lines_left", [0, 1, -1])
def test_a_list_that_was_cut_off_is_refused(after_restore, lines_left):
    bob_signs()
    withdrawal.withdraw(BOB_DIGEST, NOW)
    with pytest.raises(CommandError, match="not a complete list"):
        after_restore("".join(carried().splitlines(keepends=True)[:lines_left]))


def test_a_list_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 0)
    with pytest.raises(CommandError, match="can't be read"):
        call_command("after_restore", str(tmp_path / "none"))


def test_nothing_is_done_while_the_site_is_connected(monkeypatch, tmp_path):
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 1)
    with pytest.raises(CommandError, match="Stop the site"):
        call_command("after_restore", "--without-list")


def test_an_organisation_that_withdrew_stays_away_with_its_record(after_restore):
    organisation, by = staff_accounts.approved(), StaffUser.objects.get()
    lines = undone(lambda: organisations.withdraw(organisation, by, "asked", organisation.version, NOW))
    assert "1 organisations" in after_restore(lines)
    organisation.refresh_from_db()
    assert organisation.withdrawn_at == NOW
    record = organisation.decisions()[0]
    assert (record.act, record.reason, record.decided_by) == ("withdraw", "asked", by)
    assert "again: nothing" in after_restore(lines)


def test_an_organisation_that_waits_again_or_is_no_longer_named_is_not_public(after_restore):
    for name in ("Example One", "Example Two", "Example Three"):
        staff_accounts.approved(name)
    Organisation.objects.filter(name="Example One").update(approved_at=None)
    Organisation.objects.filter(name="Example Two").update(is_named=False)
    lines = carried()
    Organisation.objects.update(approved_at=NOW, is_named=True)
    assert "2 organisations" in after_restore(lines)
    assert [organisation.name for organisation in Organisation.objects.listed()] == ["Example Three"]


def test_an_organisation_that_was_declined_is_declined_again(after_restore):
    organisation = staff_accounts.waiting(now=NOW)
    organisations.decline(organisation, staff_accounts.staff(), Words("authority"), 1, NOW)
    lines = carried()
    Organisation.objects.update(declined_at=None)
    after_restore(lines)
    assert Organisation.objects.get().state == "declined"


def test_an_organisation_gets_no_second_yearly_email(after_restore):
    organisation = staff_accounts.approved()
    today = timezone.localdate()
    Organisation.objects.update(reminded_on=today)
    lines = carried()
    Organisation.objects.update(reminded_on=None)
    assert "1 yearly emails" in after_restore(lines)
    organisation.refresh_from_db()
    assert organisation.reminded_on == today


def test_a_hidden_name_stays_hidden_with_its_record(after_restore):
    bob_signs()
    public_name, by = PublicName.objects.get(), staff_accounts.staff()
    lines = undone(lambda: lists.set_hidden(public_name, True, "abusive", by, NOW))
    assert "1 names" in after_restore(lines)
    assert (PublicName.objects.get().hidden_at, Signature.objects.get().name_hidden_at) == (NOW, NOW)
    assert (NameDecision.objects.get().reason, NameDecision.objects.get().decided_by) == ("abusive", by)
    assert "again: nothing" in after_restore(lines)


def test_a_name_hidden_by_an_account_that_the_backup_does_not_know_is_hidden_all_the_same(after_restore):
    bob_signs()
    lists.set_hidden(PublicName.objects.get(), True, "abusive", staff_accounts.staff(), NOW)
    lines = carried().replace(f'"by": {StaffUser.objects.get().pk}', '"by": 999999')
    PublicName.objects.update(hidden_at=None)
    after_restore(lines)
    assert PublicName.objects.get().hidden_at


def test_lists_that_were_hidden_stay_hidden(after_restore):
    ListVisibility.objects.create(lists_hidden=True, decided_by=staff_accounts.staff(), decided_at=NOW)
    lines = carried()
    ListVisibility.objects.create(lists_hidden=False, decided_at=NOW)  # what the backup has
    assert "1 switch of the lists" in after_restore(lines)
    assert ListVisibility.objects.newest().lists_hidden


def test_lists_that_are_shown_need_no_switch(after_restore):
    ListVisibility.objects.create(lists_hidden=True, decided_by=staff_accounts.staff(), decided_at=NOW)
    ListVisibility.objects.create(lists_hidden=False, organisations_from=NOW, decided_at=NOW)
    after_restore(carried())
    assert ListVisibility.objects.count() == 2


def test_a_restore_repeats_quarantines(after_restore):
    signed(BOB, ConfirmChoices(public_name="Bob"), is_trapped=True)
    rules.mark(NOW)
    rules.invalidate(Quarantine.objects.get(), staff_accounts.staff(), NOW)
    lines = carried()
    Signature.objects.update(quarantined_on=None, quarantine=None)
    PendingSignature.objects.update(quarantined_on=None, quarantine=None)
    Quarantine.objects.all().delete()
    assert "2 quarantined signatures" in after_restore(lines)  # and the form it came from
    assert not Signature.objects.counted().exists()
    assert Signature.objects.get().quarantine.invalidated_at == NOW
    assert "again: nothing" in after_restore(lines)


def test_a_deactivated_account_stays_deactivated(after_restore):
    staff_accounts.staff()
    StaffUser.objects.update(is_active=False)
    lines = carried()
    StaffUser.objects.update(is_active=True)
    assert "1 staff accounts" in after_restore(lines)
    assert not StaffUser.objects.filter(is_active=True).exists()


def test_a_restore_ends_all_sessions(after_restore, client):
    staff_accounts.sign_in(client, staff_accounts.staff())
    assert "1 staff sessions" in after_restore(carried())
    assert client.get("/admin/").status_code == 302


def test_no_email_waits_after_a_restore_but_complaints(after_restore):
    signing.sign(answers(BOB), NOW)
    queue.add_complaint("Sample words", ALICE, NOW)
    assert "2 waiting emails" in after_restore(carried())  # the confirmation and its reminder
    assert [email.kind for email in queue.claim(NOW + 9 * DAY)] == ["complaint"]


def test_without_a_list_sessions_and_emails_end_all_the_same(monkeypatch, capsys, client):
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 0)
    staff_accounts.sign_in(client, staff_accounts.staff())
    call_command("after_restore", "--without-list")
    assert "1 staff sessions" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_shows_nothing_that_was_erased_or_hidden(tmp_path, after_restore):
    bob_signs()
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    organisation, by = staff_accounts.approved(), StaffUser.objects.get()
    backup = dumping.dump("--clean", "--if-exists")
    withdrawal.withdraw(BOB_DIGEST, NOW)
    lists.set_hidden(PublicName.objects.get(), True, "asked", by, NOW)
    organisations.withdraw(organisation, by, "asked", organisation.version, NOW)
    lines = carried()
    dumping.restore(backup)
    assert BOB_DIGEST.hex() in dumping.dump()
    assert PublicName.objects.shown().count() == 2
    assert Organisation.objects.listed().exists()
    after_restore(lines)
    assert BOB_DIGEST.hex() not in dumping.dump()
    assert "Bob" not in dumping.dump()
    assert not PublicName.objects.shown().exists()
    assert not Organisation.objects.listed().exists()
