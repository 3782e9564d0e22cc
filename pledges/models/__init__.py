"""The tables. What is not here is not kept."""

from pledges.models.abuse import AbuseRule, Quarantine, QuarantineDecision
from pledges.models.daily_statistics import DailyStatistics
from pledges.models.emails import EmailBlock, QueuedEmail
from pledges.models.encrypted_fields import DigestChain, DigestField, EncryptedField
from pledges.models.erasures import Erasure
from pledges.models.exports import Export, Removal
from pledges.models.list_visibility import ListVisibility
from pledges.models.organisations import OpenScreen, Organisation, OrganisationDecision
from pledges.models.phone_requests import PhoneRequest, ScheduledPhoneRequest
from pledges.models.pledge_texts import PledgeText
from pledges.models.signatures import (
    Consent,
    Contact,
    NameDecision,
    NameReport,
    PendingSignature,
    PublicName,
    Signature,
)
from pledges.models.totals import Totals
from pledges.models.weekly_statistics import WeeklyStatistics

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
