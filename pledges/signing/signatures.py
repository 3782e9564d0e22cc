"""Writes the signature of a confirmed form, with its contacts, public name and consents.

Only `service` calls this.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from pledges.crypto import encryption
from pledges.emails import queue
from pledges.models import (
    Consent,
    Contact,
    PendingSignature,
    PledgeText,
    PublicName,
    ScheduledPhoneRequest,
    Signature,
    retention,
)
from pledges.models.answers import ConfirmChoices
from pledges.models.counted import COUNTED

# SQL lists of the counted columns: their names; the values of the pending row, where a choice on the confirm page
# replaces one; and the assignments that empty them.
_COLUMNS = ", ".join(COUNTED)
_VALUES = ", ".join(f"coalesce(%(profession)s::text, {name})" if name == "profession" else name for name in COUNTED)
_EMPTIED = ", ".join(f"{name} = ''" for name in COUNTED)
# One statement for a mailbox that has no signature yet: writes the signature and all that belongs to it, drops the
# emails that ask to confirm, and empties the pending row. It writes nothing if the mailbox has a signature, or if the
# pending row was confirmed or erased since it was read. What may have changed since is taken from the locked row.
_FIRST = f"""
WITH pending AS (
    SELECT {_COLUMNS}, quarantined_on, quarantine_id FROM pledges_pendingsignature
    WHERE id = %(pending)s AND digest = %(digest)s AND confirmed_on IS NULL FOR UPDATE
), signature AS (
    INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, {_COLUMNS}, quarantined_on, quarantine_id,
        sample)
    SELECT %(ref)s, %(digest)s, %(pledge_text)s, %(today)s, {_VALUES}, quarantined_on, quarantine_id, false
    FROM pending
    ON CONFLICT (digest) DO NOTHING
    RETURNING id
), public_name AS (
    INSERT INTO pledges_publicname (ref, signature_id, name, listed_on)
    SELECT %(public_name_ref)s, id, %(public_name)s, %(today)s FROM signature WHERE %(public_name)s::varchar <> ''
), contact AS (
    INSERT INTO pledges_contact (ref, signature_id, channel, sealed, unsubscribe_token, keep_until)
    SELECT contact.ref, id, contact.channel, contact.sealed, contact.token, %(keep_until)s FROM signature,
        unnest(%(refs)s::uuid[], %(channels)s::text[], %(sealed)s::bytea[], %(unsubscribe_tokens)s::bytea[])
            AS contact (ref, channel, sealed, token)
), consent AS (
    INSERT INTO pledges_consent (signature_id, act, purpose, pledge_text_id, recorded_on, source)
    SELECT id, 'given', purpose, %(pledge_text)s, %(today)s, 'confirm-page' FROM signature,
        unnest(%(purposes)s::text[]) AS purpose
), phone_request AS (
    DELETE FROM pledges_scheduledphonerequest WHERE digest = %(digest)s AND EXISTS (SELECT FROM signature)
), email AS (
    UPDATE pledges_queuedemail SET mailbox = NULL, words = NULL, network = '', leased_until = NULL,
        dropped_at = %(midnight)s
    WHERE ref = %(pending_ref)s AND {queue.NOT_ENDED} AND EXISTS (SELECT FROM signature)
)
UPDATE pledges_pendingsignature SET confirmed_on = %(today)s, submission_hmac = NULL, language = '', {_EMPTIED},
    contact = NULL, unsubscribe_token = NULL, application = NULL
WHERE id = %(pending)s AND EXISTS (SELECT FROM signature)
"""  # noqa: S608


def write_first(pending: PendingSignature, choices: ConfirmChoices, today: date) -> bool:
    """Confirms a form of a mailbox that has no signature yet; returns False, and writes nothing, if it has one."""
    contacts = _contacts(pending, choices, today)
    values: dict[str, Any] = {
        "ref": uuid4(),
        "digest": pending.digest,
        "pledge_text": pending.pledge_text_id,
        "today": today,
        "midnight": midnight(today),
        "profession": choices.profession,
        "public_name": choices.public_name,
        "public_name_ref": uuid4(),
        "refs": [contact.ref for contact in contacts],
        "channels": [contact.channel for contact in contacts],
        "sealed": [contact.sealed for contact in contacts],
        "unsubscribe_tokens": [contact.unsubscribe_token for contact in contacts],
        "keep_until": retention.contact_until(today),
        "purposes": sorted(
            [Consent.Purpose.PLEDGE.value]
            + [contact.channel for contact in contacts]
            + ([Consent.Purpose.PUBLIC_NAME.value] if choices.public_name else [])
        ),
        "pending": pending.pk,
        "pending_ref": pending.ref,
    }
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_FIRST, values)
        return bool(cursor.rowcount)


def _contacts(pending: PendingSignature, choices: ConfirmChoices, today: date) -> list[Contact]:
    """The sealed contacts that were asked for, not saved yet: by email in the form, by post on the confirm page."""
    found = []
    if pending.contact:
        sealed, token = bytes(pending.contact), pending.unsubscribe_token
        channel = Contact.Channel.EMAIL.value
        found.append(Contact(ref=pending.ref, channel=channel, sealed=sealed, unsubscribe_token=token))
    if choices.post:
        ref = uuid4()
        record = {
            "ref": str(ref),
            "channel": "post",
            "date": f"{today}",
            "pledge_text": pending.pledge_text.sealed_name,
        }
        sealed = encryption.seal({**record, **choices.post})
        found.append(Contact(ref=ref, channel=Contact.Channel.POST.value, sealed=sealed))
    return found


def midnight(day: date) -> datetime:
    """The beginning of a day."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def replace(pending: PendingSignature, choices: ConfirmChoices, today: date) -> bool:
    """Confirms a form of a mailbox that has a signature: replaces its choices; the day of its first confirmation stays.

    Returns False, and writes nothing, if it has none. It also ends a quarantine: a form that a stranger sent for this
    mailbox does not harm its owner.
    """
    released = {} if pending.quarantined_on else {"quarantined_on": None, "quarantine": None}
    counted = {name: getattr(pending, name) for name in COUNTED}
    if choices.profession is not None:
        counted["profession"] = choices.profession
    own = Signature.objects.filter(digest=pending.digest)
    is_there = own.update(pledge_text=pending.pledge_text, **counted, **released)
    if not is_there:
        return False
    signature = own.get()
    before = _purposes_with_consent(signature)
    signature.contacts.all().delete()
    PublicName.objects.filter(signature=signature).delete()
    if choices.public_name:  # a name that staff hid stays hidden when its owner signs again
        PublicName.objects.create(
            signature=signature, name=choices.public_name, listed_on=today, hidden_at=signature.name_hidden_at
        )
    for contact in _contacts(pending, choices, today):
        contact.signature, contact.keep_until = signature, retention.contact_until(today)
        contact.save()
    _record(signature, pending.pledge_text, before, today)
    # The owner has confirmed: requests of callers in their name that still wait are deleted.
    ScheduledPhoneRequest.objects.filter(digest=pending.digest).delete()
    return True


def _purposes_with_consent(signature: Signature) -> set[str]:
    """The purposes that have consent now."""
    purposes = set(signature.contacts.values_list("channel", flat=True))
    if PublicName.objects.filter(signature=signature).exists():
        purposes.add(Consent.Purpose.PUBLIC_NAME.value)
    return purposes


def _record(signature: Signature, pledge_text: PledgeText, before: set[str], today: date) -> None:
    """Records each consent given on the confirm page, and each earlier one that was withdrawn by it."""
    given = {Consent.Purpose.PLEDGE.value} | _purposes_with_consent(signature)
    acts = [(purpose, Consent.Act.GIVEN) for purpose in sorted(given)]
    acts += [(purpose, Consent.Act.WITHDRAWN) for purpose in sorted(before - given)]
    Consent.objects.bulk_create(
        Consent(
            signature=signature,
            act=act,
            purpose=purpose,
            pledge_text=pledge_text,
            recorded_on=today,
            source=Consent.Source.CONFIRM_PAGE,
        )
        for purpose, act in acts
    )


@dataclass(frozen=True)
class EarlierChoices:
    """What a mailbox chose when it last confirmed; empty if it has no signature."""

    signature: Signature | None = None
    public_name: str = ""
    channels: tuple[str, ...] = ()

    @property
    def profession(self) -> str:
        return self.signature.profession if self.signature else ""


def earlier_choices(pending: PendingSignature) -> EarlierChoices:
    """The choices that confirming `pending` would replace. Show them only to the owner of the mailbox."""
    signature = Signature.objects.filter(digest=pending.digest).first()
    if signature is None:
        return EarlierChoices()
    public_name = PublicName.objects.filter(signature=signature).first()
    channels = signature.contacts.order_by("channel").values_list("channel", flat=True)
    return EarlierChoices(signature, public_name.name if public_name else "", tuple(channels))
