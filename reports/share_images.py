"""Keep each share image in line with what it says. Called when content changes, never by a reader."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from reports import share_image_drawing
from reports.models import Recommendation, Report, Sector, ShareImage
from reports.share_image_drawing import Card

Place = dict[str, Any]


def redraw() -> int:
    """Draw what is missing or says something else by now, drafts too; how many were drawn."""
    drawn = 0
    known = set(ShareImage.objects.values_list("name", flat=True))
    for place, slug, card in wanted():
        name = f"{slug}-{card.digest}"
        if name not in known:
            says = {"name": name, "words": card.words, "png": share_image_drawing.png(card)}
            ShareImage.objects.update_or_create(**place, defaults=says)
            drawn += 1
    return drawn


def wanted() -> Iterator[tuple[Place, str, Card]]:
    for report in Report.objects.all():
        yield place(report), f"report-{report.key}", Card(report.title, kicker=_("The report"))
    for sector in Sector.objects.select_related("report"):
        card = Card(sector.lead, kicker=sector.name, tone=sector.tone)
        yield place(sector.report, sector), f"sector-{sector.slug}", card
    for recommendation in Recommendation.objects.with_addressees():
        bodies = ", ".join(body.name for body in recommendation.asked_of.all())
        kicker = _("%(sector)s · asked of %(bodies)s") % {
            "sector": recommendation.sector.name,
            "bodies": bodies,
        }
        card = Card(
            recommendation.text,
            kicker=kicker,
            number=str(recommendation.number),
            tone=recommendation.sector.tone,
        )
        yield (
            place(recommendation.sector.report, recommendation.sector, recommendation),
            recommendation.key,
            card,
        )


def place(
    report: Report, sector: Sector | None = None, recommendation: Recommendation | None = None
) -> Place:
    return {"report": report, "sector": sector, "recommendation": recommendation}


def image_of(
    report: Report, sector: Sector | None = None, recommendation: Recommendation | None = None
) -> dict[str, str]:
    """The address and the words of a page's card; the site's own card while there is none."""
    drawn = ShareImage.objects.filter(**place(report, sector, recommendation)).defer("png").first()
    path, words = (drawn.get_absolute_url(), drawn.words) if drawn else (static("img/share.png"), "")
    return {"address": settings.SITE_ORIGIN + path, "words": words}
