"""The admin pages to approve or decline several organisations at once, and to enter one that agreed in writing.

`pasted_list_form` enters a list of such organisations.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pledges.admin_base.pages import may_decide, may_enter, page, staff
from pledges.models import Organisation, OrganisationDecision
from pledges.models.answers import Words
from pledges.organisations import evidence
from pledges.organisations import service as organisations
from pledges.organisations.admin.decisions import tell_with_undo
from pledges.organisations.admin.forms import EntryForm, ReasonForm

MOST = 30  # organisations on one page


@require_http_methods(["GET", "POST"])
@may_decide
def approvals(request: HttpRequest) -> HttpResponse:
    """The queue as a list with checkboxes; a POST shows those that were ticked, and a second one decides about them."""
    seen = _seen(request.POST.getlist("seen"))
    chosen = [row for row in Organisation.objects.queued() if seen.get(str(row.ref)) == row.version]
    # Not required in the browser: the reasons are in the same form as the button to approve.
    form = ReasonForm({"version": 1, "reason": request.POST.get("reason", "")}, use_required_attribute=False)
    if "approve" in request.POST:
        return _decide_all(request, chosen, len(seen), _approve, _("Approved: %d."))
    if "decline" in request.POST and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _decide_all(request, chosen, len(seen), partial(_decline, reason=reason), _("Declined: %d."))
    _tell_of_changed(request, len(seen) - len(chosen))
    is_declining = "declining" in request.POST or bool(form["reason"].data)
    if chosen and "choosing" not in request.POST:
        if "declining" not in request.POST:
            return _preview(request, chosen, _("Approve these"), None)
        if form.is_valid():
            return _preview(request, chosen, _("Decline these"), form)
        messages.warning(request, _("Choose a reason to decline them."))
    if request.method == "POST" and not seen:
        messages.warning(request, _("Nothing was ticked."))
    rows = [(row, evidence.gather(row)) for row in Organisation.objects.queued()[:MOST]]
    others: dict[str, Any] = {
        "rows": rows,
        "reasons": form if is_declining else ReasonForm(use_required_attribute=False),
        "ticked": {str(row.ref) for row in chosen},
    }
    return page(request, "pledges/organisation/approvals", title=_("Approve or decline several"), **others)


def _preview(request: HttpRequest, chosen: list[Organisation], title: str, reason: ReasonForm | None) -> HttpResponse:
    shown = OrganisationDecision.Reason(reason.cleaned_data["reason"]).label if reason else ""
    context: dict[str, Any] = {"chosen": chosen, "reason": reason, "reason_shown": shown}
    return page(request, "pledges/organisation/approvals_preview", title=title, **context)


@require_http_methods(["GET", "POST"])
@may_enter
def enter(request: HttpRequest) -> HttpResponse:
    """The form for one organisation that agreed in writing."""
    form = EntryForm(request.POST or None)
    if not form.is_valid():
        return page(request, "pledges/organisation/enter", title=_("Enter an organisation"), form=form)
    answers = form.cleaned_data
    by, now = staff(request), timezone.now()
    organisation = organisations.enter(answers, answers["agreed_on"], by, now, answers["is_another"])
    messages.success(request, _("“%s” is in the list.") % organisation.name)
    return redirect("admin:pledges_organisation_entry", organisation.ref)


def _seen(values: list[str]) -> dict[str, int]:
    """By ref of what was ticked, the version that was seen; values that are not valid are ignored."""
    parted = (value.partition(":") for value in values)
    return {ref: int(version) for ref, _colon, version in parted if re.fullmatch("[0-9]{1,9}", version)}


Decide = Callable[[Organisation, AbstractBaseUser, datetime], OrganisationDecision]


def _approve(organisation: Organisation, by: AbstractBaseUser, now: datetime) -> OrganisationDecision:
    return organisations.approve(organisation, by, organisation.version, now)


def _decline(organisation: Organisation, by: AbstractBaseUser, now: datetime, reason: str) -> OrganisationDecision:
    return organisations.decline(organisation, by, Words(reason), organisation.version, now)


def _decide_all(
    request: HttpRequest, chosen: list[Organisation], asked: int, decide: Decide, message: str
) -> HttpResponse:
    """Decides about all in one transaction. Those with the name of another one in the list are left out."""
    done, same, by, now = [], [], staff(request), timezone.now()
    with transaction.atomic():
        organisations.lock_the_list()
        for organisation in chosen:
            try:
                done.append(decide(organisation, by, now))
            except organisations.SameName:
                same.append(organisation.name)
            except organisations.Conflict:
                continue
    if done:
        tell_with_undo(request, message % len(done), done, now)
    if same:
        said = _("Not approved, since the name is in the list already: %s. Compare each on its own page.")
        messages.warning(request, said % ", ".join(f"“{name}”" for name in same))
    _tell_of_changed(request, asked - len(done) - len(same))
    return redirect("admin:pledges_organisation_queue")


def _tell_of_changed(request: HttpRequest, late: int) -> None:
    """Adds a message if some of those that were ticked have changed since."""
    if late:
        said = _("Someone decided about %d of them before you, or they changed their entry. Nothing was done there.")
        messages.warning(request, said % late)
