"""Organisations in the admin: the list with search and filters, and the URLs of all their pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.read_only import ChoiceFilter, RefAdmin
from pledges.models import Organisation
from pledges.models.organisations import OrganisationQuerySet, State
from pledges.organisations.admin import batch, decisions, pasted_list_form, press, queue

SILENT = "silent"


class StateFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list:
        return [*State.choices, (SILENT, _("left the yearly email unanswered"))]

    def queryset(self, request: HttpRequest, queryset):
        if self.value() == SILENT:
            return queryset.without_yearly_answer(timezone.localdate())
        return queryset.in_state(self.value()) if self.value() else queryset


@admin.register(Organisation)
class OrganisationAdmin(RefAdmin):
    page = "admin:pledges_organisation_entry"
    list_display = ("named", "kind", "state_shown", "is_named", "confirmed_at")
    list_filter = (StateFilter, "kind", "is_named")
    search_fields = ("name", "website")
    ordering = ("-confirmed_at",)
    fields = ()

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[OrganisationQuerySet, bool]:
        """By the name however it is spelt, as on the public page, or by a part of the website."""
        term = search_term.strip()
        return queryset.named_like(term) | queryset.filter(website__icontains=term), False

    @admin.display(description=_("name"), ordering="key")
    def named(self, organisation: Organisation) -> str:
        return organisation.name

    @admin.display(description=_("state"))
    def state_shown(self, organisation: Organisation) -> str:
        return str(organisation.state.label)

    def get_urls(self) -> list:
        """The names of acts are nouns: GET shows a page, POST acts."""
        of_all = {
            "queue": queue.queue,
            "undoing": decisions.undoing,
            "approvals": batch.approvals,
            "enter": batch.enter,
            "paste": pasted_list_form.paste,
            "text": press.as_text,
            "csv": press.as_csv,
        }
        of_one = [
            decisions.approval,
            decisions.refusal,
            decisions.question,
            decisions.answer,
            decisions.note,
            decisions.withdrawal,
            decisions.reopening,
            decisions.spelling,
            decisions.contact,
        ]
        view, name = self.admin_site.admin_view, "pledges_organisation_{}".format
        return [
            *(path(f"{word}/", view(act), name=name(word)) for word, act in of_all.items()),
            path("queue/end/", view(queue.end), name=name("queue_end")),
            path("<uuid:ref>/", view(queue.entry), name=name("entry")),
            *(path(f"<uuid:ref>/{act.__name__}/", view(act), name=name(act.__name__)) for act in of_one),
            *super().get_urls(),
        ]
