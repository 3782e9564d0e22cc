"""Why each field of these models is stored, as the register at /privacy/data/ shows it.

A test fails if a field is not declared here. The texts are written for the people whose data it is.
"""

from pledges.models.data_uses.emails import EMAILS
from pledges.models.data_uses.organisations import ORGANISATIONS
from pledges.models.data_uses.records import NOTHING_PERSONAL, STAFF_RECORDS
from pledges.models.data_uses.supporters import SUPPORTERS
