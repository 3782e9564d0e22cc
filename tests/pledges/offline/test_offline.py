"""What a key holder does on their own computer: make keys, open an export."""

import base64
import csv
import json
import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command

from pledges.inputs import spreadsheet
from pledges.offline import keys, opening
from tests.pledges.offline.conftest import HEAD, end, sealed

MANAGE = Path(__file__).parents[3] / "manage.py"
ALICE = {"ref": "a1", "email": "alice@example.org", "name": "Zoë", "date": "2026-06-01", "pledge_text": "1 (en)"}


def rows(path):
    return list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))


def opened(export, key, folder):
    out = StringIO()
    call_command("open_export", export, identity=[key], into=folder, stdout=out, stderr=out)
    return out.getvalue()


def test_keys_are_made_and_an_export_opened_without_settings_or_database(tmp_path, written):
    def manage(*words):
        bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        command = [sys.executable, MANAGE, *words]
        return subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=True)

    said = manage("campaign_keys", "first.txt", "second.txt").stdout
    public = said.strip().rpartition("CAMPAIGN_PUBLIC_KEYS=")[2].split(",")
    [second] = keys.opened(keys.read(tmp_path / "second.txt"))
    assert [str(second.to_public())] == public[1:]
    export = written(HEAD, sealed(second), end(1))
    said = manage("open_export", export, "--identity", "second.txt", "--into", "tables").stdout
    assert "Replace the earlier list" in said
    assert rows(tmp_path / "tables/contacts.csv")[0]["email"] == "alice@example.org"


def test_a_private_key_is_for_its_owner_alone_and_is_never_written_over(tmp_path):
    path = tmp_path / "key.txt"
    public = keys.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public in path.read_text()
    with pytest.raises(CommandError, match="exists already"):
        call_command("campaign_keys", tmp_path / "other.txt", path)
    assert not (tmp_path / "other.txt").exists()


def test_contacts_bear_the_date_and_the_sentence_of_their_consent(identity, key, written, tmp_path):
    opened(written(HEAD, {"removed": "gone"}, sealed(identity), end(1, 1)), key, tmp_path / "tables")
    [row] = rows(tmp_path / "tables/contacts.csv")
    assert (row["name"], row["date"], row["consent"]) == ("Zoë", "2026-06-01", "Yes, email me.")
    assert rows(tmp_path / "tables/removed.csv") == [{"ref": "gone"}]


def test_a_postal_address_has_a_cell_for_each_line(identity, key, written, tmp_path):
    head = {"export": {**HEAD["export"], "channel": "post"}}
    line = sealed(identity, address="Alice Example\n1 Example Street\nSampleton")
    opened(written(head, line, end(1)), key, tmp_path / "tables")
    [row] = rows(tmp_path / "tables/contacts.csv")
    assert [row[f"line_{n}"] for n in (1, 2, 3, 4)] == ["Alice Example", "1 Example Street", "Sampleton", ""]


def test_a_holder_opens_what_was_sealed_to_two(key, identity, written, tmp_path):
    both = [pyrage.x25519.Identity.generate().to_public(), identity.to_public()]
    text = base64.b64encode(pyrage.encrypt(json.dumps(ALICE).encode(), both)).decode()
    opened(written(HEAD, {"sealed": text}, end(1)), key, tmp_path / "tables")
    assert rows(tmp_path / "tables/contacts.csv")


def test_damaged_lines_are_passed_over_and_the_others_opened(identity, key, written, tmp_path):
    damaged = ["", "[1]", '{"sealed": "%%"}', '{"sealed": 7}', '{"other": "x"}', "[" * 9999]
    export = written(HEAD, sealed(identity), *damaged, sealed(identity, ref="a2"), end(8))
    with pytest.raises(CommandError, match="incomplete"):
        opened(export, key, tmp_path / "tables")
    assert [row["ref"] for row in rows(tmp_path / "tables/contacts.csv")] == ["a1", "a2"]


def test_the_number_of_a_damaged_line_is_told(identity, key, written, tmp_path):
    said = StringIO()
    other = sealed(pyrage.x25519.Identity.generate())
    export = written(HEAD, sealed(identity), other, end(2))
    with pytest.raises(CommandError):
        call_command("open_export", export, identity=[key], into=tmp_path / "t", stdout=said, stderr=said)
    assert "line 3 can't be opened" in said.getvalue()


def failing(export, key, folder, **options):
    """Runs the command, which must fail; returns its output and its error."""
    said = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("open_export", export, identity=[key], into=folder, stdout=said, stderr=said, **options)
    return said.getvalue() + str(failed.value)


def test_a_wrong_private_key_fails_and_nothing_is_to_be_replaced(key, written, tmp_path):
    other = pyrage.x25519.Identity.generate()
    said = failing(written(HEAD, sealed(other), sealed(other), end(2)), key, tmp_path / "tables")
    assert "wrong one" in said
    assert "replace the" not in said.lower()


def test_after_a_wrong_private_key_the_right_one_opens_it_into_the_same_folder(identity, key, written, tmp_path):
    wrong = tmp_path / "wrong.txt"
    keys.make(wrong)
    export = written(HEAD, sealed(identity), end(1))
    assert "No table was written" in failing(export, wrong, tmp_path / "tables")
    assert not list((tmp_path / "tables").iterdir())
    assert "contacts.csv: 1." in opened(export, key, tmp_path / "tables")


@pytest.mark.parametrize("options", [{}, {"allow_empty": True}])
def test_a_key_that_the_site_does_not_know_fails_for_an_empty_export_too(key, written, tmp_path, options):
    known = str(pyrage.x25519.Identity.generate().to_public())
    head = {"export": {**HEAD["export"], "public_keys": [known]}}
    assert "wrong one" in failing(written(head, end(0)), key, tmp_path / "tables", **options)


def test_a_file_that_breaks_off_in_its_first_contact_is_not_blamed_on_the_key(identity, key, written, tmp_path):
    head = {"export": {**HEAD["export"], "public_keys": [str(identity.to_public())]}}
    said = failing(written(head, json.dumps(sealed(identity))[:90]), key, tmp_path / "tables")
    assert "breaks off before its end" in said
    assert "wrong one" not in said


def test_an_older_key_opens_what_was_sealed_to_it(identity, key, written, tmp_path):
    head = {"export": {**HEAD["export"], "public_keys": ["age1newer"]}}
    assert "contacts.csv: 1." in opened(written(head, sealed(identity), end(1)), key, tmp_path / "tables")


def test_an_export_without_contacts_fails_unless_that_is_meant(key, written, tmp_path):
    export = written(HEAD, {"removed": "a1"}, end(0, 1))
    assert "replace no list by it" in failing(export, key, tmp_path / "tables")
    out = StringIO()
    call_command("open_export", export, identity=[key], into=tmp_path / "tables", allow_empty=True, stdout=out)
    assert "contacts.csv: 0." in out.getvalue()
    assert rows(tmp_path / "tables/removed.csv") == [{"ref": "a1"}]


@pytest.mark.parametrize("last", [[], [{"end": {"records": 2, "removed": 0}}]])
def test_an_export_that_breaks_off_is_not_taken_for_whole(identity, key, written, tmp_path, last):
    with pytest.raises(CommandError, match="incomplete"):
        opened(written(HEAD, sealed(identity), *last), key, tmp_path / "tables")


@pytest.mark.parametrize(
    "first", ["", {"sealed": "x"}, {"export": {"format": 2, "channel": "email", "pledge_texts": {}}}]
)
def test_what_is_no_export_is_refused_and_nothing_written(key, written, tmp_path, first):
    with pytest.raises(CommandError, match="export"):
        opened(written(first), key, tmp_path / "tables")
    assert not list((tmp_path / "tables").iterdir())


def test_earlier_tables_are_never_written_over(identity, key, written, tmp_path):
    export = written(HEAD, sealed(identity), end(1))
    opened(export, key, tmp_path / "tables")
    with pytest.raises(CommandError, match="name a new folder"):
        opened(export, key, tmp_path / "tables")


def test_a_file_without_a_private_key_is_refused(written, tmp_path):
    empty = tmp_path / "empty.txt"
    for text in ("age1public", "AGE-SECRET-KEY-1DAMAGED"):
        empty.write_text(text)
        with pytest.raises(CommandError, match="private key"):
            opened(written(HEAD), empty, tmp_path / "tables")


@pytest.mark.parametrize(
    "sign", [*"=+-@", *"＝＋－＠﹦﹢﹣﹫−", "\t=", "\r=", "\n=", " =", "\u00a0=", "　＝", '"=', ";="]
)
def test_no_cell_begins_a_formula(sign):
    assert spreadsheet.safe(f"{sign}1+1").lstrip(' ";').startswith("'")


@pytest.mark.parametrize("text", ["Alice; =1+1", "Alice,=1+1", 'Alice";"=1+1'])
def test_no_part_of_a_split_cell_begins_a_formula(text):
    assert "'=1+1" in spreadsheet.safe(text)


@pytest.mark.parametrize("text", ["Zoë O'Connor-Smith", "a+b@example.org", "Flat 3; Mill House", "愛"])
def test_plain_text_stays_as_it_is(text):
    assert spreadsheet.safe(text) == text


def test_a_cell_is_one_line_and_quotes_stay_in_it(identity, key, written, tmp_path):
    hostile = '"; =HYPERLINK("x")\r\n\t@SUM(1)'
    opened(written(HEAD, sealed(identity, name=hostile), end(1)), key, tmp_path / "tables")
    [row] = rows(tmp_path / "tables/contacts.csv")
    assert row["name"] == '"; \'=HYPERLINK("x") @SUM(1)'


def test_opening_reports_how_far_it_is(identity, tmp_path):
    many = [json.dumps(line).encode() for line in [HEAD, *[sealed(identity)] * 450, end(450)]]
    progress = [step.contacts for step in opening.tables(many, [str(identity)], tmp_path, processes=1)]
    assert progress[-1] == 450
    assert len(progress) >= 3
