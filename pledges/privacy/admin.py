"""The admin pages of exports: exporting sealed contacts, the record of it, and uploading unsubscribes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pledges.admin_base.pages import page, staff
from pledges.admin_base.read_only import ReadingAdmin
from pledges.admin_base.uploads import LinesForm
from pledges.models import Contact, Export
from pledges.my_pledge import unsubscribe_import
from pledges.my_pledge.unsubscribe_import import Read
from pledges.privacy import exports

LONGEST = 900_000  # characters, some 30,000 addresses: they fit into the largest POST that staff may send
SHOWN = 20  # lines that were not read, before "and so many more"


class ExportForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Contact.Channel, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Export.Purpose, widget=forms.RadioSelect)

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
        upload = self.admin_site.admin_view(upload_unsubscribes)
        return [path("unsubscribes/", upload, name="pledges_export_unsubscribes"), *super().get_urls()]

    @admin.display(description=gettext_lazy("exported by"))
    def exporter(self, export: Export) -> str:
        return export.exported_by.get_short_name()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.export_contacts")

    def add_view(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:  # type: ignore[override]
        site: Any = self.admin_site  # its `reauthentication_required` asks for password and second factor again
        return site.reauthentication_required(export_contacts)(request)


@permission_required("pledges.export_contacts", raise_exception=True)
def export_contacts(request: HttpRequest) -> HttpResponseBase:
    """The form, and on a POST the export as a download."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "pledges/export/take_out", title=_("Export contacts"), form=form)
    export = exports.begin(by=staff(request), now=timezone.now(), **form.cleaned_data)
    # The browser stays on the form while it saves the file, so the next page shows this message.
    message = ngettext(
        "%(count)s encrypted contact was exported as %(file)s. This is recorded.",
        "%(count)s encrypted contacts were exported as %(file)s. This is recorded.",
        export.records,
    )
    messages.success(request, message % {"count": f"{export.records:,}", "file": exports.file_name(export)})
    return StreamingHttpResponse(
        exports.lines(export),
        content_type="application/jsonl",
        headers={
            "Content-Disposition": f'attachment; filename="{exports.file_name(export)}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",  # otherwise nginx writes a file with what a slow browser has not taken yet
        },
    )


class UnsubscribesForm(LinesForm):
    too_large = gettext_lazy("This file is too large. Upload it in parts, or use manage.py import_unsubscribes.")
    lines = forms.CharField(
        label=gettext_lazy("Email addresses, one a line"),
        help_text=gettext_lazy("Or a table whose first line names its columns, as the mailing tool exports it."),
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        max_length=LONGEST,
        required=False,
        strip=False,
    )
    column = forms.CharField(
        label=gettext_lazy("Column that holds the addresses"),
        help_text=gettext_lazy("Only if the first line does not make it clear."),
        max_length=100,
        required=False,
    )

    def read(self) -> Read | None:
        """Reads the lines; returns None and adds an error to the form if nothing could be read."""
        try:
            read = unsubscribe_import.read(self.cleaned_data["lines"].encode(), self.cleaned_data["column"])
        except forms.ValidationError as error:
            self.add_error("lines", error)
            return None
        if not read.addresses:
            self.add_error("lines", _("There is no address in it."))
        return read


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@permission_required("pledges.import_unsubscribes", raise_exception=True)
def upload_unsubscribes(request: HttpRequest) -> HttpResponse:
    """Shows how the lines are read; the button then ends contact by email for every address.

    It does not say how many of them were supporters' (see unsubscribe_import), and stores no address: the second POST
    sends the lines again.
    """
    form = UnsubscribesForm(request.POST or None, request.FILES or None)
    read = form.read() if form.is_valid() else None
    if read and not form.errors and "end" in request.POST:
        unsubscribe_import.end_contact(read, timezone.now())
        _record(request, read)
        message = ngettext(
            "%d address was read. If its owner had asked for emails, they get no more.",
            "%d addresses were read. If their owners had asked for emails, they get no more.",
            read.addresses,
        )
        messages.success(request, message % read.addresses)
        return redirect("admin:pledges_export_changelist")
    title = _("Upload who unsubscribed")
    return page(request, "pledges/export/unsubscribes", title=title, form=form, read=read, shown=SHOWN)


def _record(request: HttpRequest, read: Read) -> None:
    """Records in the admin's log who uploaded how many addresses, without the addresses."""
    LogEntry.objects.create(
        user_id=staff(request).pk,
        content_type=ContentType.objects.get_for_model(Export),
        object_repr="unsubscribes",
        action_flag=CHANGE,
        change_message=f"Unsubscribes uploaded: {read.addresses} addresses read.",
    )
