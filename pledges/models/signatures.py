"""Supporters: what one POST asked for, the signature it became, and what was kept beside it by wish.

Dates are days wherever a moment would tell more than anybody needs. Digests are keyed (see `pledges.crypto.tokens`):
without the keys, which are outside the database, they lead back to no address.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.inputs.email_providers import Provider
from pledges.inputs.professions import Profession
from pledges.inputs.regions import Region
from pledges.models.abuse import Quarantine
from pledges.models.emails import EmailBlock
from pledges.models.encrypted_fields import DigestField, EncryptedField
from pledges.models.list_visibility import ListVisibility
from pledges.models.pledge_texts import PledgeText


class SignedText(models.ForeignKey):
    """Which pledge text was signed, without a constraint or an index: a trigger refuses to delete a text, nothing
    searches by it, and the constraint would lock the text's one row for every signature.
    """

    def __init__(self, **kwargs: Any) -> None:
        plain = {"to": PledgeText, "on_delete": models.PROTECT, "db_constraint": False, "db_index": False}
        super().__init__(**{**plain, **kwargs})


class PendingSignatureQuerySet(models.QuerySet["PendingSignature"]):
    def alive(self, now: datetime) -> "PendingSignatureQuerySet":
        return self.filter(expires_at__gt=now)


class PendingSignature(models.Model):
    """What one POST of a form asked for, before its mailbox confirmed.

    Each POST has a row and a link of its own, so that a stranger who signs first with my address
    can't decide what I confirm. A confirmed row is emptied and stays until it expires, so that the
    second and the twentieth click on its link succeed too.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    digest = DigestField(max_length=32, help_text="of the mailbox")
    submission_hmac = models.BinaryField(
        max_length=32, unique=True, null=True, help_text="HMAC of all fields: an identical POST finds its row"
    )
    token = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the link's token")
    handle = models.BinaryField(max_length=32, db_index=True, help_text="SHA-256 of the inbox page's handle")
    encrypted_token = EncryptedField(help_text="the token, encrypted, for the email")
    pledge_text = SignedText()
    language = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="of the page, for the emails that ask to confirm; empty: English",
    )
    region = models.CharField(max_length=24, choices=Region, blank=True)
    profession = models.CharField(max_length=24, choices=Profession, blank=True)
    contact = models.BinaryField(null=True, help_text="the sealed email contact, where one was asked for")
    unsubscribe_token = models.BinaryField(
        max_length=32, null=True, help_text="SHA-256 of the token that is sealed in the contact"
    )
    application = EncryptedField(null=True, help_text="an organisation's answers, under the server key")
    email_queued_at = models.DateTimeField(help_text="when its last email was queued")
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="of its short code")
    confirmed_on = models.DateField(null=True, help_text="the day alone: no second stands beside the digest")
    provider = models.CharField(max_length=9, choices=Provider, blank=True, default="")
    client = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="a fingerprint of the client's hash of that day, for 48 hours",
    )
    quarantined_on = models.DateField(null=True)
    quarantine = models.ForeignKey(
        Quarantine, models.SET_NULL, null=True, related_name="pendings", db_index=False
    )
    confirmed_before_rule = models.BooleanField(
        default=False, db_default=False, help_text="whether it was confirmed when a rule marked it"
    )

    objects = PendingSignatureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="pending_digest"),
            models.Index(fields=["email_queued_at"], name="pending_email_queued"),
            models.Index(fields=["quarantine"], name="pending_quarantine", condition=~Q(quarantined_on=None)),
            # What retention looks for; each has the rows that are still to be erased, and no others.
            models.Index(fields=["expires_at"], name="pending_client", condition=~Q(client="")),
            models.Index(
                fields=["confirmed_on"],
                name="pending_provider",
                condition=~Q(provider="") & Q(confirmed_on__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="pending_confirmed_is_empty",
                condition=Q(confirmed_on=None)
                | Q(
                    contact=None,
                    unsubscribe_token=None,
                    application=None,
                    submission_hmac=None,
                    language="",
                    region="",
                    profession="",
                ),
            ),
            models.CheckConstraint(
                name="pending_kind_holds_its_own",
                condition=Q(kind="person", application=None) | Q(kind="organisation", contact=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> "SignatureQuerySet":
        """Those in every public number: released from quarantine, and sample rows in the demo only."""
        rows = self.filter(quarantined_on=None)
        return rows if settings.DEBUG else rows.filter(sample=False)


class Signature(models.Model):
    """One person's yes. Only `signing.confirm` writes one; withdrawing deletes it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = DigestField(max_length=32, unique=True, help_text="of the mailbox: one mailbox, one signature")
    pledge_text = SignedText()
    confirmed_on = models.DateField(db_index=True)
    region = models.CharField(max_length=24, choices=Region, blank=True)
    profession = models.CharField(max_length=24, choices=Profession, blank=True)
    quarantined_on = models.DateField(null=True, blank=True)
    quarantine = models.ForeignKey(
        Quarantine, models.SET_NULL, null=True, related_name="signatures", db_index=False
    )
    name_hidden_at = models.DateTimeField(
        null=True, blank=True, help_text="since when staff hide its public name, whichever name it is"
    )
    sample = models.BooleanField(default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["quarantine"], name="signature_quarantine", condition=~Q(quarantine=None)),
        ]

    def __str__(self) -> str:
        return str(self.ref)


def _newest_day() -> date:
    """Names listed on this day or before are shown: the whole day lies PUBLIC_NAME_DELAY_HOURS back."""
    if not settings.PUBLIC_NAME_DELAY_HOURS:
        return timezone.localdate()
    return timezone.localdate(timezone.now() - timedelta(hours=settings.PUBLIC_NAME_DELAY_HOURS)) - timedelta(
        days=1
    )


class PublicNameQuerySet(models.QuerySet["PublicName"]):
    def shown(self) -> "PublicNameQuerySet":
        """Those in the public list. A new name waits, so that staff can see it first."""
        if ListVisibility.objects.newest().lists_hidden:
            return self.none()
        rows = self.filter(hidden_at=None, signature__quarantined_on=None).filter(
            listed_on__lte=_newest_day()
        )
        return rows if settings.DEBUG else rows.filter(signature__sample=False)

    def to_review(self) -> "PublicNameQuerySet":
        """Those that no member of staff has looked at, the oldest first; within a day in random order."""
        rows = self.filter(hidden_at=None, reviewed_at=None, signature__quarantined_on=None)
        return rows.order_by("listed_on", "ref")

    def newest_first(self) -> "PublicNameQuerySet":
        """By day, and within a day in the random order of the refs: nobody's minute is shown."""
        return self.order_by("-listed_on", "ref")

    def after(self, day: date, ref: uuid.UUID) -> "PublicNameQuerySet":
        """Those that come after the row of this day and ref, newest first."""
        same_day = Q(listed_on=day, ref__gt=ref)
        return self.filter(Q(listed_on__lt=day) | same_day, listed_on__lte=day)


class PublicName(models.Model):
    """The name under which a supporter chose to be shown in the public list."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.OneToOneField(Signature, models.CASCADE, related_name="listing")
    name = models.CharField(_("name"), max_length=100)
    listed_on = models.DateField(_("listed"))
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("looked at"), null=True, help_text="when staff left it in the list")

    objects = PublicNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("public name")
        verbose_name_plural = _("public names")
        permissions = [("hide_publicname", _("Can hide a public name, and show it again"))]
        indexes = [models.Index(fields=["-listed_on", "ref"], name="listing_newest")]

    def __str__(self) -> str:
        return str(self.ref)


class ContactQuerySet(models.QuerySet["Contact"]):
    def usable(self, channel: str) -> "ContactQuerySet":
        """Those of a channel that the campaign may write to."""
        return self.filter(~_set_aside(), channel=channel)

    def set_aside(self, channel: str) -> "ContactQuerySet":
        """The others: their signature is in quarantine or a sample, or their mailbox is blocked."""
        return self.filter(_set_aside(), channel=channel)

    def to_remove(self, channel: str) -> "ContactQuerySet":
        """Those set aside that must go from copies of earlier exports too.

        Not those in quarantine: staff can still release them, and take back for seven days that they are invalid.
        Afterwards they are erased, and the trigger notes each as a Removal.
        """
        return self.set_aside(channel).filter(signature__quarantined_on=None)


def _set_aside() -> Q:
    counted = Signature.objects.counted().filter(pk=models.OuterRef("signature"))
    blocked = EmailBlock.objects.filter(digest=models.OuterRef("signature__digest"))
    return ~Q(models.Exists(counted)) | Q(models.Exists(blocked), channel=Contact.Channel.EMAIL)


class Contact(models.Model):
    """How to reach one supporter through one channel, sealed: no key of this server opens it."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("email")
        POST = "post", _("post")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=5, choices=Channel)
    sealed = models.BinaryField()
    unsubscribe_token = models.BinaryField(
        max_length=32,
        null=True,
        unique=True,
        help_text="SHA-256 of the token sealed with it, which stands in the campaign's emails as their way out",
    )
    keep_until = models.DateField(db_index=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "channel"], name="contact_channel")]

    def __str__(self) -> str:
        return str(self.ref)


class Consent(models.Model):
    """A sentence that a supporter agreed to or took back, or whose time ended. Append-only: a trigger
    refuses UPDATE.
    """

    class Purpose(models.TextChoices):
        PLEDGE = "pledge", _("record a political opinion")
        LISTING = "listing", _("show a name")
        EMAIL = "email", _("contact by email")
        POST = "post", _("contact by post")

    class Act(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended: its time was over")

    class Source(models.TextChoices):
        CONFIRM_PAGE = "confirm-page", _("confirm page")
        MY_PLEDGE = "my-pledge", _("my pledge")
        EMAIL_LINK = "email-link", _("link in an email")
        PHONE = "phone", _("phone")
        MAILING_TOOL = "mailing-tool", _("mailing tool")
        CLOCK = "clock", _("automatic deletion")

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="consents")
    act = models.CharField(max_length=9, choices=Act)
    purpose = models.CharField(max_length=7, choices=Purpose)
    pledge_text = SignedText()
    recorded_on = models.DateField()
    source = models.CharField(max_length=12, choices=Source)

    def __str__(self) -> str:
        return f"{self.purpose} {self.act} {self.recorded_on}"


class NameReport(models.Model):
    """What somebody reported about a name in the public lists; erased 30 days later."""

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", _("It insults or threatens")
        NOT_THEIRS = "not-theirs", _("It is my name or my organisation’s, and we did not sign")
        FALSE = "false", _("There is no such person or organisation")
        MISSPELT = "misspelt", _("It is misspelt")

    name = models.CharField(_("name"), max_length=150)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    reported_on = models.DateField(_("reported"))
    settled_at = models.DateTimeField(_("looked at"), null=True)

    class Meta:
        verbose_name = _("reported name")
        verbose_name_plural = _("reported names")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["name", "reason"], condition=models.Q(settled_at=None), name="name_report_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NameDecision(models.Model):
    """That staff hid a public name, or showed it again: who, when and why. Append-only: a trigger refuses."""

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", _("It insults or threatens")
        FALSE = "false", _("It is not the signer's name")
        NOT_A_NAME = "not-a-name", _("It is not a name")
        ASKED = "asked", _("The supporter asked for it")
        MISTAKE = "mistake", _("It was hidden by mistake")

    public_name_ref = models.UUIDField(db_index=True)
    hidden = models.BooleanField(_("hidden"), help_text=_("Otherwise it was shown again."))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("hidden name")
        verbose_name_plural = _("hidden names")

    def __str__(self) -> str:
        return str(self.public_name_ref)
