"""The pages of the report."""

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports import pages, progress
from reports.glossary import Glossary
from reports.models import Body, Recommendation, Report, Sector, Status, Update
from reports.share_images import images

FOR_EVER = 365 * 24 * 3600  # seconds


@require_safe
@cache_control(public=True)
def report(request: HttpRequest) -> HttpResponse:
    return render(request, *pages.report(current_report()))


@require_safe
@cache_control(public=True)
def document(request: HttpRequest) -> HttpResponse:
    """Shows the whole report on one page, with histories and sources, for printing."""
    return render(request, *pages.document(current_report()))


def current_report() -> Report:
    report = Report.objects.current()
    if report is None:
        raise Http404("no report is published")
    return report


@require_safe
@cache_control(public=True)
def sector(request: HttpRequest, slug: str) -> HttpResponse:
    sectors = Sector.objects.published().with_recommendations().select_related("report")
    return render(request, *pages.sector(get_object_or_404(sectors, slug=slug)))


@require_safe
@cache_control(public=True)
def recommendation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = Recommendation.objects.published().with_addressees().at(slug, number)
    if found is None:
        return withdrawn(request, slug, number)
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=True)
    return render(request, *pages.recommendation(found))


def withdrawn(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answers 410 at an address that was public once, and 404 at any other."""
    row = Recommendation.objects.at(slug, number)
    if row is None or not row.history.filter(published_at__lte=F("history_date")).exists():
        raise Http404("no such recommendation")
    return render(request, "reports/withdrawn.html", {"since": row.changed_at}, status=410)


@require_safe
@cache_control(public=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Shows the status of every recommendation, where they apply, and the latest changes."""
    sectors = Sector.objects.published().with_recommendations()
    page = {
        **progress.progress_context(sectors),
        "nations": progress.by_nation(sectors),
        "bodies": Body.objects.asked(Recommendation.objects.published()),
        "latest": Update.objects.published().not_corrected().since_report().newest_first().with_recommendation()[:8],
        "glossary": Glossary.of_the_site(),
    }
    return render(request, "reports/progress.html", page)


@require_safe
@cache_control(public=True)
def asked_of(request: HttpRequest, slug: str) -> HttpResponse:
    """The recommendations to one body and its predecessors."""
    bodies = Body.objects.select_related("successor").prefetch_related("predecessors")
    template, page = pages.asked_of(get_object_or_404(bodies, slug=slug))
    if not page["recommendations"]:
        raise Http404("nothing is asked of it")
    return render(request, template, page)


@require_safe
@cache_control(public=True)
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, *pages.glossary())


@require_safe
@cache_control(public=True)
def data(request: HttpRequest) -> HttpResponse:
    """The documentation of the data and feeds."""
    page = {"statuses": Status.values, "places": Recommendation.Place.values}
    return render(request, "reports/data.html", page)


@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True, s_maxage=2)
def share_image(request: HttpRequest, name: str) -> HttpResponse:
    """Answers with a share image. Browsers cache it for ever, proxies for two seconds, because its text may be
    withdrawn.
    """
    image = images.named(name)
    if image is None:
        raise Http404("no such image")
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}  # because other sites show it
    return HttpResponse(images.png(image.card), content_type="image/png", headers=headers)


@require_safe
@cache_control(public=True)
def press(request: HttpRequest) -> HttpResponse:
    """The page for journalists."""
    return render(request, *pages.press())
