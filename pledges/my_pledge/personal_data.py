"""Everything that is stored about one mailbox. Show it only to the mailbox's owner."""

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
)
from pledges.organisations import service as organisations
from pledges.signing.emails import needless_reminders


@dataclass(frozen=True)
class Entry:
    """An organisation that this mailbox signed for."""

    organisation: Organisation
    signer: dict[str, str] | None  # as `organisations.signer`; None if no key decrypts it

    @property
    def signer_until(self) -> datetime | None:
        """When the signer's details are erased at the latest; None unless it was declined or has withdrawn."""
        ended = self.organisation.declined_at or self.organisation.withdrawn_at
        return ended and ended + organisations.KEEP_CONTACT


@dataclass(frozen=True)
class PersonalData:
    signature: Signature | None
    listing: PublicName | None
    contacts: list[Contact]
    entries: list[Entry]
    pendings: list[PendingSignature]  # forms with this address that are not confirmed
    confirmed: list[PendingSignature]  # what is left of confirmed forms, while their links still work
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
        """Whether more is stored than emails and a block."""
        return bool(self.signature or self.entries or self.pendings)

    @property
    def channels(self) -> list[str]:
        return [contact.channel for contact in self.contacts]


def of(digest: bytes, now: datetime) -> PersonalData:
    signature = Signature.objects.select_related("pledge_text").filter(digest=digest).first()
    forms = list(
        PendingSignature.objects.alive(now).select_related("pledge_text").filter(digest=digest).order_by("pk")
    )
    bodies = Organisation.objects.filter(digest=digest).by_name()
    emails = list(QueuedEmail.objects.filter(digest=digest).order_by("pk"))
    is_blocked = EmailBlock.objects.filter(digest=digest).exists()
    return PersonalData(
        signature=signature,
        listing=PublicName.objects.filter(signature=signature).first() if signature else None,
        contacts=list(signature.contacts.order_by("channel")) if signature else [],
        entries=[Entry(body, organisations.signer(body)) for body in bodies],
        pendings=[form for form in forms if not form.is_confirmed],
        confirmed=[form for form in forms if form.is_confirmed],
        emails=emails,
        expected_emails=_expected(emails, is_blocked, now),
        requests=list(ScheduledPhoneRequest.objects.filter(digest=digest).order_by("pk")),
        is_blocked=is_blocked,
    )


def _expected(emails: list[QueuedEmail], is_blocked: bool, now: datetime) -> list[QueuedEmail]:
    """Without those that wait in the queue but will be dropped in their turn: needless reminders, and what is not
    sent to a blocked mailbox.
    """
    reminders = [email.ref for email in emails if email.kind == QueuedEmail.Kind.REMINDER]
    needless = needless_reminders(reminders, now)

    def will_be_dropped(email: QueuedEmail) -> bool:
        if email.sent_at or email.dropped_at or email.failed_at:
            return False
        is_needless = email.kind == QueuedEmail.Kind.REMINDER and email.ref in needless
        return is_needless or (is_blocked and compose.stops_at_block(email))

    return [email for email in emails if not will_be_dropped(email)]


def as_data(held: PersonalData) -> dict[str, object]:
    """All of it as plain values, for the download. Sealed records stay sealed: this server can't open them."""
    return {
        "signature": _signature(held.signature) if held.signature else None,
        "public_name": _listing(held.listing) if held.listing else None,
        "contacts": [_contact(contact) for contact in held.contacts],
        "organisations": [_organisation(entry) for entry in held.entries],
        "unconfirmed": [_pending(pending) for pending in held.pendings],
        "confirmed_forms": [_pending(pending) for pending in held.confirmed],
        "emails": [_email(email) for email in held.emails],
        "phone_requests": [{"wish": request.wish, "done_at": request.due_at} for request in held.requests],
        "emails_blocked": held.is_blocked,
    }


def _signature(signature: Signature) -> dict[str, object]:
    consents = signature.consents.select_related("pledge_text").order_by("pk")
    return {
        "confirmed_on": signature.confirmed_on,
        "mailbox_digest": bytes(signature.digest).hex(),
        "pledge_text": signature.pledge_text.number,
        "pledge_text_language": signature.pledge_text.language,
        "region": signature.region,
        "profession": signature.profession,
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
        "region": pending.region,
        "profession": pending.profession,
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
        "due_at": email.due_at,
        "sent_at": email.sent_at,
        "dropped_at": email.dropped_at,
        "given_up_at": email.failed_at,
        "refusal": email.refusal,
    }


def _listing(listing: PublicName) -> dict[str, object]:
    return {
        "name": listing.name,
        "since": listing.listed_on,
        "hidden_by_staff": listing.hidden_at is not None,
    }


def _contact(contact: Contact) -> dict[str, object]:
    return {
        "channel": contact.channel,
        "keep_until": contact.keep_until,
        "sealed": _base64(contact.sealed),
    }


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
