"""The search page of the report."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.inputs.tidy import tidy
from reports.search import did_you_mean, full_text
from reports.search.forms import SearchForm


@require_safe
@cache_control(public=True)
def search(request: HttpRequest) -> HttpResponse:
    """Shows the search form with the hits of a query; if there are none, another spelling."""
    asked = tidy(request.GET.get("q", ""))
    form = SearchForm(request.GET) if asked else SearchForm(initial=request.GET.dict())
    refused = bool(asked) and not form.is_valid()
    page: dict[str, Any] = {"form": form, "asked": asked if not refused else "", "found": []}
    if asked and not refused:
        where = form.cleaned_data["sector"], form.cleaned_data["body"]
        page["found"] = full_text.search(form.cleaned_data["q"], *where)
        page["filtered"] = any(where)
        if not page["found"]:
            page["suggestion"] = did_you_mean.suggestion(form.cleaned_data["q"])
    return render(request, "reports/search.html", page, status=422 if refused else 200)
