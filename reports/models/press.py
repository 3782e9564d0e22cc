"""Texts that staff write for the press, and the answers of the bodies that recommendations are addressed to."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.models.content import HTTPS_ALONE, LANGUAGE, Body, Content, ContentQuerySet
from reports.models.recommendations import Recommendation


class PressText(Content):
    """A dated press release, or a sentence that journalists may quote, with the name of the person who says it."""

    class Kind(models.TextChoices):
        RELEASE = "release", _("press release")
        QUOTATION = "quotation", _("sentence to quote")

    language = models.CharField(_("language"), max_length=12, default=LANGUAGE)
    key = models.SlugField(_("key"), unique=True, help_text=_("A lasting name, never changed."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True, help_text=_("Of a press release."))
    text = models.TextField(_("text"), max_length=10_000, help_text=_("Markdown; of a sentence to quote, plain text."))
    speaker = models.CharField(
        _("name and role"), max_length=150, blank=True, help_text=_("Who is quoted. Empty: the campaign.")
    )

    history = HistoricalRecords()
    objects = ContentQuerySet["PressText"].as_manager()

    class Meta:
        ordering = [models.F("dated_on").desc(nulls_last=True), "key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="release") | (models.Q(dated_on__isnull=False) & ~models.Q(title="")),
                name="press_release_has_title_and_day",
                violation_error_message=_("A press release needs a title and a day."),
            )
        ]

    def __str__(self) -> str:
        return self.title or self.text

    def get_absolute_url(self) -> str:
        return reverse("press")


class ReplyQuerySet(ContentQuerySet["Reply"]):
    above = ("recommendation__sector__", "recommendation__sector__report__")


class Reply(Content):
    """The answer of a body to a recommendation, or to what the campaign says about it (right of reply)."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="replies")
    body = models.ForeignKey(Body, models.PROTECT, related_name="replies", verbose_name=_("answer of"))
    answered_on = models.DateField(_("answered on"))
    text = models.TextField(_("answer"), max_length=4_000, help_text=_("Plain text, in the body's own words."))
    source_url = models.URLField(_("address of the answer"), max_length=400, blank=True, validators=[HTTPS_ALONE])

    history = HistoricalRecords()
    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_on", "-id"]
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.body}, {self.answered_on}"

    def get_absolute_url(self) -> str:
        return f"{self.recommendation.get_absolute_url()}#replies"

    def clean(self) -> None:
        """Raises ValidationError for a reply that exists already, for example if the form is sent twice."""
        same = {name: getattr(self, name) for name in ("recommendation_id", "body_id", "answered_on", "text")}
        if Reply.objects.filter(**same).exclude(pk=self.pk).exists():
            raise ValidationError(_("This answer is here already: the same body, day and words."))
