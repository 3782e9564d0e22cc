"""sitemap.xml and robots.txt: they tell search engines the public pages and when each last changed.

`django.contrib.sitemaps` would take the host from the request; here every address begins with SITE_ORIGIN.
"""

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges import languages
from reports.models import Body, Recommendation, Sector
from reports.open_data import serializers

PAGES = [
    *("home", "about", "safety", "share", "privacy", "press"),
    *("pledges:sign", "pledges:organisations", "pledges:numbers"),
    *("reports:report", "reports:progress", "reports:glossary", "reports:document", "reports:data"),
]
Versions = list[tuple[str, str]]  # the languages of a page, each with its address there; empty if there is one
Entry = tuple[str, datetime.datetime | None, Versions]


def entries() -> Iterator[Entry]:
    for name in PAGES:
        versions = [(code, serializers.address(path)) for code, path in languages.versions(name)]
        for _code, address in versions:
            yield address, None, versions if len(versions) > 1 else []
    recommendations = Recommendation.objects.published()
    bodies = Body.objects.asked(recommendations)
    for row in [*Sector.objects.published(), *recommendations.select_related("sector"), *bodies]:
        yield serializers.address(row.get_absolute_url()), row.changed_at, []


@require_safe
@cache_control(public=True)
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/sitemap.xml", {"entries": entries()}, content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Names the sitemap. Pages that search engines should not list have `<meta name="robots" content="noindex">`."""
    text = f"User-agent: *\nDisallow: /admin/\nSitemap: {settings.SITE_ORIGIN}{reverse('sitemap')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
