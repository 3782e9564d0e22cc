"""The pledge on the staff's desk.

Signatures, pendings, contacts and letters are not here: no screen may tell whether an address has signed.
"""

from pledges.admin import abuse, calls, exports, listings, organisations, press, records, wordings

__all__ = ["abuse", "calls", "exports", "listings", "organisations", "press", "records", "wordings"]
