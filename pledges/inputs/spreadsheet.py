"""Tables of spreadsheets and mailing tools (CSV): reads them in any encoding, with any separator and quoted cells;
writes them so that text which looks like a formula stays text.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pledges.inputs import organisation_names
from pledges.inputs.tidy import tidy

# Where a formula could begin: at the start, or where a spreadsheet that splits cells at semicolons would start a cell.
# The characters include the full-width and small forms, and the mathematical minus.
_FORMULA = re.compile('((?:^|[;,"]) ?)(?=[-=+@＝＋－＠﹦﹢﹣﹫−])')
SEPARATORS = "\t;,"
MOST_LINES_OF_A_ROW = 5  # a quoted cell may hold line breaks
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Row:
    number: int  # the number of its first line
    text: str  # the original text
    cells: list[str]

    @property
    def is_empty(self) -> bool:
        return not any(self.cells)


def decoded(raw: bytes) -> str:
    """Decodes a file: UTF-8, UTF-16 or else Windows-1252. Raises ValidationError if it is not text."""
    if raw.startswith(b"PK\x03\x04"):
        raise ValidationError(_("This is a workbook. Save it as CSV (UTF-8) first, and choose that file."))
    encoding = next((_MARKS[mark] for mark in _MARKS if raw.startswith(mark)), "")
    if not encoding and b"\0" in raw:
        encoding = "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
    for each in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            return raw.decode(each)
        except UnicodeDecodeError:
            continue
    message = _("This file can’t be read as %(encoding)s. Save it as CSV (UTF-8) and try again.")
    raise ValidationError(message % {"encoding": encoding or "UTF-8"})


def rows(text: str, fits: Callable[[list[str]], bool]) -> list[Row]:
    """Returns the rows of a table, split by the separator (tab, semicolon, comma) with which most rows fit."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    readings = [_split(lines, separator) for separator in SEPARATORS]
    return max(readings, key=lambda reading: sum(fits(row.cells) for row in reading))


def column(cells: list[str], *names: str) -> int | None:
    """The index of the column with one of these names, in any spelling; None if there is none."""
    wanted = {organisation_names.key(name) for name in names}
    return next((place for place, cell in enumerate(cells) if organisation_names.key(cell) in wanted), None)


def _split(lines: list[str], separator: str) -> list[Row]:
    found, number = [], 0
    while number < len(lines):
        length, cells = _row(lines[number : number + MOST_LINES_OF_A_ROW], separator)
        text = "\n".join(lines[number : number + length])
        if text.strip() or number + 1 < len(lines):  # the empty text after the last line end is no line
            found.append(Row(number + 1, text, [_tidied(cell) for cell in cells]))
        number += length
    return found


def _row(lines: list[str], separator: str) -> tuple[int, list[str]]:
    """Returns how many lines the first row has, and its cells; unclosed quotes are ordinary characters."""
    for length in range(1, len(lines) + 1):
        try:
            [cells] = csv.reader(["\n".join(lines[:length])], delimiter=separator, strict=True)
        except (csv.Error, ValueError):
            continue
        return length, cells
    return 1, lines[0].split(separator)


def _tidied(text: str) -> str:
    """The text as one tidied line with single spaces."""
    return " ".join(tidy(text).split())


def safe(text: str) -> str:
    """Returns `text` as one line, with an apostrophe before everything that could begin a formula."""
    return _FORMULA.sub(r"\1'", " ".join(text.split()))


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yields the rows as CSV, with the byte-order mark at the front by which spreadsheets recognise UTF-8.

    None is an empty cell, and a bool is true or false.
    """
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(map(_cell, row))
        yield line.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else safe(str(value))
