"""The numbered texts of the pledge, and which of them forms show and accept now."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

ENGLISH = "en"
# How long a replaced pledge text may still be signed, by people who have its form open.
REPLACED_TEXT_GRACE = timedelta(hours=24)
# For how many seconds a process caches all pledge texts.
CACHED_FOR = 1.0


class PledgeTextQuerySet(models.QuerySet["PledgeText"]):
    def current(self, now: datetime, language: str = ENGLISH) -> "PledgeText":
        """Returns the newest published text of a language, which its form shows; the English one if there is none."""
        texts = self.filter(language__in=[language, ENGLISH], published_at__lte=now)
        published = list(texts.order_by("published_at", "number"))
        if not published:
            raise self.model.DoesNotExist
        return ([text for text in published if text.language == language] or published)[-1]

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
        constraints = [models.UniqueConstraint(fields=["number", "language"], name="pledge_text_number")]

    def __str__(self) -> str:
        return _("Pledge text %(number)s (%(language)s)") % {"number": self.number, "language": self.language_name}

    @property
    def language_name(self) -> str:
        return str(get_language_info(self.language)["name"])

    @property
    def sealed_name(self) -> str:
        """How sealed contacts and exports name it: "1 (en)"."""
        return f"{self.number} ({self.language})"

    @property
    def reference(self) -> str:
        """The value by which a form says which text it shows: "2" is the second English text, "cy-1" the first Welsh
        one.
        """
        return f"{self.number}" if self.language == ENGLISH else f"{self.language}-{self.number}"

    @property
    def is_scheduled(self) -> bool:
        """Whether it is not published yet, and so can be edited and deleted."""
        return self.published_at > timezone.now()

    @property
    def commitments(self) -> list[str]:
        return [line.strip() for line in self.pledge.splitlines() if line.strip()]


class SignedText(models.ForeignKey):
    """A foreign key to the pledge text that was signed, without constraint and index.

    A trigger refuses to delete a text, nothing searches by it, and a constraint would lock the text's one row for every
    signature.
    """

    def __init__(self, **kwargs: Any) -> None:
        plain = {"to": PledgeText, "on_delete": models.PROTECT, "db_constraint": False, "db_index": False}
        super().__init__(**{**plain, **kwargs})


class _TextCache:
    """A cache of all pledge texts, read at most once in CACHED_FOR seconds by each process."""

    def __init__(self) -> None:
        self.texts: list[PledgeText] = []
        self.read_at = float("-inf")

    def all(self) -> list[PledgeText]:
        if time.monotonic() - self.read_at > CACHED_FOR:
            self.texts, self.read_at = (list(PledgeText.objects.order_by("published_at", "number")), time.monotonic())
        return self.texts

    def clear(self) -> None:
        self.read_at = float("-inf")


cached_texts = _TextCache()


def by_id(pk: int) -> PledgeText | None:
    """The pledge text with this primary key from the cache of this process; None if it is not in it."""
    return next((text for text in cached_texts.all() if text.pk == pk), None)


def texts_for_signing(now: datetime, language: str = ENGLISH) -> tuple[PledgeText, dict[str, PledgeText]]:
    """Returns the text that a form in this language shows, and by reference the texts that it accepts.

    Accepted are the shown text and one that was replaced within the last 24 hours. A form in a language without a text
    shows the English one. Raises PledgeText.DoesNotExist if none is published.

    The newest text is the one published last. It may not have the highest number, which is given when a text is
    written.
    """
    english, valid = _published(now, ENGLISH)
    own, own_valid = _published(now, language)
    if not english and not own:
        raise PledgeText.DoesNotExist
    # A form that was opened before the first text in its language was published shows the English one.
    return (own or english)[-1], valid | own_valid


def _published(now: datetime, language: str) -> tuple[list[PledgeText], dict[str, PledgeText]]:
    """The published texts of a language, the newest last; and by reference those that may still be signed."""
    published = [text for text in cached_texts.all() if text.language == language and text.published_at <= now]
    replaced_long_ago = [text for text in published if text.published_at <= now - REPLACED_TEXT_GRACE][:-1]
    return published, {text.reference: text for text in published if text not in replaced_long_ago}
