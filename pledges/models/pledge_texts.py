"""The pledge in its numbered texts, and the texts that a form may show and take now."""

import time
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ENGLISH = "en"
# How long a pledge text that was replaced may still be signed by somebody who has its form open.
WORDING_GRACE = timedelta(hours=24)
# Seconds for which a process remembers all pledge texts.
REMEMBERED_FOR = 1.0


class PledgeTextQuerySet(models.QuerySet["PledgeText"]):
    def current(self, now: datetime, language: str = ENGLISH) -> "PledgeText":
        """The newest published text of a language: the one a form shows. The English one where there is none."""
        published = self.filter(published_at__lte=now).order_by("published_at", "number")
        own = published.filter(language=language).last() if language != ENGLISH else None
        return own or published.filter(language=ENGLISH).latest("published_at", "number")

    def next_number(self, language: str) -> int:
        newest = self.filter(language=language).aggregate(newest=models.Max("number"))["newest"]
        return (newest or 0) + 1


class PledgeText(models.Model):
    """The pledge and the sentences that people agree to, numbered. Once published a trigger refuses any change."""

    number = models.PositiveSmallIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=10, default=ENGLISH)
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
    def reference(self) -> str:
        """What a form holds to say which text it shows: "2" is the second English text, "cy-1" the first Welsh one."""
        return f"{self.number}" if self.language == ENGLISH else f"{self.language}-{self.number}"

    @property
    def is_scheduled(self) -> bool:
        """Whether it is still to be published, and so can be edited and deleted."""
        return self.published_at > timezone.now()

    @property
    def commitments(self) -> list[str]:
        return [line.strip() for line in self.pledge.splitlines() if line.strip()]


class _Remembered:
    """All pledge texts of the database, read at most once in REMEMBERED_FOR seconds by each process."""

    def __init__(self) -> None:
        self.texts: list[PledgeText] = []
        self.read_at = float("-inf")

    def all(self) -> list[PledgeText]:
        if time.monotonic() - self.read_at > REMEMBERED_FOR:
            self.texts, self.read_at = (
                list(PledgeText.objects.order_by("published_at", "number")),
                time.monotonic(),
            )
        return self.texts

    def forget(self) -> None:
        self.read_at = float("-inf")


remembered = _Remembered()


def by_id(pk: int) -> PledgeText | None:
    """The pledge text with this primary key, as this process remembers it; None if it does not."""
    return next((text for text in remembered.all() if text.pk == pk), None)


def texts_for_signing(now: datetime, language: str = ENGLISH) -> tuple[PledgeText, dict[str, PledgeText]]:
    """The text that a form in this language shows, and by their references those that it may be sent with: that one,
    and one that was replaced within the last 24 hours. A form in a language without a text shows the English one.
    PledgeText.DoesNotExist where none is published.

    Newer is what was published later: numbers are given when a text is written, and one that is written later
    may be published earlier.
    """
    english, valid = _published(now, ENGLISH)
    own, own_valid = _published(now, language)
    if not english and not own:
        raise PledgeText.DoesNotExist
    # A form that was opened before the first text in its language was published shows the English one.
    return (own or english)[-1], valid | own_valid


def _published(now: datetime, language: str) -> tuple[list[PledgeText], dict[str, PledgeText]]:
    """The published texts of a language, the newest last; and those that may still be signed, by their references."""
    published = [text for text in remembered.all() if text.language == language and text.published_at <= now]
    replaced_long_ago = [text for text in published if text.published_at <= now - WORDING_GRACE][:-1]
    return published, {text.reference: text for text in published if text not in replaced_long_ago}
