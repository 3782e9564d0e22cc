"""My pledge: the owner of a mailbox asks for a key, and takes away what they no longer want held.

It only takes away. To add or change something one signs again: confirming replaces the earlier choices.
Supporter care does the same for a caller, by the same acts, and learns nothing by it.
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

# A caller's wish is carried out at a random time within this.
WITHIN = timedelta(days=1)

Act = Callable[[bytes, Consent.Source, datetime], object]


def ask(mailbox: Mailbox, now: datetime, network: str = "") -> None:
    """One letter to the mailbox, whatever is held of it: what it says is decided when it is sent.

    One that waits is enough, so that nobody makes a queue of them. `network` as in `signing.sign`.
    """
    due = queue.due_at(network, now)  # whether or not one is queued: a full queue must not tell
    if not queue.is_queued(QueuedEmail.Kind.MINE, tokens.digest(mailbox.identity)):
        queue.add(QueuedEmail.Kind.MINE, uuid4(), mailbox, due, network)


def fulfil(wish: PhoneRequest.Wish, digest: bytes, source: Consent.Source, now: datetime) -> None:
    """Does what was wished, if there is anything to do it to; nothing tells whether there was."""
    with transaction.atomic():
        _ACTS[wish](digest, source, now)


def take_call(wish: PhoneRequest.Wish, mailbox: Mailbox, by: AbstractBaseUser, now: datetime) -> PhoneRequest:
    """Records that a caller had a wish, and writes to the owner, known or not, what was asked.

    The wish itself waits for the worker, for a random time within a day: a caller who then watches the public
    pages, or the staff who took the call, would else see what it did.
    """
    digest = tokens.digest(mailbox.identity)
    with transaction.atomic():
        call = _still_to_be_told(wish, digest)
        if call is None:
            call = PhoneRequest.objects.create(wish=wish, taken_by_id=by.pk, taken_at=now)
            queue.add(QueuedEmail.Kind.CALL, call.ref, mailbox, now)
            wait = timedelta(seconds=1 + secrets.randbelow(int(WITHIN.total_seconds())))
            ScheduledPhoneRequest.objects.create(wish=wish, digest=digest, due_at=now + wait)
    return call


def send_link_for_caller(mailbox: Mailbox, by: AbstractBaseUser, now: datetime) -> None:
    """Emails the owner the link to My pledge, or, where they blocked our emails, the question whether we may write.

    That question is otherwise emailed once a week at most. Twice while the email still waits is done once.
    """
    digest = tokens.digest(mailbox.identity)
    with transaction.atomic():
        if queue.is_queued(QueuedEmail.Kind.MINE, digest):
            return
        EmailBlock.objects.filter(digest=digest).update(asked_on=None)
        ask(mailbox, now)
        PhoneRequest.objects.create(wish=PhoneRequest.LINK[0], taken_by_id=by.pk, taken_at=now)


def _still_to_be_told(wish: PhoneRequest.Wish, digest: bytes) -> PhoneRequest | None:
    """The same wish of the same mailbox, where its owner's email has not gone out yet: a form sent twice."""
    waiting = queue.queued_refs(QueuedEmail.Kind.CALL, digest)
    return PhoneRequest.objects.filter(ref__in=waiting, wish=wish).first()


def carry_out(now: datetime) -> None:
    """Does what callers asked for, where its time has come."""
    for request in ScheduledPhoneRequest.objects.filter(due_at__lte=now).order_by("due_at"):
        _carry_out(request, now)


def _carry_out(request: ScheduledPhoneRequest, now: datetime) -> None:
    """Unless another worker did it, or its owner has confirmed a form meanwhile."""
    digest = bytes(request.digest)
    with transaction.atomic():
        # Pendings first, as confirming does (see `withdrawing`).
        list(PendingSignature.objects.filter(digest=digest).order_by("pk").select_for_update())
        if waiting := ScheduledPhoneRequest.objects.select_for_update().filter(pk=request.pk).first():
            fulfil(PhoneRequest.Wish(waiting.wish), digest, Consent.Source.PHONE, now)
            waiting.delete()


def block_emails(digest: bytes, source: Consent.Source, now: datetime) -> None:
    """No letter goes to this mailbox until its owner allows it; a consent to email is taken back with it."""
    EmailBlock.objects.get_or_create(digest=digest, defaults={"blocked_on": timezone.localdate(now)})
    withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)


def allow_emails(digest: bytes) -> None:
    """The owner of a mailbox wants letters again, and has proved to be it or called the volunteer."""
    EmailBlock.objects.filter(digest=digest).delete()


def _withdraw(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.withdraw(digest, now)


def _stop_email(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)


def _stop_post(digest: bytes, source: Consent.Source, now: datetime) -> None:
    withdrawal.stop(digest, Contact.Channel.POST, source, now)


_ACTS: dict[PhoneRequest.Wish, Act] = {
    PhoneRequest.Wish.HIDE_NAME: withdrawal.hide_name,
    PhoneRequest.Wish.STOP_EMAIL: _stop_email,
    PhoneRequest.Wish.STOP_POST: _stop_post,
    PhoneRequest.Wish.WITHDRAW: _withdraw,
    PhoneRequest.Wish.NEVER: block_emails,
}
