"""The public lists: supporters who chose to be shown, organisations that staff approved."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges import counting, paging
from pledges.forms.signing import SearchForm
from pledges.models import Listing, Organisation

NAMES_ON_A_PAGE = 100
ORGANISATIONS_ON_A_PAGE = 300
BY_KIND = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(Organisation.Kind)))


@require_safe
@cache_control(public=True)
def supporters(request: HttpRequest) -> HttpResponse:
    """Those who chose to be shown, newest first."""
    shown = Listing.objects.shown().select_related("signature")
    found = paging.of(shown, request.GET.get("after", ""), NAMES_ON_A_PAGE)
    return render(request, "pledges/supporters.html", {"page": found, "tally": counting.totals()})


@require_safe
@cache_control(public=True)
def organisations(request: HttpRequest) -> HttpResponse:
    """By kind and then by name; those that asked only to be counted are a number."""
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    sought = form.cleaned_data["q"] if form.is_valid() else ""
    found = Organisation.objects.listed().named_like(sought).order_by(BY_KIND, Lower("name"), "pk")
    shown = Paginator(found, ORGANISATIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    others = {
        "form": form,
        "sought": sought,
        "page": shown,
        "kinds": [
            (Organisation.Kind(kind).label, list(rows)) for kind, rows in groupby(shown, lambda one: one.kind)
        ],
        "unnamed": Organisation.objects.approved().filter(is_named=False).count(),
    }
    return render(request, "pledges/organisations.html", others, status=422 if form.errors else 200)
