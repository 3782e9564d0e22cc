""" "My pledge": emails the owner of a mailbox a link, and removes what they no longer want to be stored.

It only removes. To add or change something, people sign again: confirming replaces the earlier choices.
`phone_requests.service` removes by the same functions what callers asked for.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.inputs.email_address import Mailbox
from pledges.models import Consent, Contact, EmailBlock, PhoneRequest, QueuedEmail
from pledges.my_pledge import withdrawal


def ask(mailbox: Mailbox, now: datetime, network: str = "", language: str = "") -> None:
    """Queues the email with the link to "My pledge", whether or not anything is stored about the mailbox.

    Does nothing while such an email waits. `network` as in `signing.sign`; `language` as in `queue.add`.
    """
    due = queue.due_at(network, now)  # raised whether or not one is queued, so that it does not show that
    if not queue.is_queued(QueuedEmail.Kind.MINE, tokens.digest(mailbox.identity)):
        queue.add(QueuedEmail.Kind.MINE, uuid4(), mailbox, due, network=network, language=language)


def remove(kind: PhoneRequest.Kind, digest: bytes, source: Consent.Source, now: datetime) -> None:
    """Removes what `kind` names, if it is stored; the caller does not learn whether it was."""
    with transaction.atomic():
        match kind:
            case PhoneRequest.Kind.HIDE_NAME:
                withdrawal.hide_name(digest, source, now)
            case PhoneRequest.Kind.STOP_EMAIL:
                withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)
            case PhoneRequest.Kind.STOP_POST:
                withdrawal.stop(digest, Contact.Channel.POST, source, now)
            case PhoneRequest.Kind.WITHDRAW:
                withdrawal.withdraw(digest, now)
            case PhoneRequest.Kind.NEVER:
                block_emails(digest, source, now)
            case _:
                raise ValueError(kind)


def block_emails(digest: bytes, source: Consent.Source, now: datetime) -> None:
    """Blocks all emails to this mailbox until its owner allows them, and withdraws the consent to email."""
    EmailBlock.objects.get_or_create(digest=digest, defaults={"blocked_on": timezone.localdate(now)})
    withdrawal.stop(digest, Contact.Channel.EMAIL, source, now)


def allow_emails(digest: bytes) -> None:
    """Lifts the block of a mailbox, whose owner has proved to own it or has called the operator."""
    EmailBlock.objects.filter(digest=digest).delete()
