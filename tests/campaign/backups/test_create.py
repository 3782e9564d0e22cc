"""Making encrypted backups, and deleting old ones."""

import json
import os
import subprocess
from datetime import timedelta

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaign.backups import create as backups
from campaign.backups import load as loading
from campaign.models import Backup
from pledges.crypto import tokens
from pledges.my_pledge import withdrawal
from tests.campaign.backups.conftest import KEY
from tests.makers import BOB, NOW
from tests.staff_accounts import sign_in, staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backups")]
BOB_DIGEST = tokens.digest(BOB.identity)


def as_sql(backup):
    """What the backup holds, as age and pg_restore tell without this site's code (docs/backups.md)."""
    dump = pyrage.decrypt(backup.read_bytes(), [KEY]).split(b"\n", 2)[2]
    command, environment = backups.client_command("pg_restore", "--file=-")
    return subprocess.run(command, env=environment, input=dump, capture_output=True, check=True).stdout.decode()


def test_a_backup_is_recorded_for_the_overview(backup):
    assert timezone.now() - Backup.objects.get().made_at < timedelta(minutes=5)


def test_a_backup_file_can_only_be_read_by_its_owner(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert backup.parent.stat().st_mode & 0o777 == 0o700


def test_a_backup_can_not_be_read_without_the_private_key(backup):
    sealed = backup.read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"pledges_signature" not in sealed
    assert b"pledges_signature" in pyrage.decrypt(sealed, [KEY])


def test_no_backup_holds_sessions(folder, client):
    sign_in(client, staff())
    call_command("backup")
    text = as_sql(backups.backups(folder)[0])
    assert "mona@example.org" in text
    assert client.session.session_key not in text


def test_without_public_keys_no_backup_is_made(folder, settings):
    settings.BACKUP_PUBLIC_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_PUBLIC_KEYS is empty"):
        call_command("backup")
    assert not backups.backups(folder)


def test_a_failed_dump_leaves_no_backup_file(folder, monkeypatch):
    broken = ["sh", "-c", "echo half; echo no space left >&2; exit 1"]
    monkeypatch.setattr(backups, "client_command", lambda *options, **more: (broken, dict(os.environ)))
    with pytest.raises(CommandError, match="no space left"):
        call_command("backup")
    assert not list(folder.glob("*.age*"))
    assert not Backup.objects.exists()


def test_the_error_names_a_folder_that_can_not_be_written(folder, settings, tmp_path):
    settings.BACKUP_FOLDER = tmp_path / "key"
    with pytest.raises(CommandError, match="No backup was made in"):
        call_command("backup")


def test_backups_are_deleted_when_they_are_35_days_old(folder):
    folder.mkdir()
    now = timezone.now()
    days = [folder / f"care-dont-share-{now - timedelta(days=age):%Y%m%dT%H%M%SZ}.dump.age" for age in (34, 35)]
    others = [folder / "care-dont-share-2 of mine.dump.age", folder / "notes.txt"]
    for path in (*days, *others):
        path.touch()
    backups.delete_old(folder, now)
    assert set(folder.iterdir()) == {days[0], *others}


def test_backup_command_runs_for_each_file(folder, settings, tmp_path):
    settings.BACKUP_COMMAND = f"sh -c 'echo {{file}} >> {tmp_path}/carried'"
    call_command("backup")
    carried = (tmp_path / "carried").read_text().split()
    assert carried == [str(backups.lists(folder)[0]), str(backups.backups(folder)[0])]


def test_a_backup_whose_backup_command_failed_is_not_recorded(folder, settings):
    settings.BACKUP_COMMAND = "sh -c 'echo no such host >&2; exit 3'"
    with pytest.raises(CommandError, match=r"failed \(3\): no such host"):
        call_command("backup")
    assert not Backup.objects.exists()


def test_the_list_beside_the_backups_is_written_again(backup, folder):
    withdrawal.withdraw(BOB_DIGEST, NOW)
    call_command("backup", "--only-list")
    [left] = backups.lists(folder)
    assert "pledges_signature" in left.read_text()
    assert backups.backups(folder) == [backup]


def test_a_list_that_lost_most_of_its_lines_does_not_replace_the_one_before(folder):
    folder.mkdir()
    before = backups.write_list(folder, NOW)
    before.write_text("a line\n" * 99)
    backups.write_list(folder, NOW)
    assert sorted(path.read_text().count("\n") for path in backups.lists(folder)) == [2, 99]


def test_a_backup_begins_with_a_description_of_its_contents(backup):
    contents = loading.contents(backup, KEY)
    assert contents["tables"]["pledges_signature"][0] == 2
    assert "campaign_ratelimitcount" not in contents["tables"]
    assert json.dumps(contents)
