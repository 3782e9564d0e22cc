"""Sealed contacts leave: for what, recorded; and the record of every time they did."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.admin_base.pages import page
from pledges.admin_base.read_only import ReadingAdmin
from pledges.models import Contact, Export
from pledges.privacy import exports


class ExportForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=Contact.Channel, widget=forms.RadioSelect
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Export.Purpose, widget=forms.RadioSelect
    )


@admin.register(Export)
class ExportAdmin(ReadingAdmin):
    list_display = ("exported_at", "channel", "purpose", "records", "exporter", "by_command")
    list_filter = ("channel", "purpose", "exported_by")
    list_select_related = ("exported_by",)
    date_hierarchy = "exported_at"
    ordering = ("-exported_at",)

    @admin.display(description=gettext_lazy("exported by"))
    def exporter(self, export: Export) -> str:
        return export.exported_by.get_short_name()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.export_contacts")

    def add_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:  # type: ignore[override]
        site: Any = self.admin_site  # asks for password and second factor again
        return site.asking_again(take_out)(request)


@permission_required("pledges.export_contacts", raise_exception=True)
def take_out(request: HttpRequest) -> HttpResponseBase:
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "export/take_out", status, title=_("Take out contacts"), form=form)
    export = exports.begin(by=request.user, now=timezone.now(), **form.cleaned_data)
    return StreamingHttpResponse(
        exports.lines(export),
        content_type="application/jsonl",
        headers={
            "Content-Disposition": f'attachment; filename="{exports.file_name(export)}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",  # or nginx writes what the browser is slow to take into a file
        },
    )
