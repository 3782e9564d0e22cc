"""The queue of emails, and the mailboxes that are blocked."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from pledges.models.encrypted_fields import DigestField, EncryptedField

# When it was sent, dropped or given up, whichever it was; NULL while it waits.
ENDED_AT = Greatest("sent_at", "dropped_at", "failed_at")


class QueuedEmail(models.Model):
    """An email that waits to be sent, and for seven days after it ended a trace of it. This table is the queue.

    `ref` is the ref of the row that the email is about. The address (`mailbox`) is stored encrypted until the email is
    sent, given up or dropped; a constraint requires that it is erased then. The same applies to the text of a
    complaint, which is the only email with text that a visitor typed, and goes to the controller only.
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
    digest = DigestField(max_length=32, help_text="of the mailbox, for its daily limit of emails")
    mailbox = EncryptedField(null=True, help_text="the address, encrypted")
    words = EncryptedField(null=True, help_text="a complaint, encrypted; empty for all other emails")
    network = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="until it is sent, the network that asked for it, as a hash of that day (`rate_limits.network`)",
    )
    language = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="of a link to My pledge, until it is sent: that of the page on which it was asked for",
    )
    due_at = models.DateTimeField(_("due"))
    leased_until = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True, help_text="when it was counted for the limit of its mailbox")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)
    refusal = models.CharField(
        _("refusal"), max_length=40, blank=True, help_text="the SMTP code, without the server's text"
    )

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [
            models.Index(
                fields=["due_at"], name="email_waiting", condition=Q(sent_at=None, dropped_at=None, failed_at=None)
            ),
            models.Index(fields=["digest", "counted_at"], name="email_counted"),
            models.Index(
                fields=["network"],
                name="email_network",
                condition=Q(sent_at=None, dropped_at=None, failed_at=None) & ~Q(network=""),
            ),
            models.Index(fields=["failed_at"], name="email_failed", condition=Q(failed_at__isnull=False)),
            models.Index(ENDED_AT, name="email_ended"),
        ]
        constraints = [
            models.CheckConstraint(
                name="email_ended_is_empty",
                condition=Q(mailbox=None, words=None, network="", language="")
                | Q(sent_at=None, dropped_at=None, failed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_to_ourselves(self) -> bool:
        """Whether it goes to the controller: it is never blocked and never given up."""
        return self.kind == self.Kind.COMPLAINT

    @property
    def is_to_staff(self) -> bool:
        """Whether it goes to a member of staff about their account: such emails are never blocked."""
        return self.kind in (
            self.Kind.INVITATION,
            self.Kind.FACTOR_RESET,
            self.Kind.FACTOR_CHANGED,
            self.Kind.NEW_SIGN_IN,
            self.Kind.NOTICE,
        )

    @property
    def is_counted(self) -> bool:
        """Whether anyone can have it sent, by typing the address into a form: `mailbox_limits` limits these.

        Emails that staff or the site itself cause are not limited, such as the one that tells an owner about a call.
        """
        return self.kind in (self.Kind.CONFIRM, self.Kind.REMINDER, self.Kind.MINE)

    @property
    def is_regular(self) -> bool:
        """Whether it is sent regularly: then it has headers to unsubscribe (RFC 8058)."""
        return self.kind == self.Kind.YEARLY


class EmailBlock(models.Model):
    """A mailbox that gets no emails until its owner allows them again; only its digest is stored."""

    digest = DigestField(max_length=32, unique=True)
    blocked_on = models.DateField()
    asked_on = models.DateField(
        null=True, help_text="when it was last asked, because of a form, whether we may email it again"
    )

    def __str__(self) -> str:
        return str(self.blocked_on)
