"""The admin page to upload who unsubscribed in a mailing tool: a preview first, then a second POST applies it."""

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pledges.admin_base.pages import page, staff
from pledges.admin_base.uploads import LinesForm
from pledges.models import Export
from pledges.my_pledge import unsubscribe_import
from pledges.my_pledge.unsubscribe_import import Read

LONGEST = 900_000  # characters, some 30,000 addresses: they fit into the largest POST that staff may send
SHOWN = 20  # lines that were not read, before "and so many more"


class UnsubscribesForm(LinesForm):
    too_large = gettext_lazy(
        "This file is too large. Upload it in parts, or use manage.py import_unsubscribes."
    )
    lines = forms.CharField(
        label=gettext_lazy("Email addresses, one a line"),
        help_text=gettext_lazy(
            "Or a table whose first line names its columns, as the mailing tool exports it."
        ),
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
def upload(request: HttpRequest) -> HttpResponse:
    """Shows how the lines are read; the button then ends contact by email for every address.

    It does not say how many of them were supporters' (see unsubscribe_import), and stores no address: the second POST
    sends the lines again.
    """
    form = UnsubscribesForm(request.POST or None, request.FILES or None)
    read = form.read() if form.is_valid() else None
    if read and not form.errors and "end" in request.POST:
        unsubscribe_import.end_contact(read, timezone.now())
        _record(request, read)
        told = ngettext(
            "%d address was read. If its owner had asked for email, they get none any more.",
            "%d addresses were read. Those of their owners who had asked for email get none any more.",
            read.addresses,
        )
        messages.success(request, told % read.addresses)
        return redirect("admin:pledges_export_changelist")
    status = 422 if form.errors else 200
    title = _("Upload who unsubscribed")
    return page(request, "export/unsubscribes", status, title=title, form=form, read=read, shown=SHOWN)


def _record(request: HttpRequest, read: Read) -> None:
    """Records in the admin's log who uploaded how many addresses, without the addresses."""
    LogEntry.objects.create(
        user_id=staff(request).pk,
        content_type=ContentType.objects.get_for_model(Export),
        object_repr="unsubscribes",
        action_flag=CHANGE,
        change_message=f"Unsubscribes uploaded: {read.addresses} addresses read.",
    )
