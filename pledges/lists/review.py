"""New public names as a queue for staff, and the names that the public reported."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pledges.admin_base.pages import page, staff
from pledges.lists import hidden_names
from pledges.lists.forms import ReviewForm
from pledges.models import NameReport, PublicName

ON_A_PAGE = 40


@require_http_methods(["GET", "POST"])
@permission_required("pledges.hide_publicname", raise_exception=True)
def review(request: HttpRequest) -> HttpResponse:
    """Shows the names that staff have not looked at yet; on the button, hides those ticked and leaves the others."""
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
        "reports": NameReport.objects.filter(settled_at=None).order_by("reported_on", "pk"),
    }
    return page(request, "publicname/review", status=422 if form.errors else 200, **context)


@require_POST
@permission_required("pledges.hide_publicname", raise_exception=True)
def settling(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a reported name off the list of reports: staff have looked at it."""
    if NameReport.objects.filter(pk=pk, settled_at=None).update(settled_at=timezone.now()):
        messages.success(request, _("The report is done."))
    else:
        messages.warning(request, _("A colleague did that before you."))
    return redirect("admin:pledges_publicname_review")


def _settle(request: HttpRequest, chosen: list[str], reason: str) -> None:
    """Of the names that were on the page: hides the chosen, and marks the others as looked at."""
    now, by = timezone.now(), staff(request)
    seen = PublicName.objects.to_review().filter(ref__in=_refs(request.POST.getlist("seen")))
    hide = set(_refs(chosen))
    hidden = left = 0
    for name in seen:
        if name.ref in hide:
            hidden += hidden_names.hide(name, True, reason, by, now)
        else:
            left += PublicName.objects.filter(pk=name.pk, reviewed_at=None).update(reviewed_at=now)
    told = ngettext("%d name is hidden,", "%d names are hidden,", hidden) % hidden
    messages.success(request, f"{told} {_('%d left as they are.') % left}")


def _refs(sent: list[str]) -> list[UUID]:
    found = []
    for value in sent[:ON_A_PAGE]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
