"""The share images (Open Graph) of the report: drawn on request, under a name with a digest of their content.

If the text changes, the name changes, so that browsers may cache an image for ever. No image is stored; each process
remembers the last 64 that it drew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges.statistics import totals
from reports.models import Recommendation, Report, Sector
from reports.share_images import drawing
from reports.share_images.drawing import Card

Row = Report | Sector | Recommendation


@dataclass(frozen=True)
class ShareImage:
    """One image: `key` names the row, `card` is the content."""

    key: str
    card: Card

    @property
    def name(self) -> str:
        return f"{self.key}-{self.card.digest}"

    @property
    def words(self) -> str:
        return self.card.words

    def get_absolute_url(self) -> str:
        return reverse("reports:share_image", args=[self.name])


def published() -> Iterator[ShareImage]:
    """Yields the images of public rows: reports, then each sector and its recommendations."""
    for report in Report.objects.published().order_by("-dated_on"):
        yield share_image_of(report)
    for sector in Sector.objects.published().with_recommendations():
        yield share_image_of(sector)
        yield from map(share_image_of, sector.public_recommendations)


def share_image_of(row: Row) -> ShareImage:
    """Returns the image of a report, a sector, or a recommendation with its addressees."""
    if isinstance(row, Report):
        return ShareImage(f"report-{row.key}", Card(row.title, kicker=_("The report")))
    if isinstance(row, Sector):
        return ShareImage(f"sector-{row.slug}", Card(row.lead, kicker=row.name, tone=row.tone))
    bodies = ", ".join(body.name for body in row.asked_of.all())
    kicker = _("%(sector)s · asked of %(bodies)s") % {"sector": row.sector.name, "bodies": bodies}
    return ShareImage(row.key, Card(row.text, kicker=kicker, number=str(row.number), tone=row.sector.tone))


def figure() -> ShareImage | None:
    """Returns the image of how many people have signed, with the day; None while there are fewer than ten."""
    counted = totals.totals()
    if not (counted.people and counted.counted_at):
        return None
    day = date_format(timezone.localtime(counted.counted_at), "j F Y")
    kicker = _("Invented samples of a demo") if settings.DEBUG else _("Counted on %(day)s") % {"day": day}
    words = _("At least %(figure)s people have signed the pledge") % {"figure": counted.shown}
    return ShareImage("figure", Card(words, kicker=kicker))


def named(name: str) -> ShareImage | None:
    """Returns the image of that name; None if its row is not public or its text has changed."""
    known = [figure()] if name.startswith("figure-") else published()
    return next((image for image in known if image and image.name == name), None)


def head_image_of(row: Row) -> dict[str, str]:
    """Returns the address and the words of the image, for the `<head>` of the page."""
    image = share_image_of(row)
    return {"address": settings.SITE_ORIGIN + image.get_absolute_url(), "words": image.words}


@lru_cache(maxsize=64)
def png(card: Card) -> bytes:
    return drawing.png(card)
