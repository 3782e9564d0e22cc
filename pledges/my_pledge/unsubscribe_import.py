"""Reads a list of those who unsubscribed in a mailing tool, and ends contact by email for them; stores no address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pledges.crypto import tokens
from pledges.inputs import organisation_names, spreadsheet
from pledges.inputs.email_address import mailbox
from pledges.inputs.spreadsheet import Row
from pledges.models import Consent, Contact
from pledges.my_pledge import withdrawal

# Words in the names of columns with the recipients' addresses, and with the sender's.
_EMAIL = frozenset(["email", "mail", "address", "recipient", "subscriber", "contact", "to"])
_SENDER = frozenset(["sender", "from", "reply", "campaign", "owner"])


@dataclass
class Read:
    """The result of reading a list. It does not say how many of the addresses are supporters' (see `end_contact`)."""

    identities: list[str] = field(default_factory=list)  # of the mailboxes
    column: str = ""  # of the header, where there is one
    repeated: list[tuple[int, int]] = field(default_factory=list)  # a line, and the earlier one it repeats
    unread: list[tuple[int, str]] = field(default_factory=list)  # a line, and why it could not be read

    @property
    def addresses(self) -> int:
        return len(self.identities)


def take(raw: bytes, now: datetime, column: str = "") -> Read:
    """Reads the list and ends contact, as `manage.py import_unsubscribes` does."""
    found = read(raw, column)
    end_contact(found, now)
    return found


def end_contact(found: Read, now: datetime) -> None:
    """Ends contact by email for every mailbox that was read.

    It does not return how many were supporters': with a list of one line that would show whether someone has signed.
    """
    for identity in found.identities:
        withdrawal.stop(tokens.digest(identity), Contact.Channel.EMAIL, Consent.Source.MAILING_TOOL, now)


def read(raw: bytes, column: str = "") -> Read:
    """Reads every address of a list, or of one column of a table with a header.

    `column` is the name of the column; without it, it is guessed from the header. Raises ValidationError if the file is
    not text, or the column is not clear.
    """
    read, seen = Read(), dict[str, int]()
    for row, text in _addresses(raw, column, read):
        try:
            identity = mailbox(text).identity
        except ValidationError as error:
            read.unread.append((row.number, error.messages[0]))
            continue
        if identity in seen:
            read.repeated.append((row.number, seen[identity]))
            continue
        seen[identity] = row.number
        read.identities.append(identity)
    return read


def _addresses(raw: bytes, column: str, read: Read) -> Iterator[tuple[Row, str]]:
    """Yields each row and its address; rows without one, or with two, are added to `read.unread`."""
    rows = [row for row in spreadsheet.rows(spreadsheet.decoded(raw), lambda cells: len(cells) > 1) if not row.is_empty]
    place = _email_column(rows, column) if rows else None
    if place is not None:
        read.column = rows[0].cells[place]
    for row in rows if place is None else rows[1:]:
        cells = row.cells if place is None else row.cells[place : place + 1]
        found = [cell for cell in cells if "@" in cell] if place is None else [cell for cell in cells if cell]
        if len(found) == 1:
            yield row, _address_only(found[0])
        elif found:
            message = _("It has %(number)d addresses. Add a first line that names the columns.")
            read.unread.append((row.number, message % {"number": len(found)}))
        else:
            read.unread.append((row.number, _("It has no address.")))


def _email_column(rows: list[Row], named: str) -> int | None:
    """The index of the column with the addresses; None if the first line is not a header."""
    header, *body = [row.cells for row in rows]
    if named:
        place = spreadsheet.column(header, named)
        if place is None:
            raise ValidationError(_("No column is called “%(name)s” in the first line.") % {"name": named})
        return place
    if any("@" in cell for cell in header):
        return None
    words = [set(organisation_names.key(cell.replace("-", "")).split()) for cell in header]
    fitting = [place for place, each in enumerate(words) if each & _EMAIL and not each & _SENDER]
    filled = [place for place in fitting if any("@" in "".join(cells[place : place + 1]) for cells in body)]
    if len(filled) > 1:
        names = ", ".join(f"“{header[place]}”" for place in filled)
        raise ValidationError(
            _("Which column is it: %(names)s? Name it (on the command line with --column).") % {"names": names}
        )
    return next(iter(filled or fitting), None)


def _address_only(text: str) -> str:
    """Returns the address without the name before it, and without the apostrophe that spreadsheets add."""
    address = parseaddr(text)[1] if "<" in text else text
    return address.removeprefix("'")
