"""The log of staff acts: the newest lines of all records, filtered by who, what and when."""

from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campaign.staff.models import StaffUser
from campaign.staff.staff_log_records import SOURCES, Line, Source
from pledges.admin_base import pages

ON_A_PAGE = 100


class FilterForm(forms.Form):
    """Filters the log; an empty field shows all."""

    who = forms.ModelChoiceField(
        StaffUser.objects.order_by("name", "email"),
        label=gettext_lazy("Who"),
        required=False,
        empty_label=gettext_lazy("everyone"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        choices = [("", _("everything")), *((name, source.label) for name, source in SOURCES.items())]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


@require_safe
@permission_required("staff.view_log", raise_exception=True)
def page(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = lines(chosen)
    context = {
        "title": _("What staff did"),
        "form": form,
        "lines": [(line, _opens(request, line)) for line in found[:ON_A_PAGE]],
        "is_cut": len(found) > ON_A_PAGE,
        "most": ON_A_PAGE,
    }
    return pages.page(request, "staff_log", **context)


def lines(chosen: dict[str, Any]) -> list[Line]:
    """Returns the newest lines that match, one more than a page shows. `chosen`: the cleaned data of the form."""
    found: list[Line] = []
    for name, source in SOURCES.items():
        if chosen.get("kind") in (None, "", name):
            if chosen.get("who") and not source.by:
                continue
            rows = source.rows().select_related(source.by or None).filter(**_conditions(source, chosen))
            found += source.lines(list(rows.order_by(f"-{source.at}", "-pk")[: ON_A_PAGE + 1]))
    return sorted(found, key=attrgetter("at"), reverse=True)[: ON_A_PAGE + 1]


def _conditions(source: Source, chosen: dict[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    if chosen.get("who"):
        conditions[source.by] = chosen["who"]
    if chosen.get("since"):
        conditions[f"{source.at}__gte"] = _midnight(chosen["since"])
    if chosen.get("until"):
        conditions[f"{source.at}__lt"] = _midnight(chosen["until"] + timedelta(days=1))
    return conditions


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _opens(request: HttpRequest, line: Line) -> bool:
    return bool(line.address) and request.user.has_perm(line.permission)
