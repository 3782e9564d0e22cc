"""Downloads of the public list of organisations, for the press."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pledges.admin_base.pages import may_read
from pledges.inputs import spreadsheet
from pledges.models import Organisation


@require_safe
@may_read
def as_text(request: HttpRequest) -> HttpResponse:
    """The names only, by kind."""
    parts: list[str] = []
    for label, rows in _by_kind().items():
        parts.append("\n".join([label.upper(), *(row.name for row in rows)]))
    return _file("\n\n".join(parts) + "\n", "text/plain", "organisations.txt")


@require_safe
@may_read
def as_csv(request: HttpRequest) -> HttpResponse:
    table = [["name", "kind", "website"]]
    for label, rows in _by_kind().items():
        table += [[row.name, label, row.website] for row in rows]
    return _file("".join(spreadsheet.csv_lines(table)), "text/csv", "organisations.csv")


def _by_kind() -> dict[str, list[Organisation]]:
    named = list(Organisation.objects.approved().filter(is_named=True).by_name())
    kinds = {value: [row for row in named if row.kind == value] for value in Organisation.Kind.values}
    return {str(Organisation.Kind(value).label): rows for value, rows in kinds.items() if rows}


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers=headers)
