"""Opt-outs come back from the mailing tool: addresses in, consents withdrawn, nothing kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError

from pledges import links, withdrawing
from pledges.mailbox import mailbox
from pledges.models import Consent, Contact
from pledges.tidying import tidy

# The first address of a line, whatever parts its cells. An apostrophe may stand in an address, but before
# one it is a spreadsheet's.
_ADDRESS = re.compile(r"(?!')[^\s,;\"<>()]+@[^\s,;\"<>()]+")


@dataclass
class Read:
    """How many addresses, and the lines that had none. Never how many of them are supporters' (see `take`)."""

    addresses: int = 0
    without: list[int] = field(default_factory=list)


def take(lines: Iterable[str], now: datetime) -> Read:
    """Ends contact by email for every address: the first of each line, be it a list or a CSV with a head.

    It doesn't say how many were held: with a file of one line that would tell whether somebody has signed.
    """
    read = Read()
    for number, line in enumerate(lines, 1):
        found = _ADDRESS.search(line)
        try:
            identity = mailbox(found[0] if found else "").identity
        except ValidationError:
            if tidy(line) and number > 1:  # the first may be a head
                read.without.append(number)
            continue
        withdrawing.stop(links.digest(identity), Contact.Channel.EMAIL, Consent.Source.MAILING_TOOL, now)
        read.addresses += 1
    return read
