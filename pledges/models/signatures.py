"""Signatures of supporters, and their contacts and consents.

If the time is not needed, only the day is stored. The digest of a mailbox is keyed (see `pledges.crypto.tokens`):
without the keys, which are not in the database, it can't be traced to an address.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pledges.models.abuse import Quarantine
from pledges.models.counted import Counted
from pledges.models.emails import EmailBlock
from pledges.models.encrypted_fields import DigestField
from pledges.models.pledge_texts import SignedText


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> "SignatureQuerySet":
        """The signatures in every public number: those not in quarantine, and samples in the demo only."""
        rows = self.filter(quarantined_on=None)
        return rows if settings.DEBUG else rows.filter(sample=False)


class Signature(Counted):
    """One person's signature. Only `signing.confirm` writes one; withdrawing deletes it."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = DigestField(max_length=32, unique=True, help_text="of the mailbox: one mailbox, one signature")
    pledge_text = SignedText()
    confirmed_on = models.DateField(db_index=True)
    quarantined_on = models.DateField(null=True, blank=True)
    quarantine = models.ForeignKey(Quarantine, models.SET_NULL, null=True, related_name="signatures", db_index=False)
    name_hidden_at = models.DateTimeField(
        null=True, blank=True, help_text="since when staff hide its public name, whichever name it is"
    )
    sample = models.BooleanField(default=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["quarantine"], name="signature_quarantine", condition=~Q(quarantine=None)),
            models.Index(
                fields=["id"], name="signature_not_counted", condition=Q(quarantined_on__isnull=False) | Q(sample=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class ContactQuerySet(models.QuerySet["Contact"]):
    def usable(self, channel: str) -> "ContactQuerySet":
        """The contacts of a channel that the campaign may use."""
        return self.filter(~_unusable(), channel=channel)

    def to_remove(self, channel: str) -> "ContactQuerySet":
        """The unusable contacts that must be deleted from copies of earlier exports too.

        Not those in quarantine: staff can still release them, and for seven days reopen a decision that they are
        invalid. Afterwards they are erased, and a trigger records each as a Removal.
        """
        return self.filter(_unusable(), channel=channel, signature__quarantined_on=None)


def _unusable() -> Q:
    """The condition: the signature is in quarantine or a sample, or the mailbox is blocked."""
    counted = Signature.objects.counted().filter(pk=models.OuterRef("signature"))
    blocked = EmailBlock.objects.filter(digest=models.OuterRef("signature__digest"))
    return ~Q(models.Exists(counted)) | Q(models.Exists(blocked), channel=Contact.Channel.EMAIL)


class Contact(models.Model):
    """How to reach one supporter through one channel, sealed to the key holders: this server can't decrypt it."""

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
        help_text="SHA-256 of the token sealed with it, which is in the unsubscribe link of the campaign's emails",
    )
    keep_until = models.DateField(db_index=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "channel"], name="contact_channel")]

    def __str__(self) -> str:
        return str(self.ref)


class Consent(models.Model):
    """A supporter gave or withdrew a consent, or it expired. Append-only: a trigger refuses UPDATE."""

    class Purpose(models.TextChoices):
        PLEDGE = "pledge", _("record a political opinion")
        PUBLIC_NAME = "public_name", _("show a name")
        EMAIL = "email", _("contact by email")
        POST = "post", _("contact by post")

    class Act(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class Source(models.TextChoices):
        CONFIRM_PAGE = "confirm-page", _("confirm page")
        MY_PLEDGE = "my-pledge", _("my pledge")
        EMAIL_LINK = "email-link", _("link in an email")
        PHONE = "phone", _("phone")
        MAILING_TOOL = "mailing-tool", _("mailing tool")
        RETENTION_JOB = "retention", _("automatic deletion")

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="consents")
    act = models.CharField(max_length=9, choices=Act)
    purpose = models.CharField(max_length=11, choices=Purpose)
    pledge_text = SignedText()
    recorded_on = models.DateField()
    source = models.CharField(max_length=12, choices=Source)

    def __str__(self) -> str:
        return f"{self.purpose} {self.act} {self.recorded_on}"
