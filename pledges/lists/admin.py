"""Public names in the admin: hiding a name and showing it again; the switch that hides the lists; the records of
both.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.admin_base.pages import page, staff
from pledges.admin_base.read_only import ChoiceFilter, RecordAdmin, RefAdmin
from pledges.lists import review
from pledges.lists import service as lists
from pledges.lists.forms import NameDecisionForm
from pledges.models import ListVisibility, NameDecision, NameReport, PublicName


class HiddenFilter(ChoiceFilter):
    title = gettext_lazy("hidden")
    parameter_name = "hidden"

    def lookups(self, request: HttpRequest, model_admin) -> list:
        return [("no", _("shown")), ("yes", _("hidden"))]

    def queryset(self, request: HttpRequest, queryset):
        return queryset.filter(hidden_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(PublicName)
class PublicNameAdmin(RefAdmin):
    page = "admin:pledges_publicname_hiding"
    list_display = ("name", "listed_on", "hidden_at")
    list_filter = (HiddenFilter,)
    search_fields = ("name",)
    ordering = ("-listed_on", "ref")

    def get_urls(self) -> list:
        view, name = self.admin_site.admin_view, "pledges_publicname_{}".format
        return [
            path("review/", view(review.review), name=name("review")),
            path("reports/<int:pk>/settling/", view(review.settling), name=name("settling")),
            path("<uuid:ref>/hiding/", view(hiding), name=name("hiding")),
            *super().get_urls(),
        ]


def _done_before(public_name: PublicName) -> str:
    """The message that someone else hid or showed this name before."""
    latest = NameDecision.objects.filter(public_name_ref=public_name.ref).select_related("decided_by").last()
    who = latest.decided_by.get_short_name() if latest else _("A colleague")
    return _("%s did that before you. Nothing was changed.") % who


@permission_required("pledges.hide_publicname", raise_exception=True)
def hiding(request: HttpRequest, ref) -> HttpResponse:
    """The page to hide a name that is shown, or to show one that is hidden."""
    public_name = get_object_or_404(PublicName, ref=ref)
    is_shown = public_name.hidden_at is None
    hide = request.POST.get("hide") == "True" if request.method == "POST" else is_shown
    form = NameDecisionForm(request.POST or None, hide=hide)
    if not form.is_valid():
        decisions = NameDecision.objects.filter(public_name_ref=ref).select_related("decided_by").order_by("-pk")
        found = {"public_name": public_name, "form": form, "decisions": decisions}
        return page(request, "pledges/publicname/hiding", title=_("Public name"), **found)
    if lists.set_hidden(public_name, hide, form.cleaned_data["reason"], staff(request), timezone.now()):
        messages.success(request, _("The name is hidden.") if hide else _("The name is shown again."))
    else:
        messages.warning(request, _done_before(public_name))
    is_reported = NameReport.objects.filter(settled_at=None, name__iexact=public_name.name).exists()
    return redirect(f"admin:pledges_publicname_{'review' if is_reported else 'changelist'}")


@admin.register(ListVisibility)
class ListVisibilityAdmin(RecordAdmin):
    """The switch of the lists: each change adds a row, and the newest is in force."""

    add_title = gettext_lazy("Show or hide the lists")
    list_display = ("decided_at", "lists_hidden", "organisations_from", "decider")
    list_filter = ("lists_hidden",)
    fields = ("lists_hidden", "organisations_from")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.switch_lists")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": self.add_title, **(extra_context or {})})

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        newest = ListVisibility.objects.newest()
        return {"lists_hidden": newest.lists_hidden, "organisations_from": newest.organisations_from}

    def save_model(self, request: HttpRequest, obj: ListVisibility, form, change: bool) -> None:
        """Adds a row, unless it would be the same as the newest."""
        newest = ListVisibility.objects.newest()
        if newest.pk and all(getattr(newest, name) == getattr(obj, name) for name in self.fields):
            obj.pk = newest.pk
            return
        obj.decided_by_id, obj.decided_at = staff(request).pk, timezone.now()
        obj.save(force_insert=True)


@admin.register(NameDecision)
class NameDecisionAdmin(RecordAdmin):
    list_display = ("decided_at", "hidden", "reason", "decider", "name")
    list_filter = ("hidden", "reason", "decided_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NameDecision]:
        names = PublicName.objects.filter(ref=OuterRef("public_name_ref")).values("name")[:1]
        return super().get_queryset(request).annotate(name=Subquery(names))

    @admin.display(description=gettext_lazy("name"))
    def name(self, decision) -> str:
        return decision.name or _("a name that is erased")
