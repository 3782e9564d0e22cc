"""My pledge: emails the owner of a mailbox a link, and removes what they no longer want to be stored.

It only removes. To add or change something, people sign again: confirming replaces the earlier choices. Requests that
staff take on the phone use the same functions, and do not show whether there was anything to remove.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.inputs.email_address import Mailbox
from pledges.models import (
    Consent,
    Contact,
    EmailBlock,
    PendingSignature,
    PhoneRequest,
    QueuedEmail,
    ScheduledPhoneRequest,
)
from pledges.my_pledge import withdrawal

# A caller's request is carried out at a random time within this period.
PHONE_REQUEST_WITHIN = timedelta(days=1)

Remover = Callable[[bytes, Consent.Source, datetime], object]


def ask(mailbox: Mailbox, now: datetime, network: str = "", language: str = "") -> None:
    """Queues the email with the link to "My pledge", whether or not anything is stored about the mailbox.

    Does nothing while such an email waits. `network` as in `signing.sign`; `language` as in `queue.add`.
    """
    due = queue.due_at(network, now)  # whether or not one is queued: a full queue must not tell
    if not queue.is_queued(QueuedEmail.Kind.MINE, tokens.digest(mailbox.identity)):
        queue.add(QueuedEmail.Kind.MINE, uuid4(), mailbox, due, network=network, language=language)


def remove(kind: PhoneRequest.Kind, digest: bytes, source: Consent.Source, now: datetime) -> None:
    """Removes what `kind` names, if it is stored; the caller does not learn whether it was."""
    with transaction.atomic():
        _REMOVERS[kind](digest, source, now)


def record_phone_request(
    kind: PhoneRequest.Kind, mailbox: Mailbox, by: AbstractBaseUser, now: datetime
) -> PhoneRequest:
    """Records a caller's request, and emails the owner of the mailbox, known or not, what was asked.

    The worker carries it out at a random time within a day: otherwise the caller, or the member of staff who took the
    call, could see on the public pages whether it changed anything. The same request sent twice is one.
    """
    digest = tokens.digest(mailbox.identity)
    with transaction.atomic():
        call = _same_request_waiting(kind, digest)
        if call is None:
            call = PhoneRequest.objects.create(kind=kind, taken_by_id=by.pk, taken_at=now)
            queue.add(QueuedEmail.Kind.CALL, call.ref, mailbox, now)
            wait = timedelta(seconds=1 + secrets.randbelow(int(PHONE_REQUEST_WITHIN.total_seconds())))
            ScheduledPhoneRequest.objects.create(kind=kind, digest=digest, due_at=now + wait)
    return call


def send_link_for_caller(mailbox: Mailbox, by: AbstractBaseUser, now: datetime) -> None:
    """Emails the owner the link to My pledge or, if they blocked our emails, the question whether we may email them.

    Here that question is not limited to one a week. Does nothing while such an email waits.
    """
    digest = tokens.digest(mailbox.identity)
    with transaction.atomic():
        if queue.is_queued(QueuedEmail.Kind.MINE, digest):
            return
        EmailBlock.objects.filter(digest=digest).update(asked_on=None)
        ask(mailbox, now)
        PhoneRequest.objects.create(kind=PhoneRequest.LINK[0], taken_by_id=by.pk, taken_at=now)


def _same_request_waiting(kind: PhoneRequest.Kind, digest: bytes) -> PhoneRequest | None:
    """The same request for the same mailbox whose email to the owner is not sent yet: the form was sent twice."""
    waiting = queue.queued_refs(QueuedEmail.Kind.CALL, digest)
    return PhoneRequest.objects.filter(ref__in=waiting, kind=kind).first()


def carry_out_phone_requests(now: datetime) -> None:
    """Carries out the scheduled phone requests that are due."""
    for request in ScheduledPhoneRequest.objects.filter(due_at__lte=now).order_by("due_at"):
        _carry_out(request, now)


def _carry_out(request: ScheduledPhoneRequest, now: datetime) -> None:
    """Carries out one, unless another worker did, or the owner has confirmed a form meanwhile."""
    digest = bytes(request.digest)
    with transaction.atomic():
        # Locks the pending signatures first, as confirming does (see `withdrawal`).
        list(PendingSignature.objects.filter(digest=digest).order_by("pk").select_for_update())
        if waiting := ScheduledPhoneRequest.objects.select_for_update().filter(pk=request.pk).first():
            remove(PhoneRequest.Kind(waiting.kind), digest, Consent.Source.PHONE, now)
            waiting.delete()


def block_emails(digest: bytes, source: Consent.Source, now: datetime) -> None:
    """Blocks all emails to this mailbox until its owner allows them, and withdraws the consent to email."""
    EmailBlock.objects.get_or_create(digest=digest, defaults={"blocked_on": timezone.localdate(now)})
    withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)


def allow_emails(digest: bytes) -> None:
    """Lifts the block of a mailbox, whose owner has proved to own it or has called the operator."""
    EmailBlock.objects.filter(digest=digest).delete()


def _withdraw(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.withdraw(digest, now)


def _stop_email(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)


def _stop_post(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.stop(digest, Contact.Channel.POST, source, now)


_REMOVERS: dict[PhoneRequest.Kind, Remover] = {
    PhoneRequest.Kind.HIDE_NAME: withdrawal.hide_name,
    PhoneRequest.Kind.STOP_EMAIL: _stop_email,
    PhoneRequest.Kind.STOP_POST: _stop_post,
    PhoneRequest.Kind.WITHDRAW: _withdraw,
    PhoneRequest.Kind.NEVER: block_emails,
}
