"""Approve the clear ones of the queue at once, and enter an organisation that agreed in writing.

A list of those is entered in `pasting`.
"""

import re

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pledges.admin_base.pages import may_decide, may_enter, page, staff
from pledges.models import Organisation
from pledges.organisations import evidence
from pledges.organisations import service as organisations
from pledges.organisations.admin.forms import EntryForm

MOST = 30  # on one page; what is decided makes room for the next


@require_http_methods(["GET", "POST"])
@may_decide
def approvals(request: HttpRequest) -> HttpResponse:
    """The queue as a list to tick; then what would be public; then, on a second POST, the approvals."""
    seen = _seen(request.POST.getlist("seen"))
    chosen = [row for row in Organisation.objects.queued() if seen.get(str(row.ref)) == row.version]
    if request.method == "POST" and "approve" in request.POST:
        return _approve(request, chosen, len(seen))
    _tell_of_the_late(request, len(seen) - len(chosen))
    if chosen:
        return page(request, "organisation/approvals_preview", title=_("Approve these"), chosen=chosen)
    if request.method == "POST" and not seen:
        messages.warning(request, _("Nothing was ticked."))
    rows = [(row, evidence.gather(row)) for row in Organisation.objects.queued()[:MOST]]
    return page(request, "organisation/approvals", title=_("Approve several"), rows=rows)


@require_http_methods(["GET", "POST"])
@may_enter
def enter(request: HttpRequest) -> HttpResponse:
    """One organisation that agreed in writing."""
    form = EntryForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "organisation/enter", status, title=_("Enter an organisation"), form=form)
    answers = form.cleaned_data
    by, now = staff(request), timezone.now()
    organisation = organisations.enter(answers, answers["agreed_on"], by, now, answers["is_another"])
    messages.success(request, _("“%s” stands in the list.") % organisation.name)
    return redirect("admin:pledges_organisation_entry", organisation.ref)


def _seen(values: list[str]) -> dict[str, int]:
    """What was ticked, as the version seen of each ref; anything else is ignored."""
    parted = (value.partition(":") for value in values)
    return {ref: int(version) for ref, _colon, version in parted if re.fullmatch("[0-9]{1,9}", version)}


def _approve(request: HttpRequest, chosen: list[Organisation], asked: int) -> HttpResponse:
    """All in one transaction. One that bears a name of the list is left to its own screen."""
    done, same, by, now = 0, [], staff(request), timezone.now()
    with transaction.atomic():
        organisations.lock_the_list()
        for organisation in chosen:
            try:
                organisations.approve(organisation, by, organisation.version, now)
                done += 1
            except organisations.SameName:
                same.append(organisation.name)
            except organisations.Overtaken:
                continue
    if done:
        messages.success(request, ngettext("%d is approved.", "%d are approved.", done) % done)
    if same:
        told = _("Not approved, since the name is in the list already: %s. Compare each on its own page.")
        messages.warning(request, told % ", ".join(f"“{name}”" for name in same))
    _tell_of_the_late(request, asked - done - len(same))
    return redirect("admin:pledges_organisation_queue")


def _tell_of_the_late(request: HttpRequest, late: int) -> None:
    """Of those that were ticked, so many are no longer what the moderator saw."""
    if late:
        said = _(
            "Somebody decided about %d of them before you, or they changed their entry. Nothing was done there."
        )
        messages.warning(request, said % late)
