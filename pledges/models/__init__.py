"""The tables. What is not here is not kept."""

from pledges.models.abuse import Judgement, Quarantine, Rule
from pledges.models.calls import Call, PhoneRequest
from pledges.models.erasures import Erasure
from pledges.models.exports import Export, Removal
from pledges.models.figures import Figure
from pledges.models.keyed import DigestChain, DigestField, LockedField
from pledges.models.letters import Blocked, Letter
from pledges.models.organisations import Decision, Organisation
from pledges.models.showing import Showing
from pledges.models.signatures import Consent, Contact, Hiding, Listing, Pending, Signature
from pledges.models.tally import Tally
from pledges.models.turnout import Turnout
from pledges.models.wordings import Wording

__all__ = [
    "Blocked",
    "Call",
    "Consent",
    "Contact",
    "Decision",
    "DigestChain",
    "DigestField",
    "Erasure",
    "Export",
    "Figure",
    "Hiding",
    "Judgement",
    "Letter",
    "Listing",
    "LockedField",
    "Organisation",
    "Pending",
    "PhoneRequest",
    "Quarantine",
    "Removal",
    "Rule",
    "Showing",
    "Signature",
    "Tally",
    "Turnout",
    "Wording",
]
