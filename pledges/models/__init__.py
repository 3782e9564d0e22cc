"""The database tables."""

from pledges.models.abuse import AbuseRule, Quarantine, QuarantineDecision
from pledges.models.emails import EmailBlock, QueuedEmail
from pledges.models.encrypted_fields import DigestChain, DigestField, EncryptedField
from pledges.models.erasures import Erasure
from pledges.models.exports import Export, Removal
from pledges.models.list_visibility import ListVisibility
from pledges.models.organisation_decisions import OrganisationDecision
from pledges.models.organisations import OpenScreen, Organisation
from pledges.models.paper_counts import PaperCount
from pledges.models.pending_signatures import PendingSignature
from pledges.models.phone_requests import PhoneRequest, ScheduledPhoneRequest
from pledges.models.pledge_texts import PledgeText
from pledges.models.public_names import NameDecision, NameReport, PublicName
from pledges.models.signatures import Consent, Contact, Signature
from pledges.models.statistics import DailyStatistics, Totals, WeeklyStatistics

__all__ = [
    "AbuseRule",
    "Consent",
    "Contact",
    "DailyStatistics",
    "DigestChain",
    "DigestField",
    "EmailBlock",
    "EncryptedField",
    "Erasure",
    "Export",
    "ListVisibility",
    "NameDecision",
    "NameReport",
    "OpenScreen",
    "Organisation",
    "OrganisationDecision",
    "PaperCount",
    "PendingSignature",
    "PhoneRequest",
    "PledgeText",
    "PublicName",
    "Quarantine",
    "QuarantineDecision",
    "QueuedEmail",
    "Removal",
    "ScheduledPhoneRequest",
    "Signature",
    "Totals",
    "WeeklyStatistics",
]
