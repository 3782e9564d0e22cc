"""Public names in the admin: hide one that is abusive or false, and show it again. Each is recorded."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.admin_base.pages import page, staff
from pledges.admin_base.read_only import ChoiceFilter, RefAdmin
from pledges.lists import hidden_names, review
from pledges.models import NameDecision, PublicName
from pledges.organisations.admin.forms import NameDecisionForm


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
    """Who hid or showed this name last, as a sentence."""
    latest = NameDecision.objects.filter(public_name_ref=public_name.ref).select_related("decided_by").last()
    who = latest.decided_by.get_short_name() if latest else _("A colleague")
    return _("%s did that before you. Nothing was changed.") % who


@permission_required("pledges.hide_publicname", raise_exception=True)
def hiding(request: HttpRequest, ref) -> HttpResponse:
    """Hide a shown name, or show a hidden one."""
    public_name = get_object_or_404(PublicName, ref=ref)
    is_shown = public_name.hidden_at is None
    hide = request.POST.get("hide") == "True" if request.method == "POST" else is_shown
    form = NameDecisionForm(request.POST or None, hide=hide)
    if not form.is_valid():
        hidings = (
            NameDecision.objects.filter(public_name_ref=ref).select_related("decided_by").order_by("-pk")
        )
        status = 422 if form.is_bound else 200
        title = _("Public name")
        return page(
            request,
            "publicname/hiding",
            status,
            title=title,
            public_name=public_name,
            form=form,
            hidings=hidings,
        )
    if hidden_names.hide(public_name, hide, form.cleaned_data["reason"], staff(request), timezone.now()):
        messages.success(request, _("The name is hidden.") if hide else _("The name is shown again."))
    else:
        messages.warning(request, _done_before(public_name))
    return redirect("admin:pledges_publicname_changelist")
