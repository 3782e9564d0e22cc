"""Requests that supporter care takes on the phone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.models.encrypted_fields import DigestField


class PhoneRequest(models.Model):
    """That a member of staff took a request on the phone, and which: never whose. Append-only: a trigger refuses.

    Every request only takes away or emails the owner, so that a caller who pretends to be somebody can neither add nor
    learn anything.
    """

    class Wish(models.TextChoices):
        HIDE_NAME = "hide-name", _("Take my name off the public list")
        STOP_EMAIL = "stop-email", _("Stop emailing me about the campaign")
        STOP_POST = "stop-post", _("Stop writing to me by post")
        WITHDRAW = "withdraw", _("Withdraw my signature and erase everything")
        NEVER = "never", _("Never email this address again")

        @property
        def is_final(self) -> bool:
            """Whether it can't be undone, and so asks for a tick of its own."""
            return self in (PhoneRequest.Wish.WITHDRAW, PhoneRequest.Wish.NEVER)

    # The one that takes nothing away: the owner of the mailbox got the link to "My pledge".
    LINK = "link", _("Link to My pledge sent")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wish = models.CharField(_("request"), max_length=10, choices=[*Wish.choices, LINK])
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken by"))
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")

    def __str__(self) -> str:
        return self.get_wish_display()


class ScheduledPhoneRequest(models.Model):
    """What a caller asked to have taken away, until the worker does it at a random time within a day.

    Done at once it could be seen: the public figures or the list of names would change right after the call.
    """

    wish = models.CharField(max_length=10, choices=PhoneRequest.Wish)
    digest = DigestField(max_length=32, db_index=True, help_text="of the mailbox that the caller named")
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.get_wish_display()
