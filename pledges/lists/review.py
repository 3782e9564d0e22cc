"""The admin page on which staff review new public names, and names that visitors reported."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pledges.admin_base.pages import page, staff, valid_uuids
from pledges.lists import service as lists
from pledges.lists.forms import ReviewForm
from pledges.models import NameReport, Organisation, PublicName

ON_A_PAGE = 40
MOST_OF_A_NAME = 5  # that are shown at a report


@require_http_methods(["GET", "POST"])
@permission_required("pledges.hide_publicname", raise_exception=True)
def review(request: HttpRequest) -> HttpResponse:
    """Shows the names that staff have not reviewed; a POST hides the ticked ones and leaves the others."""
    chosen = request.POST.getlist("hide")
    form = ReviewForm(request.POST or None, is_hiding=bool(chosen))
    if request.method == "POST" and form.is_valid():
        _settle(request, chosen, form.cleaned_data["reason"])
        return redirect("admin:pledges_publicname_review")
    waiting = PublicName.objects.to_review()
    context = {
        "title": _("New names"),
        "names": waiting[:ON_A_PAGE],
        "count": waiting.count(),
        "chosen": chosen,
        "form": form,
        "reports": _reports(),
        "delay_hours": settings.PUBLIC_NAME_DELAY_HOURS,
    }
    return page(request, "pledges/publicname/review", **context)


@require_POST
@permission_required("pledges.hide_publicname", raise_exception=True)
def settling(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a report from the page: staff have dealt with it."""
    if lists.settle_report(pk, timezone.now()):
        messages.success(request, _("The report is done."))
    else:
        messages.warning(request, _("A colleague did that before you."))
    return redirect("admin:pledges_publicname_review")


def _reports() -> list[tuple[NameReport, Any, Any]]:
    """Each report that waits, with the supporters and the organisations in the lists that have its name."""
    return [
        (
            report,
            PublicName.objects.filter(name__iexact=report.name)[:MOST_OF_A_NAME],
            Organisation.objects.in_list_as(report.name)[:MOST_OF_A_NAME],
        )
        for report in NameReport.objects.filter(settled_at=None).order_by("reported_on", "pk")
    ]


def _settle(request: HttpRequest, chosen: list[str], reason: str) -> None:
    """Hides the chosen names of the page, and marks the others as reviewed."""
    now, by = timezone.now(), staff(request)
    seen = PublicName.objects.to_review().filter(ref__in=valid_uuids(request.POST.getlist("seen"), ON_A_PAGE))
    hide = set(valid_uuids(chosen, ON_A_PAGE))
    hidden = left = 0
    for name in seen:
        if name.ref in hide:
            hidden += lists.set_hidden(name, True, reason, by, now)
        else:
            left += lists.mark_reviewed(name, now)
    message = ngettext("%d name is hidden,", "%d names are hidden,", hidden) % hidden
    link = f"{reverse('admin:pledges_publicname_changelist')}?hidden=yes&o=-3"  # the latest first
    undo = format_html(' <a href="{}">{}</a>', link, _("Show one again")) if hidden else ""
    messages.success(request, format_html("{} {}{}", message, _("%d left as they are.") % left, undo))
