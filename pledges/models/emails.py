"""The queue of letters, and the mailboxes that want none."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from pledges.models.encrypted_fields import DigestField, EncryptedField

# When it was sent, dropped or given up: one of the three; NULL while it waits.
ENDED_AT = Greatest("sent_at", "dropped_at", "failed_at")


class QueuedEmail(models.Model):
    """An email waiting to be sent, and what is left of it for seven days: this table is the queue.

    `ref` names the row that the letter is about. The mailbox stands here under the server key until
    the letter is sent, given up or dropped; a constraint sees to it that it is erased then. So do the
    words of a complaint, the one letter that brings somebody's own words, and only to the controller.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("please confirm")
        REMINDER = "reminder", _("reminder")
        MINE = "mine", _("link to my pledge")
        CALL = "call", _("what a caller asked for")
        APPROVED = "approved", _("organisation approved")
        DECLINED = "declined", _("organisation declined")
        WITHDRAWN = "withdrawn", _("organisation withdrawn")
        QUESTION = "question", _("question to an organisation")
        CONTACT = "contact", _("new contact of an organisation")
        YEARLY = "yearly", _("yearly question to an organisation")
        COMPLAINT = "complaint", _("complaint to the controller")
        INVITATION = "invitation", _("invitation of a member of staff")
        NOTICE = "notice", _("what waits, to a member of staff")
        FACTOR_RESET = "factor-reset", _("a member of staff's second factor was reset")
        FACTOR_CHANGED = "factor-changed", _("a member of staff's second factor changed")
        NEW_SIGN_IN = "new-sign-in", _("sign-in of a member of staff from a new browser")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    ref = models.UUIDField(db_index=True)
    digest = DigestField(max_length=32, help_text="of the mailbox, for its limit of letters a day")
    mailbox = EncryptedField(null=True, help_text="the address under the server key")
    words = EncryptedField(null=True, help_text="a complaint under the server key; other letters have none")
    network = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="the hash of that day of the network that asked for it (`limits.network`), until it is sent",
    )
    due_at = models.DateTimeField(_("due"))
    leased_until = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(
        null=True, help_text="when it took a place among its mailbox's letters of a day"
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)
    refusal = models.CharField(
        _("refusal"), max_length=40, blank=True, help_text="the SMTP code, no words of the server"
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_waiting",
                condition=Q(sent_at=None, dropped_at=None, failed_at=None),
            ),
            models.Index(fields=["digest", "counted_at"], name="letter_places"),
            models.Index(
                fields=["network"],
                name="letter_network",
                condition=Q(sent_at=None, dropped_at=None, failed_at=None) & ~Q(network=""),
            ),
            models.Index(fields=["failed_at"], name="letter_parked", condition=Q(failed_at__isnull=False)),
            models.Index(ENDED_AT, name="email_ended"),
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_ended_is_empty",
                condition=Q(mailbox=None, words=None, network="")
                | Q(sent_at=None, dropped_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_to_ourselves(self) -> bool:
        """Whether it goes to the controller: never blocked, never given up."""
        return self.kind == self.Kind.COMPLAINT

    @property
    def is_to_staff(self) -> bool:
        """Whether it goes to a member of staff about their account: never blocked, as the account can't do without."""
        return self.kind in (
            self.Kind.INVITATION,
            self.Kind.FACTOR_RESET,
            self.Kind.FACTOR_CHANGED,
            self.Kind.NEW_SIGN_IN,
            self.Kind.NOTICE,
        )

    @property
    def is_counted(self) -> bool:
        """Whether a stranger can have it sent, by typing the address into a form: so many a day, and no more.

        What we write ourselves is not held up by them: above all the letter that tells an owner of a call.
        """
        return self.kind in (self.Kind.CONFIRM, self.Kind.REMINDER, self.Kind.MINE)

    @property
    def is_regular(self) -> bool:
        """Whether it comes again and again unasked: mail programs are told how to end it (RFC 8058)."""
        return self.kind == self.Kind.YEARLY


class EmailBlock(models.Model):
    """A mailbox that is never to be written to again, until its owner allows it: its digest alone."""

    digest = DigestField(max_length=32, unique=True)
    blocked_on = models.DateField()
    asked_on = models.DateField(
        null=True, help_text="when an email last asked whether we may write again, because of a form"
    )

    def __str__(self) -> str:
        return str(self.blocked_on)
