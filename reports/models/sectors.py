"""The sectors of the report (Education, Policing …), each with its recommendations."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.models import updates
from reports.models.content import Content, PartQuerySet, Report, Tone
from reports.models.recommendations import Recommendation

# The other pages below /report/.
RESERVED_SLUGS = {"asked-of", "data", "document", "images", "progress", "search", "words", "glossary"}


def not_reserved(slug: str) -> None:
    """Raises ValidationError if another page has this address."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("Another page has this address."))


class SectorQuerySet(PartQuerySet["Sector"]):
    def with_recommendations(self, history: bool = False, addressees: bool = True) -> "SectorQuerySet":
        """Adds the list `public_recommendations` to each sector: one more query, two with the addressees."""
        recommendations = Recommendation.objects.published()
        recommendations = recommendations.with_addressees() if addressees else recommendations
        if history:
            recommendations = recommendations.prefetch_related(updates.newest_first())
        public: models.Prefetch = models.Prefetch("recommendations", recommendations, to_attr="public_recommendations")
        return self.prefetch_related(public)


class Sector(Content):
    public_recommendations: list["Recommendation"]  # filled by `with_recommendations`

    report = models.ForeignKey(Report, models.PROTECT, related_name="sectors")
    slug = models.SlugField(
        _("address"), validators=[not_reserved], help_text=_("Part of the page's address; never changed once public.")
    )
    name = models.CharField(_("name"), max_length=60)
    tone = models.CharField(_("colour"), max_length=12, choices=Tone)
    position = models.PositiveSmallIntegerField(_("position"))
    report_page = models.PositiveSmallIntegerField(
        _("page of the report"), null=True, blank=True, help_text=_("Where the report sums its recommendations up.")
    )
    lead = models.TextField(_("lead"), max_length=600, help_text=_("Plain text: one or two sentences."))
    text = models.TextField(_("text"), max_length=20_000, blank=True, help_text=_("Markdown."))

    history = HistoricalRecords()
    objects = SectorQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["report", "slug"], name="sector_slug_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:sector", args=[self.slug])
