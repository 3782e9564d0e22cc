"""The pledge on the staff's desk.

Signatures, pendings, contacts and letters are not here: no screen may tell whether an address has signed.
"""

from pledges.admin import calls, exports, listings, organisations, records, wordings

__all__ = ["calls", "exports", "listings", "organisations", "records", "wordings"]
