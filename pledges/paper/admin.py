"""The admin pages for signatures counted on paper: enter a count, correct one, and the list with every version."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.admin_base.pages import staff, valid_uuids
from pledges.admin_base.read_only import RecordAdmin
from pledges.models import PaperCount
from pledges.paper.forms import PaperCountForm


@admin.register(PaperCount)
class PaperCountAdmin(RecordAdmin):
    form = PaperCountForm
    add_title = _("Enter signatures on paper")
    fields = ("signatures", "counted_on", "count", "seen")
    list_display = ("counted_on", "signatures", "state", "entered_at", "entered_by")
    list_filter = ("entered_by",)
    list_select_related = ("entered_by",)
    date_hierarchy = "entered_at"
    ordering = ("-entered_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_papercount")

    def get_fields(self, request: HttpRequest, obj: PaperCount | None = None) -> tuple[str, ...]:
        return ("signatures", "counted_on", "version", "entered_at", "entered_by") if obj else self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaperCount]:
        newer = PaperCount.objects.filter(ref=OuterRef("ref"), version__gt=OuterRef("version"))
        may_correct = Value(self.has_add_permission(request))
        return super().get_queryset(request).annotate(is_corrected=Exists(newer), may_correct=may_correct)

    @admin.display(description=gettext_lazy("state"))
    def state(self, count: Any) -> str:
        if count.is_corrected:
            return _("corrected since")
        if not count.may_correct:
            return _("in force")
        address = reverse("admin:pledges_papercount_add", query={"count": str(count.ref)})
        return format_html('{} · <a href="{}">{}</a>', _("in force"), address, _("Correct"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        found = self._asked_for(request)
        title = _("Correct a count on paper") if found else self.add_title
        return super().add_view(request, form_url, {"title": title, **(extra_context or {})})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        found = self._asked_for(request)
        if found is None:
            return {"count": uuid.uuid4(), "seen": 0, "counted_on": timezone.localdate()}
        return {
            "count": found.ref,
            "seen": found.version,
            "signatures": found.signatures,
            "counted_on": found.counted_on,
        }

    def _asked_for(self, request: HttpRequest) -> PaperCount | None:
        """Returns the newest version of the count in the link "Correct"."""
        refs = [*valid_uuids([request.GET.get("count", "")], 1), None]
        return PaperCount.objects.newest(refs[0])

    def save_model(self, request: HttpRequest, obj: PaperCount, form: PaperCountForm, change: bool) -> None:
        """Adds a version, unless it would be the same as the newest."""
        if form.changes_nothing and form.newest:
            obj.pk = form.newest.pk
            return
        obj.ref, obj.version = form.cleaned_data["count"], form.version + 1
        obj.entered_by_id, obj.entered_at = staff(request).pk, timezone.now()
        obj.save(force_insert=True)

    def log_addition(self, request: HttpRequest, obj: PaperCount, message: Any) -> Any:
        """Writes no entry into the admin's log: the row itself is the record, and the staff log reads it."""

    def response_add(self, request: HttpRequest, obj: PaperCount, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(
            request, _("Saved. The public number changes with the next hourly count. Destroy the sheets now.")
        )
        return self.response_post_save_add(request, obj)
