"""The texts of the report, which staff draft, publish and edit, with a history of who changed what.

Every public page starts from `published()`.
"""

from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.models import dates

LANGUAGE = "en-GB"
Row = TypeVar("Row", bound=models.Model)
# The code is not the usual "invalid", because with that one a form field would show its own message instead of this
# one.
HTTPS_ALONE = URLValidator(schemes=["https"], message=_("Give its address with https:// in front."), code="https_alone")


class Tone(models.TextChoices):
    """The colour family of a sector or a stream, as the style sheet names it."""

    EDUCATION = "education", _("education")
    POLICING = "policing", _("policing")
    HEALTH = "health", _("health")
    DATA = "data", _("data protection")
    COUNCIL = "council", _("councils")


class ContentQuerySet(models.QuerySet[Row]):
    """Texts, some of them not published. A text is public only when every row that it belongs to (`above`) is."""

    above: tuple[str, ...] = ()

    def published(self, language: str = LANGUAGE) -> Self:
        paths = ("", *self.above)
        now = timezone.now()
        public = {f"{path}published_at__lte": now for path in paths}
        return self.filter(**public, **{f"{paths[-1]}language": language})


class PartQuerySet(ContentQuerySet[Row]):
    """Texts that are parts of a report."""

    above = ("report__",)


class Content(models.Model):
    """Base of the texts that staff write and publish."""

    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        help_text=_("Empty: a draft that only staff can see. In the future: public from then on."),
    )
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True


class ReportQuerySet(ContentQuerySet["Report"]):
    def current(self, language: str = LANGUAGE) -> "Report | None":
        """Returns the newest public report in that language, or None."""
        return self.published(language).order_by("-dated_on").first()


class Report(Content):
    key = models.SlugField(_("key"), help_text=_("A lasting name for this report, never changed."))
    language = models.CharField(_("language"), max_length=12, default=LANGUAGE)
    title = models.CharField(_("title"), max_length=200)
    printed_title = models.CharField(
        _("printed title"), max_length=300, blank=True, help_text=_("As it is cited. Empty: cited by its campaign.")
    )
    page_url = models.URLField(
        _("address of its page"),
        max_length=400,
        blank=True,
        validators=[HTTPS_ALONE],
        help_text=_("Where its publisher offers the printed report."),
    )
    author = models.CharField(_("author"), max_length=200)
    dated_on = models.DateField(_("dated"), help_text=_("What happened before this day changes no status."))
    lead = models.TextField(_("lead"), max_length=600, help_text=_("Plain text: two or three sentences."))
    text = models.TextField(_("text"), max_length=20_000, blank=True, help_text=_("Markdown."))

    history = HistoricalRecords()
    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "key"], name="report_key_once")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:report")

    @property
    def cited_as(self) -> str:
        """Returns the report's printed title, or the campaign's name; never the heading that this site gives it."""
        return self.printed_title or str(_("report of the campaign Care Don't Share"))


class BodyQuerySet(models.QuerySet["Body"]):
    def asked(self, recommendations: models.QuerySet) -> "BodyQuerySet":
        """Returns the bodies that any of these recommendations is addressed to, and their successors."""
        asked = Q(recommendations__in=recommendations) | Q(predecessors__recommendations__in=recommendations)
        return self.filter(asked).distinct()


class Body(models.Model):
    """An authority that shares data or that a recommendation is addressed to, with its dates and its successor."""

    language = models.CharField(_("language"), max_length=12, default=LANGUAGE)
    slug = models.SlugField(_("address"))
    name = models.CharField(_("name"), max_length=100)
    short = models.CharField(_("short name"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), help_text=_("The order in which bodies are named together.")
    )
    exists_from = models.DateField(_("exists from"), null=True, blank=True)
    exists_until = models.DateField(
        _("exists until"), null=True, blank=True, help_text=_("The day its successor took over.")
    )
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    source_name = models.CharField(_("source"), max_length=120, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=400, blank=True, validators=[HTTPS_ALONE])
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    history = HistoricalRecords()
    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(fields=["language", "slug"], name="body_slug_once"),
            models.CheckConstraint(
                condition=~Q(successor=F("id")),
                name="body_succeeds_another",
                violation_error_message=_("A body's successor is another body."),
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(exists_until__isnull=False),
                name="body_with_successor_has_ended",
                violation_error_message=_("Say until when it exists: the day its successor took over."),
            ),
            models.CheckConstraint(
                condition=Q(exists_from=None) | Q(exists_until=None) | Q(exists_from__lt=F("exists_until")),
                name="body_from_before_until",
                violation_error_message=_("The day from which a body exists is before the day until which it exists."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:asked_of", args=[self.slug])

    def with_predecessors(self) -> list["Body"]:
        """Returns this body and all its predecessors, direct and indirect."""
        bodies = [self]
        for body in bodies:  # which grows during the loop
            bodies += [one for one in body.predecessors.all() if one not in bodies]
        return bodies


class Arrangement(Content):
    """One way in which personal details reach the Home Office."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="arrangements")
    slug = models.SlugField(_("anchor"), help_text=_("Its place on the page of the report; never changed once public."))
    position = models.PositiveSmallIntegerField(_("position"))
    label = models.CharField(_("label in the drawing"), max_length=12)
    tone = models.CharField(_("colour"), max_length=12, choices=Tone)
    shared_by = models.ManyToManyField(Body, related_name="arrangements", verbose_name=_("shared by"))
    shared = models.TextField(_("what is shared"), max_length=600)
    since = models.DateField(_("since"), null=True, blank=True)
    since_precision = models.CharField(
        _("known to the"), max_length=5, choices=dates.Precision, default=dates.Precision.DAY
    )
    came_to_light = models.TextField(_("how it came to light"), max_length=600, blank=True)
    state = models.TextField(_("state today"), max_length=600)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=20_000, blank=True, help_text=_("Markdown."))
    source_name = models.CharField(_("source"), max_length=120, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=400, blank=True, validators=[HTTPS_ALONE])

    history = HistoricalRecords(m2m_fields=[shared_by])
    objects = PartQuerySet["Arrangement"].as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["report", "slug"], name="arrangement_slug_once")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return f"{reverse('reports:report')}#from-{self.slug}"

    @property
    def since_text(self) -> str:
        return dates.text(self.since, self.since_precision) if self.since else ""


class GlossaryTerm(Content):
    """A word that is explained where it first appears on a page."""

    language = models.CharField(_("language"), max_length=12, default=LANGUAGE)
    slug = models.SlugField(_("anchor"))
    name = models.CharField(_("term"), max_length=80)
    short = models.CharField(_("abbreviation"), max_length=20, blank=True)
    also = ArrayField(models.CharField(max_length=80), verbose_name=_("also written"), default=list, blank=True)
    meaning = models.TextField(_("meaning"), max_length=800, help_text=_("Plain text: one to three sentences."))

    history = HistoricalRecords()
    objects = ContentQuerySet["GlossaryTerm"].as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="term_slug_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('reports:glossary')}#{self.slug}"
