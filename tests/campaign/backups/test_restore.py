"""Restoring a backup, and the restores that are refused."""

import os
import re

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from campaign.backups import after_restore
from campaign.backups import create as backups
from campaign.backups import load as loading
from pledges.crypto import tokens
from pledges.models import Contact, PublicName, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.offline import progress
from pledges.privacy import digest_key_chain
from tests.campaign.backups.conftest import KEY
from tests.makers import ALICE, BOB, NOW, signed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("backups"),
    pytest.mark.usefixtures("as_owner"),
]
BOB_DIGEST = tokens.digest(BOB.identity)


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


def restore(file, *options, key=None):
    call_command("restore", str(file), "--identity", str(key or file.parent.parent / "key"), *options)


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
    """The loaded data contain people who withdrew after the backup."""

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


def test_restore_shows_its_progress(backup, elsewhere, capsys, monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0)
    monkeypatch.setattr(progress, "ELSEWHERE", 0)
    restore(backup)
    said = capsys.readouterr().err
    parts = ("loading", "comparing", "hiding and erasing again")
    assert [part for part in parts if not re.search(rf"{part}: \d+%, about", said)] == []
    assert "bringing the tables up to date: 0 s so far" in said
