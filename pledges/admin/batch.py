"""Many at once: approve the clear ones of the queue, and enter a list of organisations that agreed in writing.

Both show first what they would do.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pledges import evidence, organisations, pasting
from pledges.admin.desk import may_decide, may_enter, page, staff
from pledges.admin.forms import EntryForm
from pledges.admin.pasting import PasteForm
from pledges.models import Organisation

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
    organisation = organisations.enter(answers, answers["agreed_on"], staff(request), timezone.now())
    messages.success(request, _("“%s” stands in the list.") % organisation.name)
    return redirect("admin:pledges_organisation_entry", organisation.ref)


@require_http_methods(["GET", "POST"])
@may_enter
def paste(request: HttpRequest) -> HttpResponse:
    """Many of them, a line each: read, shown, and entered on the second POST."""
    form = PasteForm(request.POST or None)
    lines = pasting.read(form.cleaned_data["lines"]) if form.is_valid() else []
    is_clear = bool(lines) and not any(line.fault for line in lines)
    if not is_clear or "enter" not in request.POST:
        status = 422 if form.errors else 200
        title = _("Enter several organisations")
        return page(
            request, "organisation/paste", status, title=title, form=form, lines=lines, is_clear=is_clear
        )
    agreed_on, by, now = form.cleaned_data["agreed_on"], staff(request), timezone.now()
    for line in lines:
        organisations.enter(line.answers, agreed_on, by, now)
    said = ngettext("%d organisation stands in the list.", "%d organisations stand in the list.", len(lines))
    messages.success(request, said % len(lines))
    return redirect("admin:pledges_organisation_changelist")


def _seen(values: list[str]) -> dict[str, int]:
    """What was ticked, as the version seen of each ref; anything else is ignored."""
    parted = (value.partition(":") for value in values)
    return {ref: int(version) for ref, _colon, version in parted if version.isascii() and version.isdigit()}


def _approve(request: HttpRequest, chosen: list[Organisation], asked: int) -> HttpResponse:
    done, by, now = 0, staff(request), timezone.now()
    for organisation in chosen:
        try:
            organisations.approve(organisation, by, organisation.version, now)
            done += 1
        except organisations.Overtaken:
            continue
    if done:
        messages.success(request, ngettext("%d is approved.", "%d are approved.", done) % done)
    _tell_of_the_late(request, asked - done)
    return redirect("admin:pledges_organisation_queue")


def _tell_of_the_late(request: HttpRequest, late: int) -> None:
    """Of those that were ticked, so many are no longer what the moderator saw."""
    if late:
        said = _(
            "Somebody decided about %d of them before you, or they changed their entry. Nothing was done there."
        )
        messages.warning(request, said % late)
