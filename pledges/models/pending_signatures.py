"""What a form asked for, until its mailbox confirms it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pledges.inputs.email_providers import Provider
from pledges.models.abuse import Quarantine
from pledges.models.counted import COUNTED, Counted
from pledges.models.encrypted_fields import DigestField, EncryptedField
from pledges.models.pledge_texts import SignedText


class PendingSignatureQuerySet(models.QuerySet["PendingSignature"]):
    def unexpired(self, now: datetime) -> "PendingSignatureQuerySet":
        """The rows that are not yet due to be erased, confirmed or not; links to the others do not work."""
        return self.filter(expires_at__gt=now)


class PendingSignature(Counted):
    """One sent form, before its mailbox has confirmed it.

    Each POST has its own row and its own link, so that a stranger who signs first with my address does not decide
    what I confirm. A confirmed row is emptied and stays until it expires, so that further clicks on its link succeed
    as well.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    digest = DigestField(max_length=32, help_text="of the mailbox")
    submission_hmac = models.BinaryField(
        max_length=32, unique=True, null=True, help_text="HMAC of all fields, by which an identical POST finds its row"
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
    contact = models.BinaryField(null=True, help_text="the sealed email contact, if one was asked for")
    unsubscribe_token = models.BinaryField(
        max_length=32, null=True, help_text="SHA-256 of the token that is sealed in the contact"
    )
    application = EncryptedField(null=True, help_text="an organisation's answers, encrypted")
    email_queued_at = models.DateTimeField(help_text="when its last email was queued")
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often its code was tried")
    confirmed_on = models.DateField(
        null=True, help_text="a day, because an exact time next to the digest would show more"
    )
    provider = models.CharField(max_length=9, choices=Provider, blank=True, default="")
    client = models.CharField(
        max_length=32, blank=True, default="", help_text="for 48 hours, a hash of the client's daily hash"
    )
    quarantined_on = models.DateField(null=True)
    quarantine = models.ForeignKey(Quarantine, models.SET_NULL, null=True, related_name="pendings", db_index=False)
    confirmed_before_rule = models.BooleanField(
        default=False, db_default=False, help_text="whether it was confirmed when a rule marked it"
    )

    objects = PendingSignatureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="pending_digest"),
            models.Index(fields=["email_queued_at"], name="pending_email_queued"),
            models.Index(fields=["quarantine"], name="pending_quarantine", condition=~Q(quarantined_on=None)),
            # For the retention job; each contains only the rows with something still to erase.
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
                    **dict.fromkeys(COUNTED, ""),
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
