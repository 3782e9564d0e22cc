"""Where staff write the report, and record what happened since."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from reports import following
from reports.models import Arrangement, Body, Recommendation, Report, Sector, Term, Update


class ContentAdmin(SimpleHistoryAdmin):
    """Text with a history. Nothing is deleted: what should not be seen becomes a draft."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(ContentAdmin):
    list_display = ["title", "language", "dated_on", "published_at"]


@admin.register(Sector)
class SectorAdmin(ContentAdmin):
    list_display = ["name", "report", "position", "published_at"]


@admin.register(Body)
class BodyAdmin(ContentAdmin):
    list_display = ["name", "short", "stands_from", "stands_until", "successor"]


@admin.register(Arrangement)
class ArrangementAdmin(ContentAdmin):
    list_display = ["label", "report", "since_told", "ended_on", "published_at"]
    filter_horizontal = ["shared_by"]


@admin.register(Recommendation)
class RecommendationAdmin(ContentAdmin):
    list_display = ["__str__", "status", "checked_on", "published_at"]
    list_filter = ["sector", "status"]
    list_select_related = ["sector"]
    filter_horizontal = ["asked_of"]
    readonly_fields = ["status", "checked_on"]
    actions = ["checked_today"]

    @admin.action(description="Checked today: nothing has changed")
    def checked_today(self, request: HttpRequest, queryset: QuerySet[Recommendation]) -> None:
        for recommendation in queryset:
            following.check(recommendation, timezone.localdate(), by=request.user)  # type: ignore[arg-type]


@admin.register(Term)
class TermAdmin(ContentAdmin):
    list_display = ["name", "short", "meaning", "published_at"]


@admin.register(Update)
class UpdateAdmin(admin.ModelAdmin):
    """Updates are recorded here and never edited: a wrong one is corrected by a new one."""

    list_display = ["recommendation", "happened_told", "what", "status_after", "recorded_at", "recorded_by"]
    list_select_related = ["recommendation__sector", "recorded_by"]
    list_filter = ["recommendation__sector"]
    ordering = ["-recorded_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        following.record(obj, by=request.user, checked_on=timezone.localdate())  # type: ignore[arg-type]
