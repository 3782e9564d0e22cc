"""The database tables."""

from pledges.models.abuse import AbuseRule, Quarantine, QuarantineDecision
from pledges.models.emails import EmailBlock, QueuedEmail
from pledges.models.encrypted_fields import DigestChain, DigestField, EncryptedField
from pledges.models.erasures import Erasure
from pledges.models.exports import Export, Removal
from pledges.models.lists import ListVisibility, NameDecision, NameReport, PublicName
from pledges.models.organisation_decisions import OrganisationDecision
from pledges.models.organisations import OpenScreen, Organisation
from pledges.models.paper_counts import PaperCount
from pledges.models.pending_signatures import PendingSignature
from pledges.models.phone_requests import PhoneRequest, ScheduledPhoneRequest
from pledges.models.pledge_texts import PledgeText
from pledges.models.signatures import Consent, Contact, Signature
from pledges.models.statistics import DailyStatistics, Totals, WeeklyStatistics
