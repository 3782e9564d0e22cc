"""The admin pages of recommendations. Their status is read-only: recording an update changes it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reports import pages, record_updates
from reports.admin import drafts
from reports.admin.text import TextAdmin
from reports.models import MovedRecommendation, Recommendation
from reports.models.recommendations import CHECK_EVERY
from reports.pages import Page


class OverdueFilter(admin.SimpleListFilter):
    title = _("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("overdue", _("not for %(days)d days") % {"days": CHECK_EVERY.days})]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Recommendation]:
        return queryset.overdue(timezone.localdate()) if self.value() == "overdue" else queryset


@admin.register(Recommendation)
class RecommendationAdmin(TextAdmin):
    change_form_template = "admin/reports/recommendation_form.html"
    list_display = ["__str__", "status", "status_note", "checked_on", "published_at"]
    list_filter = [OverdueFilter, "sector", "status"]
    list_select_related = ["sector"]
    readonly_fields = ["status", "status_note", "checked_on"]
    fixed_fields = ["key"]
    actions = ["checked_today"]

    def get_urls(self) -> list[URLPattern]:
        return [path("work/", self.admin_site.admin_view(self.work), name="reports_work"), *super().get_urls()]

    def work(self, request: HttpRequest) -> HttpResponse:
        """Shows the editors' first page: drafts, what is scheduled, recent edits."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": _("Work on the report"), **drafts.work()}
        return TemplateResponse(request, "admin/reports/work.html", context)

    def page(self, obj: Recommendation) -> Page:
        return pages.recommendation(Recommendation.objects.with_addressees().get(pk=obj.pk))

    def save_model(self, request: HttpRequest, obj: Recommendation, form: Any, change: bool) -> None:
        if change:
            keep_old_address(obj)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Checked today: nothing has changed"), permissions=["change"])
    def checked_today(self, request: HttpRequest, queryset: QuerySet[Recommendation]) -> None:
        today = timezone.localdate()
        for recommendation in queryset.exclude(checked_on=today):
            record_updates.check(recommendation, today, by=request.user)  # type: ignore[arg-type]
            self.log_change(request, recommendation, str(_("Checked: nothing has changed.")))
        number = queryset.count()
        message = ngettext("One recommendation is checked.", "%(number)d recommendations are checked.", number)
        messages.success(request, message % {"number": number})


def keep_old_address(recommendation: Recommendation) -> None:
    """Stores the old address if the new sector or number changes it; the old address then redirects."""
    saved = Recommendation.objects.select_related("sector").get(pk=recommendation.pk)
    if (saved.sector_id, saved.number) != (recommendation.sector_id, recommendation.number):
        MovedRecommendation.objects.update_or_create(
            sector_slug=saved.sector.slug, number=saved.number, defaults={"recommendation": recommendation}
        )
