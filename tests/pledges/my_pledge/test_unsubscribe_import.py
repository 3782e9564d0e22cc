"""Unsubscribes of the mailing tool: the right column is read, and every line that is not read is reported."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pledges.crypto import tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import Consent, Contact
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import unsubscribe_import
from tests.makers import ALICE, BOB, NOW, signed

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parents[2] / "cases/unsubscribes"
NEWS, ANN, BOB_TOO, CY = "news@campaign.example", "ann@example.org", "bob@example.org", "cy@example.org"


@pytest.fixture
def everybody(db):
    """Gives everyone whom the files name, the sender of the emails too, a contact by email."""
    for address in (NEWS, ANN, BOB_TOO, CY):
        signed(Mailbox(address), by_email=True)


def stopped() -> list[str]:
    """Returns the addresses whose consent to email has ended."""
    rows = Consent.objects.filter(act="withdrawn").values_list("signature__digest", flat=True)
    ended = {bytes(digest) for digest in rows}
    return [address for address in (NEWS, ANN, BOB_TOO, CY) if tokens.digest(address) in ended]


def unsubscribe(tmp_path, text, **options):
    """Runs the command; returns its output."""
    (tmp_path / "out.csv").write_text(text)
    said = StringIO()
    call_command("import_unsubscribes", str(tmp_path / "out.csv"), stdout=said, stderr=said, **options)
    return said.getvalue()


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("plain.txt", [ANN, BOB_TOO, CY]),
        ("mailing-tool.csv", [ANN, BOB_TOO]),
        ("sender-first.csv", [ANN, BOB_TOO]),
        ("first-line-wrong.txt", [BOB_TOO, CY]),
        ("utf16.csv", [ANN, BOB_TOO]),
    ],
)
def test_the_recipients_column_is_read_and_never_the_senders(everybody, name, read):
    found = unsubscribe_import.take((CASES / name).read_bytes(), NOW)
    assert stopped() == read
    assert found.addresses == len(read)


def test_every_line_that_is_not_read_is_reported():
    found = unsubscribe_import.take((CASES / "first-line-wrong.txt").read_bytes(), NOW)
    assert [number for number, reason in found.unread if reason] == [1, 3]


def test_a_repeat_names_both_lines():
    assert unsubscribe_import.take((CASES / "plain.txt").read_bytes(), NOW).repeated == [(5, 1)]


def test_a_table_that_leaves_open_which_column_it_is_stops_nobody_until_it_is_named(everybody, tmp_path):
    table = f"Email,Contact email\n{NEWS},{ANN}\n"
    with pytest.raises(CommandError, match="--column"):
        unsubscribe(tmp_path, table)
    assert stopped() == []
    unsubscribe(tmp_path, table, column="contact email")
    assert stopped() == [ANN]


def test_a_line_with_two_addresses_is_reported_and_unsubscribes_nobody(everybody):
    found = unsubscribe_import.take(f"{NEWS};{ANN}\n{CY};\n".encode(), NOW)
    assert [number for number, _reason in found.unread] == [1]
    assert stopped() == [CY]


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "out.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(CommandError, match="Nothing was read"):
        call_command("import_unsubscribes", str(tmp_path / "out.xlsx"))


def test_an_empty_file_fails(tmp_path):
    with pytest.raises(CommandError, match="no address"):
        unsubscribe(tmp_path, "Email\n")


def test_lines_that_are_not_read_fail_the_command_after_the_others_were_read(everybody, tmp_path):
    with pytest.raises(CommandError, match="2 lines were not read"):
        unsubscribe(tmp_path, f"Email\n{ANN}\nnot an address\nx@y\n")
    assert stopped() == [ANN]


def test_opt_outs_end_contact_by_email_alone(tmp_path):
    signed(ALICE, ConfirmChoices(post={"address": "Alice Example"}), by_email=True)
    signed(BOB, by_email=True)
    unsubscribe(tmp_path, 'Email,Name\n"\'ALICE+tag@Example.org",Alice\n\nunknown@example.org,Unknown\n')
    assert list(Contact.objects.values_list("channel", flat=True).order_by("channel")) == ["email", "post"]
    assert Consent.objects.get(act="withdrawn").source == "mailing-tool"


def test_an_import_does_not_show_who_has_signed(tmp_path):
    signed(ALICE, by_email=True)
    assert unsubscribe(tmp_path, "alice@example.org") == unsubscribe(tmp_path, "unknown@example.org")
