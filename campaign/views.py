"""The pages of the house itself."""

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges import counting, retention
from pledges.models import Wording
from reports.models import Arrangement, Recommendation, Sector, Status, Term


@require_safe
@cache_control(public=True)
def home(request: HttpRequest) -> HttpResponse:
    demands = Prefetch("recommendations", Recommendation.objects.published())
    sectors = Sector.objects.published().prefetch_related(demands)
    page = {
        "totals": counting.totals(),
        "wording": Wording.objects.current(timezone.now()),
        "arrangements": Arrangement.objects.published(),
        "sectors": sectors,
        "standing": _standing(sectors),
    }
    return render(request, "campaign/home.html", page)


def _standing(sectors: Iterable[Sector]) -> list[tuple[str, str, int]]:
    """Each status, its words, and how many demands have it."""
    numbers = Counter(demand.status for sector in sectors for demand in sector.recommendations.all())
    return [(status, words, numbers[status]) for status, words in Status.choices]


@require_safe
@cache_control(public=True)
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/about.html", {"terms": Term.objects.published().order_by(Lower("name"))})


@require_safe
@cache_control(public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    page = {"keep_months": settings.KEEP_CONTACT_MONTHS, "signatures_until": retention.signatures_until()}
    return render(request, "campaign/privacy.html", page)
