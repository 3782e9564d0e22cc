"""Public names in the admin: hide one that is abusive or false, and show it again. Each is recorded."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import naming
from pledges.admin.desk import page, staff
from pledges.admin.forms import HidingForm
from pledges.admin.reading import ChoiceFilter, RefAdmin
from pledges.models import Hiding, Listing


class HiddenFilter(ChoiceFilter):
    title = gettext_lazy("hidden")
    parameter_name = "hidden"

    def lookups(self, request: HttpRequest, model_admin) -> list:
        return [("no", _("shown")), ("yes", _("hidden"))]

    def queryset(self, request: HttpRequest, queryset):
        return queryset.filter(hidden_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Listing)
class ListingAdmin(RefAdmin):
    page = "admin:pledges_listing_hiding"
    list_display = ("name", "listed_on", "hidden_at")
    list_filter = (HiddenFilter,)
    search_fields = ("name",)
    ordering = ("-listed_on", "ref")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(hiding)
        return [path("<uuid:ref>/hiding/", view, name="pledges_listing_hiding"), *super().get_urls()]


@permission_required("pledges.hide_listing", raise_exception=True)
def hiding(request: HttpRequest, ref) -> HttpResponse:
    """Hide a shown name, or show a hidden one."""
    listing = get_object_or_404(Listing, ref=ref)
    is_shown = listing.hidden_at is None
    hide = request.POST.get("hide") == "True" if request.method == "POST" else is_shown
    form = HidingForm(request.POST or None, hide=hide)
    if not form.is_valid():
        hidings = Hiding.objects.filter(listing_ref=ref).select_related("decided_by").order_by("-pk")
        status = 422 if form.is_bound else 200
        title = _("Public name")
        return page(
            request, "listing/hiding", status, title=title, listing=listing, form=form, hidings=hidings
        )
    if naming.hide(listing, hide, form.cleaned_data["reason"], staff(request), timezone.now()):
        messages.success(request, _("The name is hidden.") if hide else _("The name is shown again."))
    else:
        messages.warning(request, _("Somebody did that before you. Nothing was changed."))
    return redirect("admin:pledges_listing_changelist")
