"""Withdraws signatures and consents, and ends those whose period is over.

Each function locks pending signatures before the signature, as confirming does, so that the two can't deadlock.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.models import Consent, Contact, PendingSignature, PublicName, Signature


def withdraw(digest: bytes, now: datetime) -> None:
    """Erases the signature of this mailbox and all that belongs to it, its unconfirmed forms included."""
    with transaction.atomic():
        pendings = PendingSignature.objects.filter(digest=digest)
        # Locked before the emails, as confirming does; in the other order the two could deadlock.
        queue.erase_about(list(pendings.order_by("pk").select_for_update().values_list("ref", flat=True)))
        pendings.delete()
        if signature := _locked_signature(digest):
            signature.delete()


def stop(digest: bytes, channel: Contact.Channel, source: Consent.Source, now: datetime) -> bool:
    """Ends contact through one channel: erases the sealed contact, and records that the consent was withdrawn.

    Returns whether there was one, which may be shown to the owner only.
    """
    with transaction.atomic():
        signature = _locked_signature(digest)
        contacts = Contact.objects.filter(signature=signature, channel=channel)
        return bool(signature and _erase_and_record(signature, contacts, channel.value, source, now))


def unsubscribe(token: str, now: datetime) -> None:
    """Ends contact by email for the contact with this token; does nothing if there is none."""
    contacts = Contact.objects.filter(unsubscribe_token=tokens.hash_token(token)).select_related("signature")
    if contact := contacts.first():
        stop(bytes(contact.signature.digest), Contact.Channel.EMAIL, Consent.Source.EMAIL_LINK, now)


def hide_name(digest: bytes, source: Consent.Source, now: datetime) -> bool:
    """Erases the public name; the signature still counts. Returns whether there was one, as `stop`."""
    with transaction.atomic():
        signature = _locked_signature(digest)
        public_names = PublicName.objects.filter(signature=signature)
        return bool(
            signature and _erase_and_record(signature, public_names, Consent.Purpose.PUBLIC_NAME.value, source, now)
        )


def _locked_signature(digest: bytes) -> Signature | None:
    """The signature of this mailbox, locked until the transaction ends."""
    return Signature.objects.select_for_update().filter(digest=digest).first()


def _erase_and_record(signature: Signature, rows: QuerySet, purpose: str, source: Consent.Source, now: datetime) -> int:
    gone = rows.delete()[0]
    if gone:
        Consent.objects.create(
            signature=signature,
            act=Consent.Act.WITHDRAWN,
            purpose=purpose,
            pledge_text_id=signature.pledge_text_id,
            recorded_on=timezone.localdate(now),
            source=source,
        )
    return gone


def end_pendings(keys: list[int], now: datetime) -> None:
    """Erases these expired pending signatures and their queued emails, whose links would not work."""
    with transaction.atomic():
        over = PendingSignature.objects.filter(pk__in=keys, expires_at__lte=now).order_by("pk")
        refs = list(over.select_for_update().values_list("ref", flat=True))
        queue.erase_about(refs)
        PendingSignature.objects.filter(ref__in=refs).delete()


def end_contacts(keys: list[int], now: datetime) -> None:
    """Erases these contacts, whose period is over, and records that the consents expired."""
    with transaction.atomic():
        contacts = Contact.objects.filter(pk__in=keys)
        signatures = Signature.objects.filter(pk__in=contacts.values("signature")).order_by("pk")
        pledge_texts = dict(signatures.select_for_update().values_list("pk", "pledge_text"))
        ended = [
            Consent(
                signature_id=signature,
                act=Consent.Act.EXPIRED,
                purpose=channel,
                pledge_text_id=pledge_texts[signature],
                recorded_on=timezone.localdate(now),
                source=Consent.Source.RETENTION_JOB,
            )
            for signature, channel in contacts.values_list("signature", "channel")
        ]
        contacts.delete()
        Consent.objects.bulk_create(ended)
