"""Redirects from the old address of a recommendation that moved to another number or sector."""

from reports.models import MovedRecommendation, Recommendation


def keep_address(recommendation: Recommendation) -> None:
    """Call before saving: where the row still stands elsewhere in the database, that address leads on."""
    stood = Recommendation.objects.select_related("sector").get(pk=recommendation.pk)
    if (stood.sector_id, stood.number) != (recommendation.sector_id, recommendation.number):
        MovedRecommendation.objects.update_or_create(
            sector_slug=stood.sector.slug, number=stood.number, defaults={"recommendation": recommendation}
        )
