"""What staff decided, to read. The database refuses to change it."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.read_only import ReadingAdmin
from pledges.models import NameDecision, Organisation, OrganisationDecision, PublicName


class DeciderFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = conditional_escape(gettext("the organisation itself"))


class RecordAdmin(ReadingAdmin):
    """A row of a record has no page of its own: its list says all of it."""

    list_display_links = None
    list_select_related = ("decided_by",)
    date_hierarchy = "decided_at"
    ordering = ("-decided_at",)

    @admin.display(description=_("decided by"), ordering="decided_by")
    def decider(self, record: OrganisationDecision | NameDecision) -> str:
        return record.decided_by.get_short_name() if record.decided_by else gettext("the organisation itself")


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


@admin.register(NameDecision)
class NameDecisionAdmin(RecordAdmin):
    list_display = ("decided_at", "hidden", "reason", "decider", "name")
    list_filter = ("hidden", "reason", "decided_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NameDecision]:
        names = PublicName.objects.filter(ref=OuterRef("public_name_ref")).values("name")[:1]
        return super().get_queryset(request).annotate(name=Subquery(names))

    @admin.display(description=_("name"))
    def name(self, decision) -> str:
        return decision.name or gettext("a name that is erased")
