"""Signs and confirms: `sign` writes pending signatures, `confirm` makes signatures of them.

Signing never looks up whether an address is known. It runs one statement, always the same, so that neither its answer
nor its time shows it. What is emailed to the mailbox is decided later, when the email is sent. `my_pledge.withdrawal`
erases signatures.
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
from pledges.models import Contact, PendingSignature, pledge_texts, retention
from pledges.models.answers import ConfirmChoices, OrganisationAnswers, PersonAnswers
from pledges.models.counted import COUNTED
from pledges.organisations import applications
from pledges.organisations import service as organisations
from pledges.signing import signatures
from pledges.signing.emails import REMINDER_AFTER

# An identical POST within this time is a second press of the button and queues no second email. A later one comes from
# someone who got none, and queues one; `emails.mailbox_limits` may defer it.
EMAIL_PAUSE = timedelta(minutes=2)
CODE_TRIES = 10

_COUNTED, _PLACEHOLDERS = ", ".join(COUNTED), ", ".join(f"%({name})s" for name in COUNTED)
# One statement: writes a row for these answers, and its two emails if the row is new or its last email was a while
# ago; nothing if too many emails of its network wait. A confirmation email of the row that still waits is replaced by
# the new one, which is due no later. Sending the same form again does not change when the row is erased.
_SIGN = f"""
WITH slot AS ({queue.DUE_AT}), fresh AS (
    INSERT INTO pledges_pendingsignature (ref, kind, digest, submission_hmac, token, handle, encrypted_token,
        pledge_text_id, language, {_COUNTED}, contact, unsubscribe_token, application,
        email_queued_at, expires_at, tries, quarantined_on, provider, client)
    SELECT %(ref)s, %(kind)s, %(digest)s, %(submission_hmac)s, %(token)s, %(handle)s, %(encrypted_token)s,
        %(pledge_text)s, %(language)s, {_PLACEHOLDERS}, %(contact)s, %(unsubscribe_token)s,
        %(application)s, %(now)s, %(expires)s, 0, %(quarantined)s, %(provider)s, %(client)s
    FROM slot WHERE NOT slot.is_full
    ON CONFLICT (submission_hmac) DO UPDATE SET email_queued_at = excluded.email_queued_at
    WHERE pledges_pendingsignature.email_queued_at <= excluded.email_queued_at - %(pause)s
    RETURNING ref, xmax = 0 AS is_new
), replaced AS (
    UPDATE pledges_queuedemail SET mailbox = NULL, network = '', leased_until = NULL, dropped_at = %(now)s
    WHERE (SELECT NOT is_new FROM fresh) AND ref = (SELECT ref FROM fresh) AND kind = 'confirm' AND {queue.NOT_ENDED}
    RETURNING due_at
), emails AS (
    INSERT INTO pledges_queuedemail (kind, ref, digest, mailbox, network, due_at, attempts, refusal)
    SELECT email.kind, fresh.ref, %(digest)s, %(mailbox)s, email.network,
        least(slot.due_at, (SELECT min(due_at) FROM replaced)) + email.later, 0, ''
    FROM fresh, slot, (VALUES ('confirm', %(network)s, interval '0'), ('reminder', '', %(reminder)s))
        AS email (kind, network, later)
    WHERE email.kind = 'confirm' OR fresh.is_new
        OR NOT EXISTS (SELECT FROM pledges_queuedemail old WHERE old.ref = fresh.ref AND old.kind = 'reminder')
)
SELECT is_full FROM slot
"""  # noqa: S608


def sign(answers: PersonAnswers | OrganisationAnswers, now: datetime, client: str = "", network: str = "") -> str:
    """Writes the pending signature and queues the email that asks to confirm it; returns the inbox page's handle.

    `client` is a hash (`rate_limits.client`), and part of what makes two POSTs identical. Only a hash of it is stored,
    for the abuse rules, so that with the table and SECRET_KEY alone no one can test guesses against `submission_hmac`.
    `network` is a hash too (`rate_limits.network`), by which the queue limits the emails of one network: if too many of
    them wait, nothing is written and QueueFull is raised.
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
        "language": answers.language,
        "quarantined": timezone.localdate(now) if answers.is_trapped else None,
        "mailbox": encryption.encrypt(answers.mailbox.address),
        "expires": now + retention.PENDING_STORED,
        "reminder": REMINDER_AFTER,
        "pause": EMAIL_PAUSE,
        **queue.due_at_parameters(network, now),
        **_columns_of_kind(answers, str(ref), client, timezone.localdate(now)),
    }
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_SIGN, values)
        [is_full] = cursor.fetchone()
    if is_full:
        raise queue.QueueFull
    return handle


def _columns_of_kind(
    answers: PersonAnswers | OrganisationAnswers, ref: str, client: str, today: date
) -> dict[str, object]:
    """Returns the columns in which a person and an organisation differ.

    Abuse rules ignore organisations, because staff decide about each.
    """
    if isinstance(answers, OrganisationAnswers):
        return {
            "kind": "organisation",
            "application": encryption.encrypt(applications.write(answers)),
            **dict.fromkeys((*COUNTED, "provider", "client"), ""),
            **dict.fromkeys(("contact", "unsubscribe_token")),
        }
    unsubscribe = encryption.random_token() if answers.by_email else ""
    return {
        "kind": "person",
        **{name: getattr(answers, name) for name in COUNTED},
        "contact": _sealed_contact(answers, ref, unsubscribe, today) if answers.by_email else None,
        "unsubscribe_token": tokens.hash_token(unsubscribe) if answers.by_email else None,
        "application": None,
        "provider": provider_of(answers.mailbox.address).value,
        "client": client and tokens.hash_token(client).hex()[:32],
    }


def _sealed_contact(answers: PersonAnswers, ref: str, unsubscribe: str, today: date) -> bytes:
    """Encrypts to the key holders how the campaign may write by email, with the token of the links to unsubscribe."""
    return encryption.seal(
        {
            "ref": ref,
            "channel": Contact.Channel.EMAIL.value,
            "date": today.isoformat(),
            "pledge_text": answers.pledge_text.sealed_name,
            "email": answers.mailbox.address,
            "name": answers.name,
            "occupation": answers.occupation,
            "postcode": answers.postcode,
            "unsubscribe": unsubscribe,
        }
    )


_COLUMNS = [field.attname for field in PendingSignature._meta.concrete_fields]
_BY_TOKEN = f"SELECT {', '.join(_COLUMNS)} FROM pledges_pendingsignature WHERE token = %s AND expires_at > %s"  # noqa: S608


def by_token(token: str, now: datetime) -> PendingSignature | None:
    """Returns the pending signature with this token, confirmed or not.

    None if it has expired, no key decrypts its token, or confirming it would change nothing.
    """
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_BY_TOKEN, [tokens.hash_token(token), now])
        row = cursor.fetchone()
    return _usable(PendingSignature.from_db(connection.alias, _COLUMNS, row) if row else None)


def _usable(pending: PendingSignature | None) -> PendingSignature | None:
    """The row, with its pledge text, if its link works."""
    if pending is None or _token_of(pending) is None:
        return None
    if pledge_text := pledge_texts.by_id(pending.pledge_text_id):
        pending.pledge_text = pledge_text
    return pending if pending.is_confirmed or applications.is_actionable(pending) else None


def newest_token(digest: bytes, now: datetime) -> str | None:
    """Returns the token of the newest unconfirmed form of this mailbox. Only the mailbox's owner may see it."""
    waiting = PendingSignature.objects.unexpired(now).filter(digest=digest, confirmed_on=None)
    newest = waiting.order_by("-email_queued_at", "-pk").first()
    return _token_of(newest) if newest and applications.is_actionable(newest) else None


def token_for(handle: str, typed: str, now: datetime) -> str | None:
    """Returns the token for a code, or of a link, that was typed on the inbox page of this handle.

    None if the code is wrong, the handle unknown, or its ten tries are used up. Text without a well-formed code does
    not count as a try.
    """
    if pasted := tokens.pasted_token(typed):
        return pasted  # no try is counted: 128 bits can't be guessed
    if not tokens.codes_in(typed):
        return None
    pending = PendingSignature.objects.unexpired(now).filter(handle=tokens.hash_token(handle)).order_by("-pk").first()
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
    """Confirms the form with this token: writes a signature, or an organisation that waits for staff.

    Returns False if there is no such form. Confirming a second time changes nothing and also returns True.
    """
    pending = by_token(token, now)
    return pending is not None and (pending.is_confirmed or confirm_pending(pending, choices, now))


def confirm_pending(pending: PendingSignature, choices: ConfirmChoices, now: datetime) -> bool:
    """Confirms an unconfirmed row, as `by_token` returned it.

    The first signature of a mailbox is written with one statement, which locks the row. In all other cases the row is
    read again under a lock, in a transaction.
    """
    if not pending.is_organisation and signatures.write_first(pending, choices, timezone.localdate(now)):
        return True
    with transaction.atomic():
        rows = PendingSignature.objects.unexpired(now).select_for_update()
        locked = _usable(rows.filter(pk=pending.pk).first())
        if locked and not locked.is_confirmed:
            _confirm_locked(locked, choices, now)
        return locked is not None


def _confirm_locked(pending: PendingSignature, choices: ConfirmChoices, now: datetime) -> None:
    """Confirms a row that is locked in this transaction."""
    today = timezone.localdate(now)
    if pending.is_organisation:
        organisations.submit_for_review(pending, now)
    elif signatures.write_first(pending, choices, today):
        return
    elif not signatures.replace(pending, choices, today):  # erased meanwhile, as an invalid signature is
        signatures.write_first(pending, choices, today)
        return
    queue.drop_about(
        pending.ref, signatures.midnight(today)
    )  # the day, since the time next to the digest would show more
    PendingSignature.objects.filter(pk=pending.pk).update(
        confirmed_on=today,
        submission_hmac=None,
        language="",
        **dict.fromkeys(COUNTED, ""),
        contact=None,
        unsubscribe_token=None,
        application=None,
    )
