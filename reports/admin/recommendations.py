"""The recommendations at the desk. Their status is read there: it moves by recording an update."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reports import moved_addresses, pages, record_updates
from reports.admin.text import TextAdmin
from reports.models import Recommendation
from reports.models.recommendations import CHECK_EVERY
from reports.pages import Page


class LongUnchecked(admin.SimpleListFilter):
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
    list_filter = [LongUnchecked, "sector", "status"]
    list_select_related = ["sector"]
    filter_horizontal = ["asked_of"]
    readonly_fields = ["status", "status_note", "checked_on"]
    lasting = ["key"]
    actions = ["checked_today"]

    def page(self, obj: Recommendation) -> Page:
        return pages.recommendation(Recommendation.objects.with_addressees().get(pk=obj.pk))

    def save_model(self, request: HttpRequest, obj: Recommendation, form: Any, change: bool) -> None:
        if change:
            moved_addresses.keep_address(obj)
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Checked today: nothing has changed"), permissions=["change"])
    def checked_today(self, request: HttpRequest, queryset: QuerySet[Recommendation]) -> None:
        today = timezone.localdate()
        for recommendation in queryset.exclude(checked_on=today):
            record_updates.check(recommendation, today, by=request.user)  # type: ignore[arg-type]
        number = queryset.count()
        told = ngettext("One recommendation is checked.", "%(number)d recommendations are checked.", number)
        messages.success(request, told % {"number": number})
