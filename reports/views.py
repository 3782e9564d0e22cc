"""The pages of the report."""

from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.inputs.tidy import tidy
from reports import did_you_mean, full_text_search, pages, progress, share_images
from reports.forms import SearchForm
from reports.glossary import Glossary
from reports.models import Body, Recommendation, Report, Sector, Status, Update

FOR_EVER = 365 * 24 * 3600  # seconds


@require_safe
@cache_control(public=True)
def report(request: HttpRequest) -> HttpResponse:
    return render(request, *pages.report(current_report()))


@require_safe
@cache_control(public=True)
def document(request: HttpRequest) -> HttpResponse:
    """All of it on one page, histories and sources included, made to be printed."""
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
    """The answer at an address that was public once: that its text was withdrawn. Any other does not exist."""
    row = Recommendation.objects.at(slug, number)
    if row is None or not row.history.filter(published_at__lte=F("history_date")).exists():
        raise Http404("no such recommendation")
    return render(request, "reports/withdrawn.html", {"since": row.changed_at}, status=410)


@require_safe
@cache_control(public=True)
def overview(request: HttpRequest) -> HttpResponse:
    """The status of every recommendation, where they apply, and the latest changes."""
    sectors = Sector.objects.published().with_recommendations()
    page = {
        **progress.of(sectors),
        "nations": progress.by_nation(sectors),
        "bodies": Body.objects.asked(Recommendation.objects.published()),
        "latest": Update.objects.published().standing().since_report().newest_first().with_place()[:8],
        "glossary": Glossary.of_the_site(),
    }
    return render(request, "reports/progress.html", page)


@require_safe
@cache_control(public=True)
def asked_of(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything asked of one body, and of those it has taken over from."""
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
def search(request: HttpRequest) -> HttpResponse:
    """The form; with a query, its hits, or another spelling where there are none. A refused query says why."""
    asked = tidy(request.GET.get("q", ""))
    form = SearchForm(request.GET) if asked else SearchForm(initial=request.GET.dict())
    refused = bool(asked) and not form.is_valid()
    page: dict[str, Any] = {"form": form, "asked": asked if not refused else "", "found": []}
    if asked and not refused:
        where = form.cleaned_data["sector"], form.cleaned_data["body"]
        page["found"] = full_text_search.search(form.cleaned_data["q"], *where)
        page["filtered"] = any(where)
        if not page["found"]:
            page["suggestion"] = did_you_mean.suggestion(form.cleaned_data["q"])
    return render(request, "reports/search.html", page, status=422 if refused else 200)


@require_safe
@cache_control(public=True)
def data(request: HttpRequest) -> HttpResponse:
    """How to use what we publish in programs of one's own."""
    page = {"statuses": Status.values, "places": Recommendation.Place.values}
    return render(request, "reports/data.html", page)


@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True, s_maxage=2)
def share_image(request: HttpRequest, name: str) -> HttpResponse:
    """An image of what is published. Proxies soon ask again, because what it shows may be withdrawn."""
    image = share_images.named(name)
    if image is None:
        raise Http404("no such image")
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}  # made to be shown by other sites
    return HttpResponse(share_images.png(image.card), content_type="image/png", headers=headers)
