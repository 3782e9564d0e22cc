"""The admin page to enter a list of organisations that agreed in writing: a preview, then a second POST enters them."""

import re
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from pledges.admin_base.pages import may_enter, page, staff
from pledges.admin_base.uploads import LinesForm
from pledges.models import OrganisationDecision
from pledges.organisations import pasted_list
from pledges.organisations import service as organisations
from pledges.organisations.admin.decisions import tell_with_undo
from pledges.organisations.admin.forms import has_come
from pledges.organisations.pasted_list import Reading


class PasteForm(LinesForm):
    too_large = gettext_lazy("This file is too large. Enter it in parts of 200 lines.")
    lines = forms.CharField(
        label=gettext_lazy("Organisations, one a line"),
        help_text=gettext_lazy(
            "Name, website, kind; as a spreadsheet copies them, or separated by semicolons or commas. A first line "
            "that names the columns may be left in."
        ),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        max_length=pasted_list.MOST * 400,
        required=False,
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("All agreed in writing by"), widget=forms.DateInput({"type": "date"}), validators=[has_come]
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if len(answers.get("lines", "").splitlines()) > pasted_list.MOST + 1:  # the header is one more
            self.add_error("lines", _("That is more than 200 lines. Paste them in parts."))
        return answers


@require_http_methods(["GET", "POST"])
@may_enter
def paste(request: HttpRequest) -> HttpResponse:
    """Previews the pasted list; a POST with `enter` adds the organisations if no line is wrong or undecided."""
    form = PasteForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _shown(request, form, None)
    with transaction.atomic():
        organisations.lock_the_list()
        reading = pasted_list.read(form.cleaned_data["lines"], _decisions(request.POST))
        if "enter" not in request.POST or reading.wrong or reading.undecided or not reading.to_enter:
            return _shown(request, form, reading)
        by, now = staff(request), timezone.now()
        entered = [
            organisations.enter(line.answers, form.cleaned_data["agreed_on"], by, now, line.decision == "enter")
            for line in reading.to_enter
        ]
    decisions = OrganisationDecision.objects.filter(organisation_ref__in=[row.ref for row in entered])
    tell_with_undo(request, _message(reading), list(decisions), now)
    return redirect("admin:pledges_organisation_changelist")


def _shown(request: HttpRequest, form: PasteForm, reading: Reading | None) -> HttpResponse:
    context = {"form": form, "reading": reading, "is_asked": "enter" in request.POST}
    status = 422 if context["is_asked"] else 200
    return page(request, "pledges/organisation/paste", status, title=_("Enter several organisations"), **context)


def _decisions(posted: QueryDict) -> dict[int, str]:
    """What staff decided about each line that resembles another."""
    named = ((re.fullmatch("line-([0-9]{1,6})", name), name) for name in posted)
    return {int(found[1]): str(posted[name]) for found, name in named if found}


def _message(reading: Reading) -> str:
    entered, left = len(reading.to_enter), [line for line in reading.alike if not line.is_entered]
    said = [ngettext("%d organisation is in the list.", "%d organisations are in the list.", entered) % entered]
    if reading.repeated:
        repeated = len(reading.repeated)
        said.append(ngettext("%d repeat was left out.", "%d repeats were left out.", repeated) % repeated)
    if left:
        names = ", ".join(f"“{line.answers['name']}”" for line in left)
        said.append(_("You left out: %s.") % names)
    return " ".join(said)
