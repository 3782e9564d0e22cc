"""The public numbers: a page with charts and tables, and the same numbers as JSON and CSV."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.inputs import spreadsheet
from pledges.models import Totals
from pledges.models.statistics import published
from pledges.statistics import totals, weekly

NOTE = (
    "The total is counted once an hour, the rest once a week for whole weeks. Every number of people, the total "
    "included, is rounded down to tens; one below ten is “under 10”. Signatures on paper (on_paper) are counted by "
    "hand, not verified, and in no other number."
)
WEEKS_DRAWN = 12


@dataclass(frozen=True)
class Table:
    """A counted column that is published: on the page, where it has these words, and in the files."""

    column: str
    heading: Any
    caption: Any
    what: Any  # the heading of its first column

    def cells(self) -> list[weekly.Cell]:
        return weekly.parts(self.column)


# The published tables, by their names in the files.
PUBLISHED = {
    "regions": Table("region", _("Where"), _("Regions and nations, as a table"), _("Region or nation")),
    "professions": Table("profession", _("Who"), _("Professions, as a table"), _("Profession")),
}


@require_safe
@cache_control(public=True)
def numbers(request: HttpRequest) -> HttpResponse:
    growth = weekly.growth()
    shown = {
        "totals": totals.totals(),
        "growth": growth[-WEEKS_DRAWN:],
        "week": growth[-1] if growth else None,
        "tables": [(table, table.cells()) for table in PUBLISHED.values()],
    }
    return render(request, "pledges/numbers.html", shown)


@require_safe
@cache_control(public=True)
def numbers_json(request: HttpRequest) -> HttpResponse:
    tables = {
        name: [{"key": cell.key, "name": cell.name, "people": published(cell.people)} for cell in cells]
        for name, cells in _tables().items()
    }
    week = weekly.latest()
    head = {
        "version": 1,
        "note": NOTE,
        "total": _total(totals.totals()),
        "week_ends": week.isoformat() if week else None,
    }
    return _allow_all_origins(JsonResponse(head | tables, json_dumps_params={"ensure_ascii": False}))


@require_safe
@cache_control(public=True)
def numbers_csv(request: HttpRequest) -> HttpResponse:
    total = _total(totals.totals())
    rows: list[list[object]] = [["of", "key", "name", "people"]]
    rows += [["total", total["counted_at"], "All", total["people"]]]
    rows += [["on paper", total["counted_at"], "On paper, not in any other number", total["on_paper"]]]
    for name, cells in _tables().items():
        rows += [[name, cell.key, cell.name, published(cell.people)] for cell in cells]
    response = HttpResponse(
        spreadsheet.csv_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="numbers.csv"'},
    )
    return _allow_all_origins(response)


def _total(row: Totals) -> dict[str, object]:
    counted_at = row.counted_at and timezone.localtime(row.counted_at).isoformat(timespec="minutes")
    return {
        "people": published(row.people),
        "organisations": row.organisations,
        "on_paper": published(row.on_paper),
        "counted_at": counted_at,
    }


def _tables() -> dict[str, list[weekly.Cell]]:
    return {"growth": weekly.growth(), **{name: table.cells() for name, table in PUBLISHED.items()}}


def _allow_all_origins(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response
