"""The events of a staff account that its owner gets an email about: invitation, new sign-in, reset of the factor."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from campaign.staff import devices
from campaign.staff.models import StaffUser
from pledges.emails import queue
from pledges.inputs.email_address import mailbox
from pledges.models import QueuedEmail

# With this text the admin's log shows that a reset was made on the command line.
RESET_BY_COMMAND = "The second factor was reset on the command line."


def invite(user: StaffUser, now: datetime) -> None:
    """Queues an email with a link to set a password: the first one, or a new one if it was forgotten."""
    queue.add(QueuedEmail.Kind.INVITATION, user.ref, mailbox(user.email), now)


def reset_factor(user: StaffUser, now: datetime) -> None:
    """Removes every second factor of the account, ends its sessions, and queues an email that tells its owner."""
    with transaction.atomic():
        devices.reset(user)
        queue.add(QueuedEmail.Kind.FACTOR_RESET, user.ref, mailbox(user.email), now)


def reset_factor_by_command(user: StaffUser, now: datetime) -> None:
    """Resets the factor as `reset_factor` does, and records it in the admin's log as done on the command line.

    On the command line there is no signed-in user: the entry's user, which Django requires, is the account itself.
    """
    with transaction.atomic():
        reset_factor(user, now)
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(StaffUser),
            object_id=str(user.pk),
            object_repr=f"staff {user.pk}",
            action_flag=CHANGE,
            change_message=RESET_BY_COMMAND,
        )


def tell_of_sign_in(user: StaffUser, now: datetime) -> None:
    """Queues an email that tells the owner of a sign-in from a browser that never signed in to this account before."""
    queue.add(QueuedEmail.Kind.NEW_SIGN_IN, user.ref, mailbox(user.email), now)
