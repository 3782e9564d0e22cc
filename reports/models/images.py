"""Images to share, drawn when the content changes (see `reports.share_images`)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reports.models.content import Report
from reports.models.recommendations import Recommendation
from reports.models.sectors import Sector


class ShareImageQuerySet(models.QuerySet["ShareImage"]):
    def published(self) -> "ShareImageQuerySet":
        """Those of what is public."""
        of_recommendation = Q(recommendation__in=Recommendation.objects.published())
        of_sector = Q(recommendation=None, sector__in=Sector.objects.published())
        of_report = Q(recommendation=None, sector=None, report__in=Report.objects.published())
        return self.filter(of_recommendation | of_sector | of_report)

    def in_order(self) -> "ShareImageQuerySet":
        """As the report goes: itself, then each sector with its recommendations."""
        first = (F(path).asc(nulls_first=True) for path in ("sector__position", "recommendation__number"))
        return self.select_related("recommendation__sector", "sector").order_by("-report__dated_on", *first)


class ShareImage(models.Model):
    """One card, of a recommendation, of a sector or of the whole report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="share_images")
    sector = models.ForeignKey(Sector, models.CASCADE, null=True, related_name="share_images")
    recommendation = models.ForeignKey(Recommendation, models.CASCADE, null=True, related_name="share_images")
    name = models.SlugField(
        _("name"), unique=True, help_text=_("Changes with what is drawn, so that it may be kept for ever.")
    )
    words = models.TextField(_("what it says"))
    png = models.BinaryField()

    objects = ShareImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "sector", "recommendation"], nulls_distinct=False, name="share_image_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:share_image", args=[self.name])
