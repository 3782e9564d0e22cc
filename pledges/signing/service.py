"""Sign and confirm: the only code that writes signatures and what belongs to them (`my_pledge.withdrawal` erases).

Signing never looks whether an address is known. It runs one statement, the same whatever the state, so
neither its answer nor its time can tell. What the mailbox gets is decided later, when its email is sent.
"""

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
    pledge_texts,
    retention,
)
from pledges.models.answers import ConfirmChoices, OrganisationAnswers, PersonAnswers
from pledges.organisations import service as organisations

REMINDER_AFTER = timedelta(hours=48)
# An identical POST within this time queues no second email.
EMAIL_PAUSE = timedelta(minutes=10)
CODE_TRIES = 10

# One statement: a row for these answers, and its two emails where the row is new or its last email old. Sending
# the same form again does not move the day on which the row is erased.
_SIGN = f"""
WITH fresh AS (
    INSERT INTO pledges_pendingsignature (ref, kind, digest, submission_hmac, token, handle, encrypted_token,
        pledge_text_id, region, profession, contact, unsubscribe_token, application, email_queued_at, expires_at, tries,
        quarantined_on, provider, client)
    VALUES (%(ref)s, %(kind)s, %(digest)s, %(submission_hmac)s, %(token)s, %(handle)s, %(encrypted_token)s,
        %(pledge_text)s, %(region)s, %(profession)s, %(contact)s, %(unsubscribe_token)s, %(application)s, %(now)s,
        %(expires)s, 0,
        %(quarantined)s, %(provider)s, %(client)s)
    ON CONFLICT (submission_hmac) DO UPDATE SET email_queued_at = excluded.email_queued_at
    WHERE pledges_pendingsignature.email_queued_at <= excluded.email_queued_at - %(pause)s
    RETURNING ref
), slot AS ({queue.DUE_AT})
INSERT INTO pledges_queuedemail (kind, ref, digest, mailbox, network, due_at, attempts, refusal)
SELECT email.kind, fresh.ref, %(digest)s, %(mailbox)s, email.network, slot.due_at + email.later, 0, ''
FROM fresh, slot, (VALUES ('confirm', %(network)s, interval '0'), ('reminder', '', %(reminder)s))
    AS email (kind, network, later)
WHERE email.kind = 'confirm'
    OR NOT EXISTS (SELECT FROM pledges_queuedemail old WHERE old.ref = fresh.ref AND old.kind = 'reminder')
"""  # noqa: S608


def sign(
    answers: PersonAnswers | OrganisationAnswers, now: datetime, client: str = "", network: str = ""
) -> str:
    """Writes what was asked for and the email that asks to confirm it; returns the inbox page's handle.

    `client` is a hash (`rate_limits.client`), and part of what makes two POSTs the same. Only a fingerprint of it is
    written, for the abuse rules, so that the table and SECRET_KEY are not enough to test guesses against
    `submission_hmac`. `network` is a hash too (`rate_limits.network`): its emails take turns with those of others.
    """
    ref, token = uuid4(), encryption.random_token()
    same = tokens.submission_hmac([type(answers).__name__, client, *vars(answers).values()])
    handle = tokens.handle(same)
    values: dict[str, Any] = {
        "ref": ref,
        "digest": tokens.digest(answers.mailbox.identity),
        "submission_hmac": same,
        "token": tokens.hash_token(token),
        "handle": tokens.hash_token(handle),
        "encrypted_token": encryption.encrypt(token),
        "pledge_text": answers.pledge_text.pk,
        "quarantined": timezone.localdate(now) if answers.is_trapped else None,
        "mailbox": encryption.encrypt(answers.mailbox.address),
        "expires": now + retention.PENDING_STORED,
        "reminder": REMINDER_AFTER,
        "pause": EMAIL_PAUSE,
        **queue.due_at_parameters(network, now),
        **_columns_of_kind(answers, str(ref), client, timezone.localdate(now)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, values)
    return handle


def _columns_of_kind(
    answers: PersonAnswers | OrganisationAnswers, ref: str, client: str, today: date
) -> dict[str, object]:
    """The columns in which a person and an organisation differ. No rule counts organisations: staff judge each."""
    if isinstance(answers, OrganisationAnswers):
        none = {"region": "", "profession": "", "contact": None, "provider": "", "client": ""}
        none |= {"unsubscribe_token": None}
        return {
            "kind": "organisation",
            "application": encryption.encrypt(organisations.written(answers)),
            **none,
        }
    contact = unsubscribe_token = None
    if answers.by_email:
        unsubscribe = encryption.random_token()
        unsubscribe_token = tokens.hash_token(unsubscribe)
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
                "unsubscribe": unsubscribe,
            }
        )
    return {
        "kind": "person",
        "region": answers.region,
        "profession": answers.profession,
        "contact": contact,
        "unsubscribe_token": unsubscribe_token,
        "application": None,
        "provider": provider_of(answers.mailbox.address).value,
        "client": client and tokens.hash_token(client).hex()[:32],
    }


def by_token(token: str, now: datetime) -> PendingSignature | None:
    """The pending signature whose email has `token` in its link, confirmed or not; None where it has expired, or
    no present key opens it, or confirming it would change nothing.
    """
    found = PendingSignature.objects.raw(
        "SELECT * FROM pledges_pendingsignature WHERE token = %s AND expires_at > %s",
        [tokens.hash_token(token), now],
    )
    return _usable(next(iter(found), None))


def _usable(pending: PendingSignature | None) -> PendingSignature | None:
    """The row, with its pledge text, if its link works."""
    if pending is None or _token_of(pending) is None:
        return None
    if pledge_text := pledge_texts.by_id(pending.pledge_text_id):
        pending.pledge_text = pledge_text
    return pending if pending.is_confirmed or organisations.is_actionable(pending) else None


def newest_token(digest: bytes, now: datetime) -> str | None:
    """The token of the newest unconfirmed form with this mailbox. Only the mailbox's owner may see it."""
    waiting = PendingSignature.objects.alive(now).filter(digest=digest, confirmed_on=None)
    newest = waiting.order_by("-email_queued_at", "-pk").first()
    return _token_of(newest) if newest and organisations.is_actionable(newest) else None


def token_for(handle: str, typed: str, now: datetime) -> str | None:
    """The token of the link that was `typed` on the inbox page `handle`, or of the code that was.

    None alike where the code is wrong, the handle unknown, or its ten tries are used up. Text without a well-formed
    code uses up no try.
    """
    if pasted := tokens.pasted_token(typed):
        return pasted  # no try is counted: 128 bits can't be guessed
    if not tokens.codes_in(typed):
        return None
    pending = (
        PendingSignature.objects.alive(now).filter(handle=tokens.hash_token(handle)).order_by("-pk").first()
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


def confirm(token: str, choices: ConfirmChoices, now: datetime) -> bool:
    """Makes a signature, or an organisation that waits for staff, of the form whose email has `token` in its link.

    False where there is none any more. Confirming a second time changes nothing and returns True as well.
    """
    pending = by_token(token, now)
    return pending is not None and (pending.is_confirmed or confirm_pending(pending, choices, now))


def confirm_pending(pending: PendingSignature, choices: ConfirmChoices, now: datetime) -> bool:
    """As `confirm`, for an unconfirmed row that `by_token` has read, without a lock.

    The first signature of a mailbox is one statement, which locks the row. Everything else reads the row again
    under a lock, in a transaction.
    """
    if not pending.is_organisation and _write_first_signature(pending, choices, timezone.localdate(now)):
        return True
    with transaction.atomic():
        rows = PendingSignature.objects.alive(now).select_for_update()
        locked = _usable(rows.filter(pk=pending.pk).first())
        if locked and not locked.is_confirmed:
            _confirm_locked(locked, choices, now)
        return locked is not None


def _confirm_locked(pending: PendingSignature, choices: ConfirmChoices, now: datetime) -> None:
    """Confirms a row that is locked in this transaction."""
    today = timezone.localdate(now)
    if pending.is_organisation:
        organisations.submit_for_review(pending, now)
    elif _write_first_signature(pending, choices, today):
        return
    elif not _replace_signature(pending, choices, today):  # erased meanwhile, as an invalid signature is
        _write_first_signature(pending, choices, today)
        return
    queue.drop_about(pending.ref, _midnight(today))  # beside the mailbox's digest: the day, not the second
    PendingSignature.objects.filter(pk=pending.pk).update(
        confirmed_on=today,
        submission_hmac=None,
        region="",
        profession="",
        contact=None,
        unsubscribe_token=None,
        application=None,
    )


# One statement for a mailbox that has no signature yet: the signature and all that belongs to it, with the emails
# that ask for it withdrawn, and the pending row emptied. It writes nothing where the mailbox has one, or where the
# pending row was confirmed or erased since it was read; what may have changed since is taken from the locked row.
_FIRST = """
WITH pending AS (
    SELECT region, profession, quarantined_on, quarantine_id FROM pledges_pendingsignature
    WHERE id = %(pending)s AND digest = %(digest)s AND confirmed_on IS NULL FOR UPDATE
), signature AS (
    INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, region, profession, quarantined_on,
        quarantine_id, sample)
    SELECT %(ref)s, %(digest)s, %(pledge_text)s, %(today)s, region, coalesce(%(profession)s::text, profession),
        quarantined_on, quarantine_id, false
    FROM pending
    ON CONFLICT (digest) DO NOTHING
    RETURNING id
), public_name AS (
    INSERT INTO pledges_publicname (ref, signature_id, name, listed_on)
    SELECT %(public_name_ref)s, id, %(public_name)s, %(today)s FROM signature WHERE %(public_name)s <> ''
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
    WHERE ref = %(pending_ref)s AND sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL
        AND EXISTS (SELECT FROM signature)
)
UPDATE pledges_pendingsignature SET confirmed_on = %(today)s, submission_hmac = NULL, region = '', profession = '',
    contact = NULL, unsubscribe_token = NULL, application = NULL
WHERE id = %(pending)s AND EXISTS (SELECT FROM signature)
"""


def _write_first_signature(pending: PendingSignature, choices: ConfirmChoices, today: date) -> bool:
    """Confirms a mailbox that has no signature yet; False, with nothing written, where it has one."""
    contacts = _contacts(pending, choices, today)
    values: dict[str, Any] = {
        "ref": uuid4(),
        "digest": pending.digest,
        "pledge_text": pending.pledge_text_id,
        "today": today,
        "midnight": _midnight(today),
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
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, values)
        return bool(cursor.rowcount)


def _contacts(pending: PendingSignature, choices: ConfirmChoices, today: date) -> list[Contact]:
    """The sealed contacts that were asked for, not saved: by email in the form, by post on the confirm page."""
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
            "pledge_text": str(pending.pledge_text),
        }
        sealed = encryption.seal({**record, **choices.post})
        found.append(Contact(ref=ref, channel=Contact.Channel.POST.value, sealed=sealed))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _replace_signature(pending: PendingSignature, choices: ConfirmChoices, today: date) -> bool:
    """Confirms a mailbox that has a signature: its choices are replaced, the day of its first confirmation stays.
    False, with nothing written, where it has none.

    It also ends a quarantine: what a stranger sent for this mailbox is not held against its owner.
    """
    released = {} if pending.quarantined_on else {"quarantined_on": None, "quarantine": None}
    own = Signature.objects.filter(digest=pending.digest)
    is_there = own.update(
        pledge_text=pending.pledge_text,
        region=pending.region,
        profession=pending.profession if choices.profession is None else choices.profession,
        **released,
    )
    if not is_there:
        return False
    signature = own.get()
    before = _standing(signature)
    signature.contacts.all().delete()
    PublicName.objects.filter(signature=signature).delete()
    if choices.public_name:  # a name that staff hid stays hidden, however often its owner signs again
        PublicName.objects.create(
            signature=signature,
            name=choices.public_name,
            listed_on=today,
            hidden_at=signature.name_hidden_at,
        )
    for contact in _contacts(pending, choices, today):
        contact.signature, contact.keep_until = signature, retention.contact_until(today)
        contact.save()
    _record(signature, pending.pledge_text, before, today)
    # The owner has confirmed since: requests that a caller made in their name, and still wait, are dropped.
    ScheduledPhoneRequest.objects.filter(digest=pending.digest).delete()
    return True


def _standing(signature: Signature) -> set[str]:
    """The purposes that have consent now."""
    purposes = set(signature.contacts.values_list("channel", flat=True))
    if PublicName.objects.filter(signature=signature).exists():
        purposes.add(Consent.Purpose.PUBLIC_NAME.value)
    return purposes


def _record(signature: Signature, pledge_text: PledgeText, before: set[str], today: date) -> None:
    """Records each consent given on the confirm page, and each earlier one that was withdrawn by it."""
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
