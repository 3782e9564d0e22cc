"""The emails that ask to confirm. Each function is called when its email is sent; None: it is no longer wanted."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from pledges.emails import compose
from pledges.models import PendingSignature, QueuedEmail
from pledges.organisations.emails import awaiting_confirmation


@compose.composes(QueuedEmail.Kind.CONFIRM)
def confirm(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The link and the code; the same words whether the mailbox has signed before: anybody can cause this email."""
    pending = awaiting_confirmation(letter, now)
    if pending is None:
        return None
    if pending.is_organisation:
        return compose.confirmation_email("confirm_organisation", letter, pending)
    return compose.confirmation_email("confirm", letter, pending)


@compose.composes(QueuedEmail.Kind.REMINDER)
def reminder(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Once, after two days; falls away for a mailbox that has confirmed another form since, or was reminded of one.

    Whether it had signed before makes no difference: no missing email tells the person who typed its address.
    An organisation's does not fall away: who signs for it may sign as a person from the same mailbox, or for others.
    """
    pending = awaiting_confirmation(letter, now)
    if pending is None:
        return None
    if pending.is_organisation:
        return compose.confirmation_email("reminder_organisation", letter, pending)
    if _has_confirmed_since(pending) or _is_reminded(pending):
        return None
    return None if _has_newer(pending, now) else compose.confirmation_email("reminder", letter, pending)


def _has_newer(pending: PendingSignature, now: datetime) -> bool:
    """Whether a later form with this mailbox waits for a yes: a reminder belongs to the newest."""
    forms = PendingSignature.objects.alive(now).filter(
        kind=pending.kind, digest=pending.digest, confirmed_on=None
    )
    return forms.filter(email_queued_at__gt=pending.email_queued_at).exists()


def _has_confirmed_since(pending: PendingSignature) -> bool:
    forms = PendingSignature.objects.filter(kind=pending.kind, digest=pending.digest)
    return forms.filter(confirmed_on__gte=timezone.localdate(pending.email_queued_at)).exists()


def _is_reminded(pending: PendingSignature) -> bool:
    """Whether this mailbox had its reminder, of this form or of another that it was typed into."""
    forms = PendingSignature.objects.filter(kind=pending.kind, digest=pending.digest)
    reminders = QueuedEmail.objects.filter(kind=QueuedEmail.Kind.REMINDER, ref__in=forms.values("ref"))
    return reminders.exclude(sent_at=None).exists()
