"""The recommendations of the report and their statuses."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.models.content import Body, Content, ContentQuerySet

NATIONS = ["England", "Wales", "Scotland", "Northern Ireland"]
CHECK_EVERY = datetime.timedelta(days=90)


class Status(models.TextChoices):
    """The campaign's judgement of one recommendation."""

    NOT_MET = "not-met", _("Not met")
    PARTLY_MET = "partly-met", _("Partly met")
    MET = "met", _("Met")
    MOVED_BACKWARDS = "moved-backwards", _("Moved backwards")


def with_note(status: str, note: str) -> str:
    """Returns a status in words, with its note in brackets."""
    return f"{status} ({note})" if note else status


class RecommendationQuerySet(ContentQuerySet["Recommendation"]):
    above = ("sector__", "sector__report__")

    def with_addressees(self) -> "RecommendationQuerySet":
        return self.select_related("sector__report").prefetch_related("asked_of__successor")

    def at(self, sector: str, number: int) -> "Recommendation | None":
        """Returns the recommendation at that address, or the one that moved away from it."""
        here = self.filter(sector__slug=sector, number=number).first()
        moved = Q(earlier_addresses__sector_slug=sector, earlier_addresses__number=number)
        return here or self.filter(moved).first()

    def of(self, body: Body) -> "RecommendationQuerySet":
        """Returns the recommendations addressed to that body, or to one of its predecessors."""
        return self.filter(asked_of__in=body.with_predecessors()).distinct()

    def overdue(self, today: datetime.date) -> "RecommendationQuerySet":
        """Returns those that were not checked within 90 days: the ones never checked first, then by the oldest
        check.
        """
        unchecked = Q(checked_on=None) | Q(checked_on__lt=today - CHECK_EVERY)
        return self.filter(unchecked).order_by(F("checked_on").asc(nulls_first=True))


class Recommendation(Content):
    """One recommendation of the report. Only `record_updates` writes `status`, `status_note` and `checked_on`."""

    class Place(models.TextChoices):
        ENGLAND = "england", _("England")
        ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")
        UK = "uk", _("the whole UK")

        @property
        def nations(self) -> list[str]:
            """The nations of the UK in which it applies."""
            reach = {"england": 1, "england-and-wales": 2, "uk": 4}[self.value]
            return NATIONS[:reach]

    sector = models.ForeignKey("reports.Sector", models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField(
        _("number"), help_text=_("Within its sector. The old address leads on to the new one.")
    )
    key = models.SlugField(_("key"), unique=True, help_text=_("A lasting name for data and feeds, never changed."))
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=1_000, help_text=_("Plain text, in the site's own words."))
    why = models.TextField(_("why"), max_length=20_000, help_text=_("Markdown."))
    asked_of = models.ManyToManyField(Body, related_name="recommendations", verbose_name=_("asked of"))
    applies_in = models.CharField(_("applies in"), max_length=20, choices=Place)
    quotation = models.TextField(_("the report's own words"), max_length=2_000, blank=True)
    quotation_page = models.PositiveSmallIntegerField(_("on page"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.NOT_MET, editable=False)
    status_note = models.CharField(_("status note"), max_length=80, blank=True, editable=False)
    checked_on = models.DateField(_("last checked"), null=True, editable=False)

    history = HistoricalRecords(m2m_fields=[asked_of])
    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["sector__position", "number"]
        constraints = [
            # Deferred, so that two recommendations can exchange their numbers in one transaction.
            models.UniqueConstraint(
                fields=["sector", "number"], name="recommendation_number_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="recommendation_status_known",
                violation_error_message=_("Choose one of the statuses in the list."),
            ),
            models.CheckConstraint(
                condition=Q(quotation="") | Q(quotation_page__isnull=False),
                name="recommendation_quotation_has_page",
                violation_error_message=_("Give the page of the report that the quotation is on."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector.name} {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("reports:recommendation", args=[self.sector.slug, self.number])

    @property
    def name(self) -> str:
        """The sector and the number, like `Education 1`."""
        return f"{self.sector.name} {self.number}"

    @property
    def nations(self) -> list[tuple[str, bool]]:
        """Each nation of the UK, and whether it applies there."""
        reached = self.Place(self.applies_in).nations if self.applies_in else []
        return [(nation, nation in reached) for nation in NATIONS]

    @property
    def status_text(self) -> str:
        """`Met`, or `Met (in England, with limits on income)`."""
        return with_note(self.get_status_display(), self.status_note)


class MovedRecommendation(models.Model):
    """An earlier address of a recommendation, which redirects to the current one."""

    sector_slug = models.SlugField()
    number = models.PositiveSmallIntegerField()
    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="earlier_addresses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sector_slug", "number"], name="moved_from_once")]

    def __str__(self) -> str:
        return f"{self.sector_slug}/{self.number}"
