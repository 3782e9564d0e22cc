"""For journalists: who to ask, exact figures with their day, and how to correct us."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pledges import counting
from reports.caching import shown_at_once


@shown_at_once
def press(request: HttpRequest) -> HttpResponse:
    page = {"totals": counting.totals(), "contact": settings.PRESS}
    return render(request, "reports/press.html", page)
