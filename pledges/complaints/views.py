"""The form to complain about how personal details are handled, and its acknowledgement."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.complaints import service as complaints
from pledges.complaints.forms import ComplaintForm
from pledges.public_forms.pages import SeeOther, is_accepted, page, posted, takes_form


@takes_form
@cache_control(public=True)
def ask(request: HttpRequest) -> HttpResponse:
    form = ComplaintForm(posted(request))
    if is_accepted(form, request, "complaint"):
        clean = form.cleaned_data
        ref = complaints.complain(clean["message"], clean["answer_to"], timezone.now())
        return SeeOther("complaint_received", ref)
    return page(request, "pledges/complaint.html", form)


@require_safe
def received(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The acknowledgement. It is the same for any reference, because nothing is stored to look it up."""
    context = {"reference": complaints.reference(ref), "days": complaints.ACKNOWLEDGED_WITHIN_DAYS}
    return render(request, "pledges/complaint_received.html", context)
