"""The queue: one organisation a screen, and what staff do about it. After a decision the next one follows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pledges import organisations
from pledges.admin.forms import EntryForm, ReasonForm, SeenForm
from pledges.models import Organisation

may_read = permission_required("pledges.view_organisation", raise_exception=True)
may_decide = permission_required("pledges.decide_organisation", raise_exception=True)
may_enter = permission_required("pledges.enter_organisation", raise_exception=True)


@require_safe
@may_read
def queue(request: HttpRequest) -> HttpResponse:
    """The oldest that waits, or the news that none does."""
    oldest = Organisation.objects.waiting().first()
    if oldest is None:
        return _page(request, "empty_queue", title=_("Nothing waits"))
    return redirect("admin:pledges_organisation_entry", oldest.ref)


@require_safe
@may_read
def entry(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _entry_page(request, get_object_or_404(Organisation, ref=ref))


@require_POST
@may_decide
def approval(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _decide(request, ref, SeenForm(request.POST), organisations.approve, _("“%s” is approved."))


@require_POST
@may_decide
def refusal(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _decide(request, ref, ReasonForm(request.POST), organisations.decline, _("“%s” is declined."))


@require_POST
@may_decide
def withdrawal(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _decide(request, ref, ReasonForm(request.POST), organisations.withdraw, _("“%s” is withdrawn."))


@may_enter
def enter(request: HttpRequest) -> HttpResponse:
    """An organisation that agreed in writing."""
    form = EntryForm(request.POST or None)
    if not form.is_valid():
        return _page(request, "enter", title=_("Enter an organisation"), form=form)
    answers = form.cleaned_data
    organisation = organisations.enter(answers, answers["agreed_on"], request.user, timezone.now())
    messages.success(request, _("“%s” stands in the list.") % organisation.name)
    return redirect("admin:pledges_organisation_entry", organisation.ref)


def _decide(
    request: HttpRequest, ref: UUID, form: forms.Form, act: Callable[..., None], done: str
) -> HttpResponse:
    """Does `act` about what the moderator saw, or says that somebody was quicker."""
    organisation = get_object_or_404(Organisation, ref=ref)
    if not form.is_valid():
        return _entry_page(request, organisation, status=422, refused=form)
    try:
        act(organisation, by=request.user, now=timezone.now(), **form.cleaned_data)
    except organisations.Overtaken:
        messages.warning(
            request,
            _("Somebody decided about “%s” before you, or it changed its entry. Nothing was done.")
            % organisation.name,
        )
        return redirect("admin:pledges_organisation_entry", ref)
    messages.success(request, done % organisation.name)
    following = Organisation.objects.next_after(organisation)
    if following is None:
        return redirect("admin:pledges_organisation_queue")
    return redirect("admin:pledges_organisation_entry", following.ref)


def _entry_page(
    request: HttpRequest, organisation: Organisation, status: int = 200, refused: forms.Form | None = None
) -> HttpResponse:
    queue = Organisation.objects.waiting()
    context = {
        "title": organisation.name,
        "organisation": organisation,
        "signer": organisations.signer(organisation),
        "decisions": organisation.decisions(),
        "form": refused or ReasonForm(initial={"version": organisation.version}),
        "waiting": queue.count(),
        "next": queue.next_after(organisation),
        "may_decide": request.user.has_perm("pledges.decide_organisation"),
    }
    return _page(request, "entry", status, **context)


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/pledges/organisation/{name}.html", context, status=status)
