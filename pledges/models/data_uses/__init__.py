"""Why each field of these models is stored: what the register at /privacy/data/ says of them.

A field that is declared nowhere fails the suite. The words are for the people whose data it is.
"""

from pledges.models.data_uses.emails import LETTERS
from pledges.models.data_uses.organisations import ORGANISATIONS
from pledges.models.data_uses.periods import SIX_YEARS, WHILE_THE_SITE_RUNS
from pledges.models.data_uses.records import NOTHING_PERSONAL, STAFF_RECORDS
from pledges.models.data_uses.supporters import SUPPORTERS

__all__ = [
    "LETTERS",
    "NOTHING_PERSONAL",
    "ORGANISATIONS",
    "SIX_YEARS",
    "STAFF_RECORDS",
    "SUPPORTERS",
    "WHILE_THE_SITE_RUNS",
]
