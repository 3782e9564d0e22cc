"""Requests that staff in supporter care take on the phone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.models.encrypted_fields import DigestField


class PhoneRequest(models.Model):
    """A member of staff took a request on the phone: which one, but not whose. Append-only: a trigger refuses changes.

    A request only removes something or emails the owner, so that a caller who pretends to be someone else can neither
    add nor learn anything.
    """

    class Kind(models.TextChoices):
        HIDE_NAME = "hide-name", _("Take my name off the public list")
        STOP_EMAIL = "stop-email", _("Stop emailing me about the campaign")
        STOP_POST = "stop-post", _("Stop writing to me by post")
        WITHDRAW = "withdraw", _("Withdraw my signature and erase everything")
        NEVER = "never", _("Never email this address again")

        @property
        def is_final(self) -> bool:
            """Whether it can't be undone, so that it needs a checkbox of its own."""
            return self in (PhoneRequest.Kind.WITHDRAW, PhoneRequest.Kind.NEVER)

    # The one that removes nothing: the owner of the mailbox was emailed the link to "My pledge".
    LINK = "link", _("Link to My pledge sent")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("request"), max_length=10, choices=[*Kind.choices, LINK])
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken by"))
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("phone request")
        verbose_name_plural = _("phone requests")

    def __str__(self) -> str:
        return self.get_kind_display()


class ScheduledPhoneRequest(models.Model):
    """What a caller asked us to remove; the worker does it at a random time within a day.

    If it were done at once, a change of the public numbers or names right after the call would show that it was done.
    """

    kind = models.CharField(max_length=10, choices=PhoneRequest.Kind)
    digest = DigestField(max_length=32, db_index=True, help_text="of the mailbox that the caller named")
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.get_kind_display()
