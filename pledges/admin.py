"""Registers the admin pages of each folder.

Signatures, pending signatures, contacts and emails have none: no page may show whether an address has signed.
"""

from pledges.abuse import admin as abuse_admin
from pledges.lists import admin as lists_admin
from pledges.organisations.admin import organisations
from pledges.paper import admin as paper_admin
from pledges.phone_requests import admin as phone_requests_admin
from pledges.privacy import admin as privacy_admin
from pledges.signing import admin as signing_admin
