"""Sign and confirm: the only writer of signatures and of what stands beside them (`withdrawing` erases them).

Signing never looks whether an address is known. It runs one statement, the same whatever the state, so
neither its answer nor its time can tell. What the mailbox gets is decided later, where it is sent.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from pledges.crypto import encryption, tokens
from pledges.emails import queue
from pledges.inputs.email_providers import provider_of
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
from pledges.models.answers import ConfirmChoices, OrganisationAnswers, PersonAnswers
from pledges.organisations import service as organisations

REMINDER_AFTER = timedelta(hours=48)
# An identical POST within this time writes no second letter.
LETTER_PAUSE = timedelta(minutes=10)
CODE_TRIES = 10
_QUARANTINE = ["quarantined_on", "quarantine"]

# One statement: a row for these answers, and its two letters where the row is new or its last letter old. Sending
# the same form again does not move the day on which the row is erased.
_SIGN = """
WITH fresh AS (
    INSERT INTO pledges_pendingsignature (ref, kind, digest, submission_hmac, token, handle, encrypted_token,
        pledge_text_id, region, profession, contact, application, email_queued_at, expires_at, tries, quarantined_on,
        provider, client)
    VALUES (%(ref)s, %(kind)s, %(digest)s, %(submission_hmac)s, %(token)s, %(handle)s, %(encrypted_token)s,
        %(pledge_text)s, %(region)s, %(profession)s, %(contact)s, %(application)s, %(now)s, %(expires)s, 0,
        %(quarantined)s,
        %(provider)s, %(client)s)
    ON CONFLICT (submission_hmac) DO UPDATE SET email_queued_at = excluded.email_queued_at
    WHERE pledges_pendingsignature.email_queued_at <= excluded.email_queued_at - %(pause)s
    RETURNING ref
)
INSERT INTO pledges_queuedemail (kind, ref, digest, mailbox, network, due_at, attempts, refusal)
SELECT letter.kind, fresh.ref, %(digest)s, %(mailbox)s, letter.network, letter.due_at, 0, ''
FROM fresh, (VALUES ('confirm', %(network)s, %(due)s), ('reminder', '', %(remind)s)) AS letter (kind, network, due_at)
WHERE letter.kind = 'confirm'
    OR NOT EXISTS (SELECT FROM pledges_queuedemail old WHERE old.ref = fresh.ref AND old.kind = 'reminder')
"""


def sign(
    answers: PersonAnswers | OrganisationAnswers, now: datetime, client: str = "", network: str = ""
) -> str:
    """Writes what was asked for and the letter that asks the mailbox; returns the inbox page's handle.

    `network` is a hash too (`limits.network`): its emails take turns with those of others (`outbox.turn`).

    `client` is a hash (`limits.client`), and part of what makes two POSTs the same. Only a fingerprint of it is
    written, for the abuse rules: whoever has the table and SECRET_KEY can test no guesses against `same`.
    """
    ref, token, due = uuid4(), encryption.random_token(), queue.turn(network, now)
    same = tokens.sameness([type(answers).__name__, client, *asdict(answers).values()])
    handle = tokens.handle(same)
    values: dict[str, Any] = {
        "ref": ref,
        "digest": tokens.digest(answers.mailbox.identity),
        "submission_hmac": same,
        "token": tokens.fingerprint(token),
        "handle": tokens.fingerprint(handle),
        "encrypted_token": encryption.lock(token),
        "pledge_text": answers.pledge_text.pk,
        "quarantined": timezone.localdate(now) if answers.is_trapped else None,
        "mailbox": encryption.lock(answers.mailbox.address),
        "now": now,
        "expires": now + retention.PENDING_FOR,
        "network": network,
        "due": due,
        "remind": due + REMINDER_AFTER,
        "pause": LETTER_PAUSE,
        **_particulars(answers, str(ref), client, timezone.localdate(now)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, values)
    return handle


def _particulars(
    answers: PersonAnswers | OrganisationAnswers, ref: str, client: str, today: date
) -> dict[str, object]:
    """The columns in which a person and an organisation differ. No rule counts organisations: staff judge each."""
    if isinstance(answers, OrganisationAnswers):
        none = {"region": "", "profession": "", "contact": None, "provider": "", "client": ""}
        return {
            "kind": "organisation",
            "application": encryption.lock(organisations.written(answers)),
            **none,
        }
    contact = None
    if answers.by_email:
        contact = encryption.seal(
            {
                "ref": ref,
                "channel": Contact.Channel.EMAIL.value,
                "date": today.isoformat(),
                "pledge_text": str(answers.pledge_text),
                "email": answers.mailbox.address,
                "name": answers.name,
                "occupation": answers.occupation,
                "postcode": answers.postcode,
            }
        )
    return {
        "kind": "person",
        "region": answers.region,
        "profession": answers.profession,
        "contact": contact,
        "application": None,
        "provider": provider_of(answers.mailbox.address).value,
        "client": client and tokens.fingerprint(client).hex()[:32],
    }


def by_token(token: str, now: datetime) -> PendingSignature | None:
    """The pending whose letter carried `token`, if it lives and a key still opens it; confirmed ones too."""
    alive = PendingSignature.objects.alive(now)
    pending = alive.select_related("pledge_text").filter(token=tokens.fingerprint(token)).first()
    if pending is None or _token_of(pending) is None:
        return None
    return pending if pending.is_confirmed or organisations.is_actionable(pending) else None


def newest_token(digest: bytes, now: datetime) -> str | None:
    """The token of the newest form with this mailbox that waits for a yes. For nobody but the mailbox's owner."""
    waiting = PendingSignature.objects.alive(now).filter(digest=digest, confirmed_on=None)
    newest = waiting.order_by("-email_queued_at", "-pk").first()
    return _token_of(newest) if newest and organisations.is_actionable(newest) else None


def token_for(handle: str, typed: str, now: datetime) -> str | None:
    """The token to which what was `typed` on the inbox page `handle` leads: a code, or the link itself.

    None where the code is wrong, the handle unknown, or its ten tries are used up: one answer for all. What holds
    no well-formed code uses up no try.
    """
    if pasted := tokens.token_pasted(typed):
        return pasted  # it needs no page and no try: nobody guesses 128 bits
    if not tokens.codes_in(typed):
        return None
    pending = (
        PendingSignature.objects.alive(now).filter(handle=tokens.fingerprint(handle)).order_by("-pk").first()
    )
    if pending is None:
        return None
    a_try = PendingSignature.objects.filter(pk=pending.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1)
    if not a_try:
        return None
    token = _token_of(pending)
    return token if token and tokens.code_matches(typed, token) else None


def _token_of(pending: PendingSignature) -> str | None:
    try:
        return encryption.decrypt(pending.encrypted_token)
    except encryption.DecryptionError:
        return None


def confirm(token: str, wishes: ConfirmChoices, now: datetime) -> bool:
    """Makes a signature, or an organisation that waits, of what `token` stands for.

    False where no such pending lives. Confirming twice changes nothing the second time and is as true.
    """
    today = timezone.localdate(now)
    with transaction.atomic():
        alive = (
            PendingSignature.objects.alive(now).select_for_update(of=("self",)).select_related("pledge_text")
        )
        pending = alive.filter(token=tokens.fingerprint(token)).first()
        if pending is None:
            return False
        if pending.is_confirmed:
            return True
        if pending.is_organisation:
            organisations.submit_for_review(pending, now)
        else:
            _write_signature(pending, wishes, today)
        queue.withdraw(pending.ref, _midnight(today))  # beside the mailbox's digest: the day, not the second
        PendingSignature.objects.filter(pk=pending.pk).update(
            confirmed_on=today, submission_hmac=None, region="", profession="", contact=None, application=None
        )
    return True


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _write_signature(pending: PendingSignature, wishes: ConfirmChoices, today: date) -> None:
    """One mailbox, one signature: confirming again replaces the earlier choices, never the day.

    It also ends a quarantine: what a stranger sent for this mailbox is not held against its owner.
    """
    fresh = Signature(
        digest=pending.digest,
        pledge_text=pending.pledge_text,
        confirmed_on=today,
        region=pending.region,
        profession=pending.profession if wishes.profession is None else wishes.profession,
        quarantined_on=pending.quarantined_on,
        quarantine_id=pending.quarantine_id,
    )
    [signature] = Signature.objects.bulk_create(
        [fresh],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=[
            "pledge_text",
            "region",
            "profession",
            *([] if pending.quarantined_on else _QUARANTINE),
        ],
    )
    before = _standing(signature)
    signature.contacts.all().delete()
    PublicName.objects.filter(signature=signature).delete()
    if wishes.public_name:
        _list(signature, wishes.public_name, today)
    if pending.contact:
        _keep(signature, Contact.Channel.EMAIL, pending.ref, bytes(pending.contact), today)
    if wishes.post:
        ref = uuid4()
        record = {
            "ref": str(ref),
            "channel": "post",
            "date": f"{today}",
            "pledge_text": str(pending.pledge_text),
        }
        _keep(signature, Contact.Channel.POST, ref, encryption.seal({**record, **wishes.post}), today)
    _record(signature, pending.pledge_text, before, today)
    # The owner has spoken since: what a caller asked for in their name and still waits falls away.
    ScheduledPhoneRequest.objects.filter(digest=pending.digest).delete()


def _list(signature: Signature, name: str, today: date) -> None:
    """A name that staff hid stays hidden, however often its owner signs again."""
    hidden_at = Signature.objects.values_list("name_hidden_at", flat=True).get(pk=signature.pk)
    PublicName.objects.create(signature=signature, name=name, listed_on=today, hidden_at=hidden_at)


def _keep(signature: Signature, channel: Contact.Channel, ref, sealed: bytes, today: date) -> None:
    keep_until = retention.contact_until(today)
    Contact.objects.create(
        signature=signature, channel=channel, ref=ref, sealed=sealed, keep_until=keep_until
    )


def _standing(signature: Signature) -> set[str]:
    """The purposes for which a consent stands now."""
    purposes = set(signature.contacts.values_list("channel", flat=True))
    if PublicName.objects.filter(signature=signature).exists():
        purposes.add(Consent.Purpose.LISTING.value)
    return purposes


def _record(signature: Signature, pledge_text: PledgeText, before: set[str], today: date) -> None:
    """Every consent given on the confirm page, and every earlier one that this confirming took back."""
    given = {Consent.Purpose.PLEDGE.value} | _standing(signature)
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
