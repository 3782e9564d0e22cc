"""For journalists: who to ask, the published figures with their hour, and how to correct us."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.statistics import totals
from reports.models import Report, ShareImage


@require_safe
@cache_control(public=True)
def press(request: HttpRequest) -> HttpResponse:
    page = {
        "totals": totals.totals(),
        "contact": settings.PRESS,
        "report": Report.objects.current(),
        "images": ShareImage.objects.published().in_order().defer("png"),
    }
    return render(request, "reports/press.html", page)
