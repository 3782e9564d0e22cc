"""Collects everything that is stored about one mailbox. Show it only to the mailbox's owner."""

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pledges.emails import compose
from pledges.models import (
    Consent,
    Contact,
    EmailBlock,
    Organisation,
    PendingSignature,
    PublicName,
    QueuedEmail,
    ScheduledPhoneRequest,
    Signature,
    retention,
)
from pledges.models.counted import COUNTED
from pledges.organisations import applications
from pledges.signing.emails import needless_reminders


@dataclass(frozen=True)
class Entry:
    """An organisation that this mailbox signed for."""

    organisation: Organisation
    signer: dict[str, str] | None  # as `applications.signer`; None if no key decrypts it

    @property
    def signer_until(self) -> datetime | None:
        """When the signer's details are erased at the latest; None unless it was declined or has withdrawn."""
        ended = self.organisation.declined_at or self.organisation.withdrawn_at
        return ended and ended + retention.ORGANISATION_CONTACTS_STORED


@dataclass(frozen=True)
class PersonalData:
    signature: Signature | None
    public_name: PublicName | None
    contacts: list[Contact]
    entries: list[Entry]
    pendings: list[PendingSignature]  # forms with this address that are not confirmed
    confirmed: list[PendingSignature]  # what is left of confirmed forms until they expire
    emails: list[QueuedEmail]
    expected_emails: list[QueuedEmail]  # without those that wait and will not be sent
    requests: list[ScheduledPhoneRequest]  # what a caller asked us to remove, not done yet
    is_blocked: bool

    @property
    def consents(self) -> QuerySet[Consent]:
        """What the owner agreed to and withdrew, the earliest first."""
        return Consent.objects.filter(signature=self.signature).order_by("pk")

    @property
    def is_anything(self) -> bool:
        """Whether anything besides emails and a block is stored."""
        return bool(self.signature or self.entries or self.pendings)

    @property
    def channels(self) -> list[str]:
        return [contact.channel for contact in self.contacts]


def collect(digest: bytes, now: datetime) -> PersonalData:
    """Reads everything that is stored about the mailbox with this digest."""
    signature = Signature.objects.select_related("pledge_text").filter(digest=digest).first()
    forms = list(
        PendingSignature.objects.unexpired(now).select_related("pledge_text").filter(digest=digest).order_by("pk")
    )
    entries = Organisation.objects.filter(digest=digest).by_name()
    emails = list(QueuedEmail.objects.filter(digest=digest).order_by("pk"))
    is_blocked = EmailBlock.objects.filter(digest=digest).exists()
    return PersonalData(
        signature=signature,
        public_name=PublicName.objects.filter(signature=signature).first() if signature else None,
        contacts=list(signature.contacts.order_by("channel")) if signature else [],
        entries=[Entry(body, applications.signer(body)) for body in entries],
        pendings=[form for form in forms if not form.is_confirmed],
        confirmed=[form for form in forms if form.is_confirmed],
        emails=emails,
        expected_emails=_expected(emails, is_blocked, now),
        requests=list(ScheduledPhoneRequest.objects.filter(digest=digest).order_by("pk")),
        is_blocked=is_blocked,
    )


def _expected(emails: list[QueuedEmail], is_blocked: bool, now: datetime) -> list[QueuedEmail]:
    """Returns the emails without those that wait but will be dropped.

    Those are needless reminders, and what a blocked mailbox does not get.
    """
    reminders = [email.ref for email in emails if email.kind == QueuedEmail.Kind.REMINDER]
    needless = needless_reminders(reminders, now)

    def will_be_dropped(email: QueuedEmail) -> bool:
        if email.sent_at or email.dropped_at or email.failed_at:
            return False
        is_needless = email.kind == QueuedEmail.Kind.REMINDER and email.ref in needless
        return is_needless or (is_blocked and compose.stops_at_block(email))

    return [email for email in emails if not will_be_dropped(email)]


def as_data(data: PersonalData) -> dict[str, object]:
    """Returns all of it as values for JSON, for the download. Sealed records are included sealed."""
    return {
        "signature": _signature(data.signature) if data.signature else None,
        "public_name": _public_name(data.public_name) if data.public_name else None,
        "contacts": [_contact(contact) for contact in data.contacts],
        "organisations": [_organisation(entry) for entry in data.entries],
        "unconfirmed": [_pending(pending) for pending in data.pendings],
        "confirmed_forms": [_pending(pending) for pending in data.confirmed],
        "emails": [_email(email) for email in data.emails],
        "phone_requests": [{"kind": request.kind, "done_at": request.due_at} for request in data.requests],
        "emails_blocked": data.is_blocked,
    }


def _signature(signature: Signature) -> dict[str, object]:
    consents = signature.consents.select_related("pledge_text").order_by("pk")
    return {
        "confirmed_on": signature.confirmed_on,
        "mailbox_digest": bytes(signature.digest).hex(),
        "pledge_text": signature.pledge_text.number,
        "pledge_text_language": signature.pledge_text.language,
        **{column: getattr(signature, column) for column in COUNTED},
        "counted": signature.quarantined_on is None,
        "name_hidden_since": signature.name_hidden_at,
        "consents": [
            {
                "act": consent.act,
                "purpose": consent.purpose,
                "pledge_text": consent.pledge_text.number,
                "pledge_text_language": consent.pledge_text.language,
                "day": consent.recorded_on,
                "source": consent.source,
            }
            for consent in consents
        ],
    }


def _pending(pending: PendingSignature) -> dict[str, object]:
    return {
        "kind": pending.kind,
        "mailbox_digest": bytes(pending.digest).hex(),
        "pledge_text": pending.pledge_text.number,
        "pledge_text_language": pending.pledge_text.language,
        "language": pending.language,
        **{column: getattr(pending, column) for column in COUNTED},
        "mail_provider": pending.provider,
        "client": pending.client,
        "counted": pending.quarantined_on is None,
        "sealed": _base64(pending.contact) if pending.contact else None,
        "written_to_at": pending.email_queued_at,
        "confirmed_on": pending.confirmed_on,
        "erased_at": pending.expires_at,
    }


def _email(email: QueuedEmail) -> dict[str, object]:
    """One email in the queue, without its address, which is stored only while the email waits."""
    return {
        "kind": email.kind,
        "language": email.language,
        "due_at": email.due_at,
        "sent_at": email.sent_at,
        "dropped_at": email.dropped_at,
        "given_up_at": email.failed_at,
        "refusal": email.refusal,
    }


def _public_name(public_name: PublicName) -> dict[str, object]:
    return {
        "name": public_name.name,
        "since": public_name.listed_on,
        "hidden_by_staff": public_name.hidden_at is not None,
    }


def _contact(contact: Contact) -> dict[str, object]:
    return {"channel": contact.channel, "keep_until": contact.keep_until, "sealed": _base64(contact.sealed)}


def _base64(sealed: bytes | memoryview) -> str:
    return base64.b64encode(sealed).decode()


def _organisation(entry: Entry) -> dict[str, object]:
    body = entry.organisation
    return {
        "name": body.name,
        "website": body.website,
        "kind": body.kind,
        "named_in_public": body.is_named,
        "waiting_since": body.confirmed_at,
        "approved_at": body.approved_at,
        "declined_at": body.declined_at,
        "withdrawn_at": body.withdrawn_at,
        "yearly_emails_stopped_on": body.yearly_stopped_on,
        "signed_by": entry.signer,
    }
