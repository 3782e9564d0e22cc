"""Makes table cells safe to open in a spreadsheet: text that looks like a formula stays text."""

import re

# Where a formula could begin: in front, or where a spreadsheet that parts cells at semicolons would part
# this one. The signs are also those of full and of small width, and the true minus.
_FORMULA = re.compile('((?:^|[;,"]) ?)(?=[-=+@＝＋－＠﹦﹢﹣﹫−])')


def safe(text: str) -> str:
    """`text` as one line, an apostrophe before whatever would begin a formula."""
    return _FORMULA.sub(r"\1'", " ".join(text.split()))
