"""The emails that ask to confirm a form, and the reminder. They are composed in batches, because there are many."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone

from pledges.emails import compose
from pledges.models import QueuedEmail
from pledges.organisations.emails import all_awaiting_confirmation

# When the reminder is sent, counted from the first email.
REMINDER_AFTER = timedelta(hours=48)

OneComposer = Callable[[QueuedEmail], EmailMultiAlternatives | None]


@compose.composes_together(QueuedEmail.Kind.CONFIRM)
def confirm(emails: list[QueuedEmail], now: datetime) -> OneComposer:
    """Composes the email with the link and the code.

    The text is the same whether or not the mailbox has signed before, because anyone can cause this email.
    """
    pendings = all_awaiting_confirmation(emails, now)

    def compose_one(email: QueuedEmail) -> EmailMultiAlternatives | None:
        pending = pendings.get(email.ref)
        if pending is None:
            return None
        name = "confirm_organisation" if pending.is_organisation else "confirm"
        return compose.confirmation_email(name, email, pending)

    return compose_one


@compose.composes_together(QueuedEmail.Kind.REMINDER)
def reminder(emails: list[QueuedEmail], now: datetime) -> OneComposer:
    """Composes the reminder, which is sent once, after REMINDER_AFTER.

    It is dropped if the mailbox has confirmed another form since, was reminded of one, or has a newer form that waits.
    Whether it had signed before makes no difference, so that a missing email does not show it. An organisation's
    reminder is not dropped, because one mailbox may sign as a person and for several organisations.
    """
    pendings = all_awaiting_confirmation(emails, now)
    needless, reminded = needless_reminders(list(pendings), now), set[bytes]()

    def compose_one(email: QueuedEmail) -> EmailMultiAlternatives | None:
        pending, digest = pendings.get(email.ref), bytes(email.digest)
        if pending is None:
            return None
        if pending.is_organisation:
            return compose.confirmation_email("reminder_organisation", email, pending)
        if email.ref in needless or digest in reminded:
            return None
        reminded.add(digest)
        return compose.confirmation_email("reminder", email, pending)

    return compose_one


_NEEDLESS = """
SELECT pending.ref FROM pledges_pendingsignature AS pending
WHERE pending.ref = ANY(%(refs)s) AND pending.kind = 'person' AND EXISTS (
    SELECT FROM pledges_pendingsignature AS other
    WHERE other.digest = pending.digest AND other.kind = pending.kind AND (
        other.confirmed_on >= (pending.email_queued_at AT TIME ZONE %(zone)s)::date
        OR (other.confirmed_on IS NULL AND other.expires_at > %(now)s
            AND (other.email_queued_at, other.id) > (pending.email_queued_at, pending.id))
        OR EXISTS (SELECT FROM pledges_queuedemail AS reminder
            WHERE reminder.ref = other.ref AND reminder.kind = 'reminder' AND reminder.sent_at IS NOT NULL)))
"""


def needless_reminders(refs: list[UUID], now: datetime) -> set[UUID]:
    """Returns the refs of people's forms that need no reminder.

    Their mailbox has confirmed a form since, has a newer one, or was reminded of one.
    """
    with connection.cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(_NEEDLESS, {"refs": refs, "now": now, "zone": zone})
        return {ref for (ref,) in cursor.fetchall()}
