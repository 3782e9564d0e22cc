"""What changes an account of staff beside its form: inviting its owner, and resetting a lost second factor."""

from datetime import datetime

from django.db import transaction

from campaign.staff import devices
from campaign.staff.models import StaffUser
from pledges.emails import queue
from pledges.inputs.email_address import mailbox
from pledges.models import QueuedEmail


def invite(user: StaffUser, now: datetime) -> None:
    """Queues an email with a link by which the owner sets a password: the first one, or another if it was forgotten."""
    queue.write(QueuedEmail.Kind.INVITATION, user.ref, mailbox(user.email), now)


def reset_factor(user: StaffUser, now: datetime) -> None:
    """Removes every second factor of the account, ends its sessions, and queues an email that tells its owner."""
    with transaction.atomic():
        devices.reset(user)
        queue.write(QueuedEmail.Kind.FACTOR_RESET, user.ref, mailbox(user.email), now)
