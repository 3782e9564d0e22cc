"""Encrypted backups, deleting old ones, and what a restore refuses."""

import json
import os
import re
import subprocess
import uuid
from datetime import timedelta

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from campaign.backups import after_restore
from campaign.backups import create as backups
from campaign.backups import load as loading
from campaign.models import Backup
from pledges.crypto import tokens
from pledges.emails import queue
from pledges.models import Contact, PublicName, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.offline import progress
from pledges.privacy import digest_key_chain
from tests.makers import ALICE, BOB, NOW, signed
from tests.staff_accounts import sign_in, staff

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("backups"),
    pytest.mark.usefixtures("as_owner"),
]
KEY = pyrage.x25519.Identity.generate()
BOB_DIGEST = tokens.digest(BOB.identity)


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.BACKUP_PUBLIC_KEYS = [str(KEY.to_public())]
    (tmp_path / "key").write_text(f"# made by a test\n{KEY}\n")
    return settings.BACKUP_FOLDER


@pytest.fixture
def backup(folder):
    """Alice and Bob have signed, and a backup was made."""
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    signed(BOB, ConfirmChoices(public_name="Bob"))
    queue.add(QueuedEmail.Kind.CONFIRM, uuid.uuid4(), ALICE, NOW, network="of a client")
    call_command("backup", stdout=open(os.devnull, "w"))  # noqa: SIM115
    [file] = backups.backups(folder)
    return file


@pytest.fixture
def elsewhere():
    """The name of a database that is not there yet, and that the site is to use from now on."""
    own, other = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_restored"
    loading.drop_database(other)
    connection.settings_dict["NAME"] = other
    yield other
    connection.close()
    connection.settings_dict["NAME"] = own
    loading.drop_database(other)


def as_sql(backup):
    """What the backup holds, as age and pg_restore tell without this site's code (docs/backups.md)."""
    dump = pyrage.decrypt(backup.read_bytes(), [KEY]).split(b"\n", 2)[2]
    command, environment = backups.client_command("pg_restore", "--file=-")
    return subprocess.run(command, env=environment, input=dump, capture_output=True, check=True).stdout.decode()


def restore(file, *options, key=None):
    call_command("restore", str(file), "--identity", str(key or file.parent.parent / "key"), *options)


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


def test_a_restore_into_an_empty_server_erases_and_hides_again(backup, folder, elsewhere, capsys):
    connection.settings_dict["NAME"] = elsewhere.removesuffix("_restored")
    withdrawal.withdraw(BOB_DIGEST, NOW)
    call_command("backup", "--only-list")
    connection.close()
    connection.settings_dict["NAME"] = elsewhere
    restore(backup)
    said = capsys.readouterr().out
    assert "1 signatures, 1 public names" in said or "1 public names, 1 signatures" in said
    assert [public_name.name for public_name in PublicName.objects.all()] == ["Alice"]
    signed(BOB, ConfirmChoices(public_name="Bob again"))  # the numbers of rows go on where they were
    assert Signature.objects.count() == 2


def test_restore_refuses_a_database_that_is_not_empty(backup):
    with pytest.raises(CommandError, match="not empty"):
        restore(backup)
    assert Signature.objects.count() == 2


def test_restore_with_replace_stores_the_old_database_under_another_name(backup, elsewhere):
    restore(backup)
    withdrawal.withdraw(tokens.digest(ALICE.identity), NOW)
    restore(backup, "--replace")
    assert Signature.objects.count() == 2
    with loading.server() as server:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        [(aside,)] = server.execute(query, [f"{elsewhere}_before_%"]).fetchall()
    loading.drop_database(aside)


def test_restore_refuses_to_replace_while_others_are_connected(backup, monkeypatch):
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 2)
    with pytest.raises(CommandError, match="Stop the site"):
        restore(backup, "--replace")


def test_restore_says_that_the_key_is_wrong(backup, tmp_path):
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(CommandError, match="does not open"):
        restore(backup, key=tmp_path / "other")


def test_restore_says_that_the_key_file_has_no_key(backup):
    with pytest.raises(CommandError, match="no private key"):
        restore(backup, key=backup)


def test_restore_says_that_the_file_is_no_backup(backup):
    backup.write_bytes(pyrage.encrypt(b"something else", [KEY.to_public()]))
    with pytest.raises(CommandError, match="no backup of this site"):
        restore(backup)


def test_restore_says_that_the_file_is_missing(backup):
    with pytest.raises(CommandError, match="There is no file"):
        restore(backup.with_name("none"))


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_backup_that_was_cut_off_is_refused_and_leaves_nothing(backup, elsewhere, share):
    os.truncate(backup, int(backup.stat().st_size * share))
    with pytest.raises(CommandError, match=r"cut off|failed"):
        restore(backup)
    assert loading.state_of(elsewhere) == "missing"


@pytest.mark.parametrize("before", ["missing", "empty"])
def test_a_restore_that_fails_after_loading_leaves_nothing(backup, elsewhere, monkeypatch, before):
    """Who withdrew after the backup is in what was loaded."""

    def fail(left, now):
        assert Signature.objects.count() == 2
        raise IntegrityError("a fault")

    monkeypatch.setattr(after_restore, "after_restore", fail)
    if before == "empty":
        loading.make_database(elsewhere)
    with pytest.raises(CommandError, match="a fault"):
        restore(backup)
    assert loading.state_of(elsewhere) == before


def test_a_backup_without_a_list_is_restored_only_if_that_is_said(backup, folder, elsewhere):
    backups.lists(folder)[0].unlink()
    with pytest.raises(CommandError, match="--without-list"):
        restore(backup)
    restore(backup, "--without-list")
    assert Signature.objects.count() == 2


def test_a_list_that_is_not_whole_stops_the_restore_before_it_begins(backup, folder, elsewhere):
    backups.lists(folder)[0].write_text("half\n")
    with pytest.raises(CommandError, match="line 1"):
        restore(backup)
    assert loading.state_of(elsewhere) == "missing"


def test_a_backup_of_a_newer_site_is_refused(backup, elsewhere, monkeypatch):
    monkeypatch.setattr(loading, "unknown_migrations", lambda wanted: ["pledges.9999_later"])
    with pytest.raises(CommandError, match="9999_later"):
        restore(backup)
    assert loading.state_of(elsewhere) == "missing"


def test_migrations_that_this_version_lacks_are_found():
    assert loading.unknown_migrations(["pledges.0001_initial", "pledges.9999_later"]) == ["pledges.9999_later"]


def test_restore_finds_a_row_that_is_missing(backup):
    wanted = loading.contents(backup, KEY)["tables"]
    Contact.objects.all().delete()
    PublicName.objects.filter(name="Bob").update(name="Rob")
    assert [line.split(":")[0] for line in loading.differences(wanted) if "publicname" in line] == [
        "pledges_publicname"
    ]


def test_restore_refuses_an_incomplete_database(backup, elsewhere, monkeypatch):
    monkeypatch.setattr(loading, "differences", lambda wanted: ["pledges_signature: 2 rows in the backup, 1 here"])
    with pytest.raises(CommandError, match="Not all of the backup came back"):
        restore(backup)


def test_restore_finds_a_sequence_that_is_behind(backup):
    assert loading.sequences_behind() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('pledges_signature_id_seq', 1)")
    assert loading.sequences_behind() == ["pledges_signature_id_seq"]


def test_a_backup_begins_with_a_description_of_its_contents(backup):
    contents = loading.contents(backup, KEY)
    assert contents["tables"]["pledges_signature"][0] == 2
    assert "campaign_ratelimitcount" not in contents["tables"]
    assert json.dumps(contents)


def test_restore_shows_its_progress(backup, elsewhere, capsys, monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0)
    monkeypatch.setattr(progress, "ELSEWHERE", 0)
    restore(backup)
    said = capsys.readouterr().err
    parts = ("loading", "comparing", "hiding and erasing again")
    assert [part for part in parts if not re.search(rf"{part}: \d+%, about", said)] == []
    assert "bringing the tables up to date: 0 s so far" in said
