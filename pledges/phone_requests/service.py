"""Records what callers asked staff to remove, and removes it at a random time within a day.

The answers do not show whether there was anything to remove.
"""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.inputs.email_address import Mailbox
from pledges.models import Consent, EmailBlock, PendingSignature, PhoneRequest, QueuedEmail, ScheduledPhoneRequest
from pledges.my_pledge import service as my_pledge

# A caller's request is carried out at a random time within this period.
CARRIED_OUT_WITHIN = timedelta(days=1)


def record(kind: PhoneRequest.Kind, mailbox: Mailbox, by: AbstractBaseUser, now: datetime) -> PhoneRequest:
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
            wait = timedelta(seconds=1 + secrets.randbelow(int(CARRIED_OUT_WITHIN.total_seconds())))
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
        my_pledge.ask(mailbox, now)
        PhoneRequest.objects.create(kind=PhoneRequest.LINK[0], taken_by_id=by.pk, taken_at=now)


def _same_request_waiting(kind: PhoneRequest.Kind, digest: bytes) -> PhoneRequest | None:
    """The same request for the same mailbox whose email to the owner is not sent yet: the form was sent twice."""
    waiting = queue.queued_refs(QueuedEmail.Kind.CALL, digest)
    return PhoneRequest.objects.filter(ref__in=waiting, kind=kind).first()


def carry_out_due(now: datetime) -> None:
    """Carries out the scheduled phone requests that are due."""
    for request in ScheduledPhoneRequest.objects.filter(due_at__lte=now).order_by("due_at"):
        _carry_out(request, now)


def _carry_out(request: ScheduledPhoneRequest, now: datetime) -> None:
    """Carries out one, unless another worker did, or the owner has confirmed a form meanwhile."""
    digest = bytes(request.digest)
    with transaction.atomic():
        # Locks the pending signatures first, as confirming does (see `my_pledge.withdrawal`).
        list(PendingSignature.objects.filter(digest=digest).order_by("pk").select_for_update())
        if waiting := ScheduledPhoneRequest.objects.select_for_update().filter(pk=request.pk).first():
            my_pledge.remove(PhoneRequest.Kind(waiting.kind), digest, Consent.Source.PHONE, now)
            waiting.delete()
