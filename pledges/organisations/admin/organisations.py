"""Organisations in the staff area: the list with search and filters, the URLs of all their pages, downloads of the
public list for the press, and the record of decisions.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pledges.admin_base.pages import may_read
from pledges.admin_base.read_only import ChoiceFilter, RecordAdmin, RefAdmin
from pledges.inputs import spreadsheet
from pledges.models import Organisation, OrganisationDecision
from pledges.models.organisations import OrganisationQuerySet, State
from pledges.organisations.admin import batch, decisions, pasted_list_form, queue
from pledges.organisations.admin.forms import FORMS

UNANSWERED = "silent"


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list:
        return [*State.choices, (UNANSWERED, _("left the yearly email unanswered"))]

    def queryset(self, request: HttpRequest, queryset):
        if self.value() == UNANSWERED:
            return queryset.without_yearly_answer(timezone.localdate())
        return queryset.in_state(self.value()) if self.value() else queryset


@admin.register(Organisation)
class OrganisationAdmin(RefAdmin):
    page = "admin:pledges_organisation_entry"
    list_display = ("name_by_key", "kind", "state_shown", "is_named", "confirmed")
    list_filter = (StateFilter, "kind", "is_named")
    search_fields = ("name", "website")
    ordering = ("-confirmed_at",)
    fields = ()

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[OrganisationQuerySet, bool]:
        """Searches by name in any spelling, as on the public page, or by a part of the website."""
        term = search_term.strip()
        return queryset.named_like(term) | queryset.filter(website__icontains=term), False

    @admin.display(description=_("name"), ordering="key")
    def name_by_key(self, organisation: Organisation) -> str:
        return organisation.name

    @admin.display(description=_("state"))
    def state_shown(self, organisation: Organisation) -> str:
        return str(organisation.state.label)

    @admin.display(description=_("confirmed"), ordering="confirmed_at")
    def confirmed(self, organisation: Organisation) -> datetime:
        return organisation.confirmed_at

    def get_urls(self) -> list:
        """The URLs are nouns: GET shows a page, POST does something."""
        of_all = {
            "queue": queue.queue,
            "undoing": decisions.undoing,
            "approvals": batch.approvals,
            "enter": batch.enter,
            "paste": pasted_list_form.paste,
            "text": as_text,
            "csv": as_csv,
        }
        view, name = self.admin_site.admin_view, "pledges_organisation_{}".format
        return [
            *(path(f"{word}/", view(act), name=name(word)) for word, act in of_all.items()),
            path("queue/end/", view(queue.queue_end), name=name("queue_end")),
            path("<uuid:ref>/", view(queue.entry), name=name("entry")),
            *(path(f"<uuid:ref>/{act}/", view(decisions.decide), {"act": act}, name(act)) for act in FORMS),
            *super().get_urls(),
        ]


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


class DeciderFilter(admin.RelatedFieldListFilter):
    """The filter by who decided; without a member of staff it was the organisation itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = conditional_escape(gettext("the organisation itself"))


@admin.register(OrganisationDecision)
class OrganisationDecisionAdmin(RecordAdmin):
    list_display = ("decided_at", "organisation", "act", "reason", "text", "decider")
    list_filter = ("act", ("decided_by", DeciderFilter))

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrganisationDecision]:
        names = Organisation.objects.filter(ref=OuterRef("organisation_ref")).values("name")[:1]
        return super().get_queryset(request).annotate(organisation=Subquery(names))

    @admin.display(description=_("organisation"))
    def organisation(self, decision) -> str:
        return decision.organisation or gettext("an organisation that is erased")
