"""The admin pages of exports: exporting sealed contacts, the record of it, and uploading unsubscribes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges.admin_base.pages import page, staff
from pledges.admin_base.read_only import ReadingAdmin
from pledges.models import Contact, Export
from pledges.privacy import exports, unsubscribes


class ExportForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=Contact.Channel, widget=forms.RadioSelect
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Export.Purpose, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any) -> None:
        """Shows for each channel how many contacts would be exported now."""
        super().__init__(*args)
        field: Any = self.fields["channel"]
        counts = {channel: Contact.objects.usable(channel).count() for channel in Contact.Channel.values}
        field.choices = [
            (
                channel,
                ngettext("%(label)s: %(count)s contact", "%(label)s: %(count)s contacts", count)
                % {"label": Contact.Channel(channel).label, "count": f"{count:,}"},
            )
            for channel, count in counts.items()
        ]


@admin.register(Export)
class ExportAdmin(ReadingAdmin):
    change_list_template = "admin/pledges/export/change_list.html"
    list_display = ("exported_at", "channel", "purpose", "records", "exporter", "by_command")
    list_display_links = None  # the list says all of it
    list_filter = ("channel", "purpose", "exported_by")
    list_select_related = ("exported_by",)
    date_hierarchy = "exported_at"
    ordering = ("-exported_at",)

    def get_urls(self) -> list:
        upload = self.admin_site.admin_view(unsubscribes.upload)
        return [path("unsubscribes/", upload, name="pledges_export_unsubscribes"), *super().get_urls()]

    @admin.display(description=gettext_lazy("exported by"))
    def exporter(self, export: Export) -> str:
        return export.exported_by.get_short_name()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.export_contacts")

    def add_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:  # type: ignore[override]
        site: Any = self.admin_site  # its `asking_again` asks for password and second factor again
        return site.asking_again(export_contacts)(request)


@permission_required("pledges.export_contacts", raise_exception=True)
def export_contacts(request: HttpRequest) -> HttpResponseBase:
    """The form, and on a POST the export as a download."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "export/take_out", status, title=_("Take out contacts"), form=form)
    export = exports.begin(by=staff(request), now=timezone.now(), **form.cleaned_data)
    # The browser stays on the form while it saves the file, so the next page shows this message.
    told = ngettext(
        "%(count)s sealed contact went out as %(file)s, and is recorded.",
        "%(count)s sealed contacts went out as %(file)s, and are recorded.",
        export.records,
    )
    messages.success(request, told % {"count": f"{export.records:,}", "file": exports.file_name(export)})
    return StreamingHttpResponse(
        exports.lines(export),
        content_type="application/jsonl",
        headers={
            "Content-Disposition": f'attachment; filename="{exports.file_name(export)}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",  # otherwise nginx writes a file with what a slow browser has not taken yet
        },
    )
