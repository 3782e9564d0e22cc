"""Admin pages of the report's texts, the bodies, the glossary, press texts and replies."""

from django.contrib import admin

from reports import pages
from reports.admin.text import TextAdmin
from reports.models import Arrangement, Body, GlossaryTerm, PressText, Recommendation, Reply, Report, Sector
from reports.pages import Page


@admin.register(Report)
class ReportAdmin(TextAdmin):
    list_display = ["title", "language", "dated_on", "published_at"]
    fixed_fields = ["key", "language"]

    def page(self, obj: Report) -> Page:
        return pages.report(obj)


@admin.register(Sector)
class SectorAdmin(TextAdmin):
    list_display = ["name", "report", "position", "published_at"]
    fixed_fields = ["report", "slug"]

    def page(self, obj: Sector) -> Page:
        return pages.sector(Sector.objects.with_recommendations().get(pk=obj.pk))


@admin.register(Arrangement)
class ArrangementAdmin(TextAdmin):
    list_display = ["label", "report", "since_text", "ended_on", "published_at"]
    fixed_fields = ["report", "slug"]

    def page(self, obj: Arrangement) -> Page:
        return pages.report(obj.report)


@admin.register(Body)
class BodyAdmin(TextAdmin):
    list_display = ["name", "short", "exists_from", "exists_until", "successor"]
    list_select_related = ["successor"]
    fixed_fields = ["slug", "language"]

    def page(self, obj: Body) -> Page:
        return pages.asked_of(obj)


@admin.register(PressText)
class PressTextAdmin(TextAdmin):
    list_display = ["__str__", "kind", "speaker", "dated_on", "published_at"]
    list_filter = ["kind"]
    fixed_fields = ["key", "kind", "language"]

    def page(self, obj: PressText) -> Page:
        return pages.press()


@admin.register(Reply)
class ReplyAdmin(TextAdmin):
    list_display = ["recommendation", "body", "answered_on", "published_at"]
    list_select_related = ["recommendation__sector", "body"]
    fixed_fields = ["recommendation"]

    def page(self, obj: Reply) -> Page:
        return pages.recommendation(Recommendation.objects.with_addressees().get(pk=obj.recommendation_id))


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(TextAdmin):
    list_display = ["name", "short", "meaning", "published_at"]
    fixed_fields = ["slug", "language"]

    def page(self, obj: GlossaryTerm) -> Page:
        return pages.glossary()
