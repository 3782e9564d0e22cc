"""CSV that is safe to open in a spreadsheet: text that looks like a formula stays text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

# Where a formula could begin: at the start, or where a spreadsheet that splits cells at semicolons would start a cell.
# The characters include the full-width and small forms, and the mathematical minus.
_FORMULA = re.compile('((?:^|[;,"]) ?)(?=[-=+@＝＋－＠﹦﹢﹣﹫−])')


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
