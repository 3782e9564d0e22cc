"""The numbers: a page of pictures and tables, and the same for programs."""

import csv

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges import figures
from pledges.models import Figure

NOTE = (
    "Counted once a week for whole weeks. Every number, the total included, is rounded down to tens; "
    "one below ten is “under 10”."
)
WEEKS_DRAWN = 12


@require_safe
@cache_control(public=True)
def numbers(request: HttpRequest) -> HttpResponse:
    growth = figures.growth()
    shown = {
        "growth": growth[-WEEKS_DRAWN:],
        "total": growth[-1] if growth else None,
        "regions": figures.parts(Figure.Of.REGION),
        "professions": figures.parts(Figure.Of.PROFESSION),
    }
    return render(request, "pledges/numbers.html", shown)


@require_safe
@cache_control(public=True)
def numbers_json(request: HttpRequest) -> HttpResponse:
    tables = {
        name: [{"key": cell.key, "name": cell.name, "people": cell.published} for cell in cells]
        for name, cells in _tables().items()
    }
    week = figures.latest()
    head = {"version": 1, "note": NOTE, "week_ends": week.isoformat() if week else None}
    return _open_to_all(JsonResponse(head | tables, json_dumps_params={"ensure_ascii": False}))


@require_safe
@cache_control(public=True)
def numbers_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="numbers.csv"'},
    )
    table = csv.writer(response)
    table.writerow(["of", "key", "name", "people"])
    for name, cells in _tables().items():
        table.writerows([name, cell.key, cell.name, cell.published] for cell in cells)
    return _open_to_all(response)


def _tables() -> dict[str, list[figures.Cell]]:
    return {
        "growth": figures.growth(),
        "regions": figures.parts(Figure.Of.REGION),
        "professions": figures.parts(Figure.Of.PROFESSION),
    }


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response
