"""The public lists: supporters who chose to be listed, and organisations that staff approved.

The URL of a page of supporters holds the last row of the page before it (keyset pagination), so that each page costs
the same, however far down it is. That key is the row's day and ref, encrypted (AES-SIV): the same row gives the same
key, so pages can be cached, and no one else can make a key.
"""

import re
import uuid
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.crypto import encryption
from pledges.inputs.tidy import tidy
from pledges.lists import service as lists
from pledges.lists.forms import ReportNameForm, SearchForm
from pledges.models import ListVisibility, Organisation, PublicName, retention
from pledges.models.lists import PublicNameQuerySet
from pledges.models.organisations import BY_KIND, OrganisationQuerySet
from pledges.public_forms.pages import SeeOther, is_accepted, posted, takes_form
from pledges.public_forms.pages import page as form_page
from pledges.statistics import totals

NAMES_ON_A_PAGE = 100
_KEY = "pledges.lists.paging"  # the purpose for which keys are encrypted
ORGANISATIONS_ON_A_PAGE = 300
_PAGE_NUMBER = re.compile("[1-9][0-9]{0,3}")


@require_safe
@cache_control(public=True)
def supporters(request: HttpRequest) -> HttpResponse:
    """The supporters who chose to be listed, newest first."""
    shown = PublicName.objects.shown().select_related("signature")
    found = _page_after(shown, request.GET.get("after", ""), NAMES_ON_A_PAGE)
    others = {
        "page": found,
        "totals": totals.totals(),
        "are_hidden": not found.rows and ListVisibility.objects.newest().lists_hidden,
        "is_over": _is_over(),
    }
    return render(request, "pledges/supporters.html", others)


@require_safe
@cache_control(public=True)
def organisations(request: HttpRequest) -> HttpResponse:
    """The approved organisations by kind and name. Those that chose not to be named are only counted."""
    form = SearchForm(request.GET if tidy(request.GET.get("q", "")) else None)
    sought = form.cleaned_data["q"] if form.is_valid() else ""
    found = Organisation.objects.listed().named_like(sought).order_by(BY_KIND, "key", "pk")
    page = _numbered_page(found, request.GET.get("page", ""), ORGANISATIONS_ON_A_PAGE)
    kinds = groupby(page.rows, lambda one: one.kind)
    others = {
        "form": form,
        "sought": sought,
        "page": page,
        "kinds": [(Organisation.Kind(kind).label, list(rows)) for kind, rows in kinds],
        "totals": totals.totals(),
        "are_hidden": not page.rows and not ListVisibility.objects.newest().shows_organisations(timezone.now()),
        "is_over": _is_over(),
        "some_are_unnamed": not sought and Organisation.objects.approved().filter(is_named=False).exists(),
    }
    return render(request, "pledges/organisations.html", others, status=422 if form.errors else 200)


@takes_form
@cache_control(public=True)
def report_name(request: HttpRequest) -> HttpResponse:
    """A form by which visitors report a name that should not be in a list."""
    form = ReportNameForm(posted(request))
    if is_accepted(form, request, "report-name"):
        lists.report(**form.cleaned_data, now=timezone.now())
        return SeeOther("pledges:name_reported")
    return form_page(request, "pledges/report_name.html", form)


@require_safe
@cache_control(public=True)
def name_reported(request: HttpRequest) -> HttpResponse:
    return render(request, "pledges/name_reported.html")


def _is_over() -> bool:
    """Whether the campaign takes no more signatures."""
    return timezone.localdate() > retention.signing_until()


class _Page(NamedTuple):
    rows: Sequence[PublicName]
    next_key: str = ""  # "" on the last page


def _page_after(public_names: PublicNameQuerySet, key: str, size: int) -> _Page:
    """Up to `size` names, newest first, after the row of `key`; the first page if the key is not valid."""
    place = _row_of(key)
    rows = list((public_names.after(*place) if place else public_names).newest_first()[: size + 1])
    if len(rows) <= size:
        return _Page(rows)
    day, ref = rows[size - 1].listed_on, rows[size - 1].ref
    row = day.toordinal().to_bytes(4, "big") + ref.bytes
    return _Page(rows[:size], encryption.encrypt_for_url(_KEY, row))


class _NumberedPage(NamedTuple):
    rows: Sequence[Organisation]
    earlier: int  # the number of the page before, 0 if there is none
    later: int


def _numbered_page(organisations: OrganisationQuerySet, number: str, size: int) -> _NumberedPage:
    """The page with this number; the first if there is none. Django's Paginator would count all rows each time."""
    page = int(number) if _PAGE_NUMBER.fullmatch(number) else 1
    rows = list(organisations[(page - 1) * size : page * size + 1])
    if not rows and page > 1:
        return _numbered_page(organisations, "1", size)
    return _NumberedPage(rows[:size], earlier=page - 1, later=page + 1 if len(rows) > size else 0)


def _row_of(key: str) -> tuple[date, uuid.UUID] | None:
    place = encryption.decrypt_from_url(_KEY, key)
    if place is None:
        return None
    return date.fromordinal(int.from_bytes(place[:4], "big")), uuid.UUID(bytes=place[4:])
