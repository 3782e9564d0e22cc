"""The pages of the report."""

from itertools import chain

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports import progress, searching, sharing, structured
from reports.caching import shown_at_once
from reports.forms import SearchForm
from reports.glossary import Glossary
from reports.models import Arrangement, Body, Recommendation, Report, Sector, ShareImage, Status, Term, Update

FOR_EVER = 365 * 24 * 3600  # seconds


@shown_at_once
def report(request: HttpRequest) -> HttpResponse:
    found = Report.objects.current()
    if found is None:
        raise Http404("no report is published")
    sectors = Sector.objects.published().with_recommendations()
    page = {
        "report": found,
        "head": {
            "title": _("The report"),
            "description": found.lead,
            "image": sharing.image_of(found),
            "structured": structured.of_report(found),
        },
        "arrangements": Arrangement.objects.published().prefetch_related("shared_by__successor"),
        "sectors": sectors,
        "tally": progress.tally(chain.from_iterable(sector.demands for sector in sectors)),
        "words": Glossary.of_the_site(),
    }
    return render(request, "reports/report.html", page)


@shown_at_once
def document(request: HttpRequest) -> HttpResponse:
    """All of it on one page, histories and sources included, to be printed and put on a desk."""
    found = Report.objects.current()
    if found is None:
        raise Http404("no report is published")
    page = {
        "report": found,
        "arrangements": Arrangement.objects.published().prefetch_related("shared_by__successor"),
        "sectors": Sector.objects.published().with_recommendations(history=True),
        "terms": Term.objects.published(),
        "address": settings.SITE_ORIGIN + found.get_absolute_url(),
    }
    return render(request, "reports/document.html", page)


@shown_at_once
def sector(request: HttpRequest, slug: str) -> HttpResponse:
    found = (
        Sector.objects.published().with_recommendations().filter(slug=slug).select_related("report").first()
    )
    if found is None:
        raise Http404("no such sector")
    page = {
        "sector": found,
        "head": {
            "title": _("%(sector)s: what the report asks") % {"sector": found.name},
            "description": found.lead,
            "image": sharing.image_of(found.report, found),
        },
        "checked_on": progress.checked_on(found.demands),
        "words": Glossary.of_the_site(),
    }
    return render(request, "reports/sector.html", page)


@shown_at_once
def recommendation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = Recommendation.objects.published().with_addressees().at(slug, number)
    if found is None:
        raise Http404("no such recommendation")
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=True)
    history = found.updates.with_corrections().newest_first()
    page = {
        "recommendation": found,
        "sector": found.sector,
        "head": {
            "title": f"{found.name}: {found.title}",
            "description": found.demand,
            "image": sharing.image_of(found.sector.report, found.sector, found),
            "structured": structured.of_recommendation(found),
            "feed": reverse("reports:recommendation_atom", args=[slug, number]),
        },
        "since": history.since_report(),
        "before": history.before_report(),
        "neighbours": Recommendation.objects.published().filter(sector=found.sector).select_related("sector"),
        "words": Glossary.of_the_site(),
    }
    return render(request, "reports/recommendation.html", page)


@shown_at_once
def overview(request: HttpRequest) -> HttpResponse:
    """The demands at a glance, and what happened last."""
    sectors = Sector.objects.published().with_recommendations()
    demands = list(chain.from_iterable(sector.demands for sector in sectors))
    page = {
        "sectors": sectors,
        "tally": progress.tally(demands),
        "checked_on": progress.checked_on(demands),
        "latest": Update.objects.published().standing().since_report().newest_first().with_place()[:8],
    }
    return render(request, "reports/progress.html", page)


@shown_at_once
def asked_of(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything asked of one body, and of those it has taken over from."""
    body = Body.objects.filter(slug=slug).select_related("successor").prefetch_related("predecessors").first()
    demands = Recommendation.objects.published().with_addressees().of(body) if body else []
    if not demands:
        raise Http404("nothing is asked of it")
    page = {
        "body": body,
        "demands": demands,
        "checked_on": progress.checked_on(demands),
        "words": Glossary.of_the_site(),
    }
    return render(request, "reports/asked_of.html", page)


@shown_at_once
def words(request: HttpRequest) -> HttpResponse:
    terms = Term.objects.published()
    page = {"terms": terms, "head": {"structured": structured.of_words(terms)}}
    return render(request, "reports/words.html", page)


@shown_at_once
def search(request: HttpRequest) -> HttpResponse:
    """Nothing asked: the form alone. Too much asked: the form, with what was typed and why not."""
    asked = request.GET.get("q", "").strip()
    form = SearchForm(request.GET) if asked else SearchForm()
    refused = bool(asked) and not form.is_valid()
    found = searching.search(form.cleaned_data["q"]) if asked and not refused else []
    page = {"form": form, "asked": asked if not refused else "", "found": found}
    return render(request, "reports/search.html", page, status=422 if refused else 200)


@shown_at_once
def data(request: HttpRequest) -> HttpResponse:
    """How to use what we publish in programs of one's own."""
    return render(request, "reports/data.html", {"origin": settings.SITE_ORIGIN, "statuses": Status.choices})


@require_safe
@cache_control(public=True, max_age=FOR_EVER, immutable=True)
def share_image(request: HttpRequest, name: str) -> HttpResponse:
    """Drawn when the content changed; another drawing has another name."""
    image = get_object_or_404(ShareImage.objects.published(), name=name)
    return HttpResponse(bytes(image.png), content_type="image/png")
