"""The text of the pledge in its numbered versions."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long a pledge text that was replaced can still be signed on a form that was opened before.
GRACE_AFTER_REPLACEMENT = timedelta(hours=24)


class PledgeTextQuerySet(models.QuerySet["PledgeText"]):
    def current(self, now: datetime, language: str = "en") -> "PledgeText":
        """Returns the newest published text: the one that forms show."""
        return self.filter(language=language, published_at__lte=now).latest("published_at", "number")

    def next_number(self, language: str) -> int:
        newest = self.filter(language=language).aggregate(newest=models.Max("number"))["newest"]
        return (newest or 0) + 1

    def valid(self, now: datetime) -> "PledgeTextQuerySet":
        """The texts that can be signed: the newest, and any that was replaced within the last 24 hours.

        The newest is the one that was published last, not the one with the highest number: numbers are given when
        a text is written.
        """
        published_at, number = models.OuterRef("published_at"), models.OuterRef("number")
        newer = PledgeText.objects.filter(
            models.Q(published_at__gt=published_at) | models.Q(published_at=published_at, number__gt=number),
            language=models.OuterRef("language"),
            published_at__lte=now - GRACE_AFTER_REPLACEMENT,
        )
        return self.filter(~models.Exists(newer), published_at__lte=now)


class PledgeText(models.Model):
    """The pledge and the sentences that people agree to, numbered. Once published a trigger refuses any change."""

    number = models.PositiveSmallIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=10, default="en")
    pledge = models.TextField(_("pledge"), help_text=_("One commitment a line."))
    agreement = models.TextField(_("agreement"), help_text=_("What the box on the confirm page says."))
    email_consent = models.TextField(_("consent to email"))
    post_consent = models.TextField(_("consent to post"))
    public_name_consent = models.TextField(_("consent to a public name"))
    declaration = models.TextField(
        _("declaration"), help_text=_("What a person who signs for an organisation declares.")
    )
    published_at = models.DateTimeField(_("published"))

    objects = PledgeTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge text")
        verbose_name_plural = _("pledge texts")
        constraints = [models.UniqueConstraint(fields=["number", "language"], name="wording_number")]

    def __str__(self) -> str:
        return f"{self.number} ({self.language})"

    @property
    def is_scheduled(self) -> bool:
        """Whether it is still to be published, and so can be edited and deleted."""
        return self.published_at > timezone.now()

    @property
    def commitments(self) -> list[str]:
        return [line.strip() for line in self.pledge.splitlines() if line.strip()]
