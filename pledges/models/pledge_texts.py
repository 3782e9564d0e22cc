"""The pledge in its numbered wordings."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

# How long a wording that was replaced may still be signed by somebody who has its form open.
WORDING_GRACE = timedelta(hours=24)


class PledgeTextQuerySet(models.QuerySet["PledgeText"]):
    def current(self, now: datetime, language: str = "en") -> "PledgeText":
        """The newest published wording: the one a form shows."""
        return self.filter(language=language, published_at__lte=now).latest("published_at", "number")

    def next_number(self, language: str) -> int:
        newest = self.filter(language=language).aggregate(newest=models.Max("number"))["newest"]
        return (newest or 0) + 1

    def valid(self, now: datetime) -> "PledgeTextQuerySet":
        """Those that may be signed: the newest, and one that was replaced within the last 24 hours.

        Newer is what was published later: numbers are given when a wording is written, and one that is
        written later may come out earlier.
        """
        published_at, number = models.OuterRef("published_at"), models.OuterRef("number")
        newer = PledgeText.objects.filter(
            models.Q(published_at__gt=published_at) | models.Q(published_at=published_at, number__gt=number),
            language=models.OuterRef("language"),
            published_at__lte=now - WORDING_GRACE,
        )
        return self.filter(~models.Exists(newer), published_at__lte=now)


class PledgeText(models.Model):
    """The pledge's text and the sentences people agree to, numbered. Never edited: a trigger refuses."""

    number = models.PositiveSmallIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=10, default="en")
    pledge = models.TextField(_("pledge"), help_text=_("One commitment a line."))
    agreement = models.TextField(_("agreement"), help_text=_("What the box on the confirm page says."))
    email_consent = models.TextField(_("consent to email"))
    post_consent = models.TextField(_("consent to post"))
    public_name_consent = models.TextField(_("consent to a public name"))
    declaration = models.TextField(
        _("declaration"), help_text=_("What who signs for an organisation declares.")
    )
    published_at = models.DateTimeField(_("published"))

    objects = PledgeTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [models.UniqueConstraint(fields=["number", "language"], name="wording_number")]

    def __str__(self) -> str:
        return f"{self.number} ({self.language})"

    @property
    def commitments(self) -> list[str]:
        return [line.strip() for line in self.pledge.splitlines() if line.strip()]
