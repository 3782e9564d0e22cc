"""Decrypts an export of sealed contacts, in one process for each core, and writes it as tables.

The export is JSON lines: a head, the refs that must not be used any more, sealed records, and an end with the number of
each. A record can also be decrypted by hand: `echo … | base64 -d | age -d -i key.txt`.
"""

import base64
import csv
import json
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyrage

from pledges.inputs import spreadsheet
from pledges.offline import keys

FORMAT = 1
ADDRESS_LINES = [f"line_{number}" for number in range(1, 8)]
COLUMNS = {
    "email": ["ref", "email", "name", "occupation", "postcode", "date", "pledge_text", "consent"],
    "post": ["ref", *ADDRESS_LINES, "date", "pledge_text", "consent"],
}
TABLES = ("contacts.csv", "removed.csv", "listmonk.csv")
# The columns with which listmonk imports subscribers.
LISTMONK = ["email", "name", "attributes"]
_CHUNK = 200
_identities: list = []

Line = tuple[int, str, Any]  # its number, its kind, its content


class NotAnExport(Exception):
    """The file does not begin as an export does, or has another format."""


@dataclass
class Opened:
    """The result of opening an export.

    `broken_off`: the end is missing, or its numbers don't match. `is_known_key`: whether the site now seals to one of
    the keys (None: the export does not say to which it seals); older records may be sealed to others.
    """

    contacts: int = 0
    removed: int = 0
    damaged: list[int] = field(default_factory=list)
    broken_off: bool = True
    is_known_key: bool | None = None

    def problem(self) -> str:
        """Why the result must not be used; empty if the export is complete."""
        if not self.contacts and not self.is_known_key and (self.damaged or self.is_known_key is False):
            return "This private key decrypts nothing: it is a wrong one."
        if self.damaged or self.broken_off:
            return "The export could not be opened completely."
        return ""


class Export:
    """Reads an export: `head` at once, then, when iterated, its records and refs, and the result so far in `opened`.

    Raises NotAnExport. Close it, or use it in a `with` statement: it starts processes.
    """

    def __init__(self, lines: Iterable[bytes], private_keys: list[str], processes: int | None = None) -> None:
        self._pool = multiprocessing.Pool(processes, _take_keys, [private_keys])
        self._lines = (line for chunk in self._pool.imap(_open, _chunks(lines)) for line in chunk)
        try:
            self.head = _head(next(self._lines, None))
        except NotAnExport:
            self.close()
            raise
        self.opened = Opened(is_known_key=_is_known(private_keys, self.head))

    def __enter__(self) -> "Export":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.terminate()

    def __iter__(self) -> Iterator[Line]:
        """Yields each line as (number, kind, content); a sealed record as a dict."""
        opened = self.opened
        for number, kind, value in self._lines:
            if kind == "sealed":
                opened.contacts += 1
            elif kind == "removed":
                opened.removed += 1
            elif kind == "end":
                counted = opened.contacts + opened.removed + len(opened.damaged)
                opened.broken_off = value["records"] + value["removed"] != counted
            else:
                opened.damaged.append(number)
            yield number, kind, value


def tables(
    lines: Iterable[bytes], private_keys: list[str], folder: Path, processes: int | None = None
) -> Iterator[Opened]:
    """Writes contacts.csv and removed.csv into `folder`, and for emails listmonk.csv; yields the result so far from
    time to time.

    Raises NotAnExport, and FileExistsError if a table exists already.
    """
    with ExitStack() as stack, Export(lines, private_keys, processes) as export:
        channel = export.head["channel"]
        contacts = csv.DictWriter(stack.enter_context(_new(folder / "contacts.csv")), COLUMNS[channel])
        removed = csv.writer(stack.enter_context(_new(folder / "removed.csv")))
        listmonk = None
        if channel == "email":
            # Without byte-order mark, which listmonk would take for a part of the first column's name.
            listmonk = csv.DictWriter(stack.enter_context(_new(folder / "listmonk.csv", "utf-8")), LISTMONK)
            listmonk.writeheader()
        contacts.writeheader()
        removed.writerow(["ref"])
        for number, kind, value in export:
            if kind == "sealed":
                contacts.writerow(_row(value, export.head))
                if listmonk:
                    listmonk.writerow(_subscriber(value, export.head))
            elif kind == "removed":
                removed.writerow([spreadsheet.safe(value)])
            if number % _CHUNK == 0:
                yield export.opened
        yield export.opened


def unsubscribe_link(record: dict[str, str], head: dict) -> str:
    """The unsubscribe link of this contact; empty if the export has none."""
    token, site = record.get("unsubscribe", ""), head.get("site", "")
    return f"{site}/pledge/unsubscribe/{token}/" if token and site else ""


def _head(first: Line | None) -> dict:
    if first is None or first[1] != "export" or first[2]["channel"] not in COLUMNS:
        raise NotAnExport("this is no export of sealed contacts")
    if first[2]["format"] != FORMAT:
        raise NotAnExport("this export has another format: use the program of the site that wrote it")
    return first[2]


def _is_known(private_keys: list[str], head: dict) -> bool | None:
    """Whether one of these keys is a key of the site; None for older exports, which do not contain the site's keys."""
    named = head.get("public_keys")
    return bool(set(keys.public(private_keys)) & set(named)) if named else None


def _row(record: dict[str, str], head: dict) -> dict[str, str]:
    """The cells of a record; fields that this version does not know are left out."""
    record = {**record, "consent": head["pledge_texts"].get(record.get("pledge_text"), "")}
    record |= zip(ADDRESS_LINES, record.get("address", "").splitlines(), strict=False)
    return {column: spreadsheet.safe(record.get(column, "")) for column in COLUMNS[head["channel"]]}


def _subscriber(record: dict[str, str], head: dict) -> dict[str, str]:
    """A record as listmonk imports it; in its templates the link is `{{ .Subscriber.Attribs.unsubscribe }}`."""
    attributes = {"ref": record.get("ref", ""), "date": record.get("date", "")}
    attributes["unsubscribe"] = unsubscribe_link(record, head)
    name = spreadsheet.safe(record.get("name", ""))
    return {"email": record.get("email", ""), "name": name, "attributes": json.dumps(attributes)}


def _new(path: Path, encoding: str = "utf-8-sig") -> TextIO:
    """Opens a new table that only its owner can read, with the byte-order mark that spreadsheets need for UTF-8."""
    return open(path, "x", encoding=encoding, newline="", opener=lambda name, flags: os.open(name, flags, 0o600))


def _chunks(export: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    numbered = iter(enumerate(export, 1))
    while chunk := list(islice(numbered, _CHUNK)):
        yield chunk


def _take_keys(private_keys: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started these
    _identities[:] = keys.opened(private_keys)


def _open(chunk: list[tuple[int, bytes]]) -> list[Line]:
    return [_opened(number, line) for number, line in chunk]


def _opened(number: int, line: bytes) -> Line:
    """Reads one line; a line that can't be read is "damaged", so that the others are still read."""
    try:
        match json.loads(line):
            case {"sealed": str(sealed)}:
                record = json.loads(pyrage.decrypt(base64.b64decode(sealed, validate=True), _identities))
                return number, "sealed", {str(name): str(text) for name, text in record.items()}
            case {"removed": str(ref)}:
                return number, "removed", ref
            case {"export": {"format": int(), "channel": str(), "pledge_texts": dict()} as head}:
                return number, "export", head
            case {"end": {"records": int(), "removed": int()} as counted}:
                return number, "end", counted
    except (ValueError, AttributeError, RecursionError, pyrage.DecryptError):
        pass
    return number, "damaged", None
