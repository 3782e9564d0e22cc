"""The public list of organisations, to be taken out for the press; and the switch that hides all lists."""

import csv
from io import StringIO
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.admin_base.pages import may_read, staff
from pledges.admin_base.records import RecordAdmin
from pledges.inputs import spreadsheet
from pledges.models import ListVisibility, Organisation


@require_safe
@may_read
def as_text(request: HttpRequest) -> HttpResponse:
    """Names alone, by kind."""
    parts: list[str] = []
    for label, rows in _by_kind().items():
        parts.append("\n".join([label.upper(), *(row.name for row in rows)]))
    return _file("\n\n".join(parts) + "\n", "text/plain", "organisations.txt")


@require_safe
@may_read
def as_csv(request: HttpRequest) -> HttpResponse:
    table = StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "kind", "website"])
    for label, rows in _by_kind().items():
        writer.writerows(
            [[spreadsheet.safe(cell) for cell in (row.name, label, row.website)] for row in rows]
        )
    return _file("\ufeff" + table.getvalue(), "text/csv", "organisations.csv")


def _by_kind() -> dict[str, list[Organisation]]:
    named = list(Organisation.objects.approved().filter(is_named=True).by_name())
    kinds = {value: [row for row in named if row.kind == value] for value in Organisation.Kind.values}
    return {str(Organisation.Kind(value).label): rows for value, rows in kinds.items() if rows}


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers=headers)


@admin.register(ListVisibility)
class ListVisibilityAdmin(RecordAdmin):
    """Each change is a row; the newest holds."""

    list_display = ("decided_at", "lists_hidden", "organisations_from", "decider")
    list_filter = ("lists_hidden",)
    fields = ("lists_hidden", "organisations_from")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.switch_lists")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().add_view(
            request, form_url, {"title": _("Show or hide the lists"), **(extra_context or {})}
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        newest = ListVisibility.objects.newest()
        return {"lists_hidden": newest.lists_hidden, "organisations_from": newest.organisations_from}

    def save_model(self, request: HttpRequest, obj: ListVisibility, form, change: bool) -> None:
        """A change is a new row; what holds already is not recorded again."""
        newest = ListVisibility.objects.newest()
        if newest.pk and all(getattr(newest, name) == getattr(obj, name) for name in self.fields):
            obj.pk = newest.pk
            return
        obj.decided_by_id, obj.decided_at = staff(request).pk, timezone.now()
        obj.save(force_insert=True)
