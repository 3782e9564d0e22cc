"""The queue: one organisation a screen, and what staff do about it. After a decision the next one follows."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pledges.admin_base.pages import may_decide, may_read, page, staff
from pledges.models import Organisation
from pledges.organisations import evidence, upkeep
from pledges.organisations import service as organisations
from pledges.organisations.admin.forms import (
    SAME_NAME,
    ApprovalForm,
    QuestionForm,
    ReasonForm,
    SignerForm,
    SpellingForm,
)


@require_safe
@may_read
def queue(request: HttpRequest) -> HttpResponse:
    """The oldest that waits, or the news that none does."""
    oldest = Organisation.objects.queued().first()
    if oldest is None:
        asked = Organisation.objects.in_state("asked")
        return page(request, "organisation/empty_queue", title=_("Nothing waits"), asked=asked)
    return redirect("admin:pledges_organisation_entry", oldest.ref)


@require_safe
@may_read
def entry(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _entry(request, get_object_or_404(Organisation, ref=ref))


@require_POST
@may_decide
def approval(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _act(request, ref, ApprovalForm(request.POST), organisations.approve, _("“%s” is approved."))


@require_POST
@may_decide
def refusal(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _act(request, ref, ReasonForm(request.POST), organisations.decline, _("“%s” is declined."))


@require_POST
@may_decide
def question(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _act(request, ref, QuestionForm(request.POST), organisations.ask, _("We ask “%s”."))


@require_POST
@may_decide
def withdrawal(request: HttpRequest, ref: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _act(request, ref, form, organisations.withdraw, _("“%s” is withdrawn."))


@require_POST
@may_decide
def spelling(request: HttpRequest, ref: UUID) -> HttpResponse:
    form = SpellingForm(request.POST, before=get_object_or_404(Organisation, ref=ref).name)
    return _act(request, ref, form, upkeep.respell, _("The spelling of “%s” is changed."))


@require_POST
@may_decide
def contact(request: HttpRequest, ref: UUID) -> HttpResponse:
    def invite(organisation: Organisation, version: int, by, now, **_signer) -> None:
        upkeep.invite(organisation, by, form.signer(), version, now)

    form = SignerForm(request.POST)
    done = _("We write to the new contact of “%s”, who then confirms.")
    return _act(request, ref, form, invite, done)


def _act(
    request: HttpRequest,
    ref: UUID,
    form: forms.Form,
    act: Callable[..., None],
    done: str,
) -> HttpResponse:
    """Does `act` about what the moderator saw, or says that somebody was quicker."""
    organisation = get_object_or_404(Organisation, ref=ref)
    if not form.is_valid():
        if "version" in form.errors:
            messages.warning(request, _("That form was not whole. Nothing was done."))
        return _entry(request, organisation, form)
    try:
        act(organisation, by=staff(request), now=timezone.now(), **form.cleaned_data)
    except organisations.Overtaken:
        overtaken = _("Somebody decided about “%s” before you, or it changed its entry. Nothing was done.")
        messages.warning(request, overtaken % organisation.name)
        return redirect("admin:pledges_organisation_entry", ref)
    except organisations.SameName:
        if "is_another" in form.fields:
            form.add_error("is_another", SAME_NAME)
        else:
            form.add_error("name", _("Another organisation in the list has this name."))
        return _entry(request, organisation, form)
    messages.success(request, done % organisation.name)
    if not organisation.is_waiting:  # it was in the list, and so was the moderator
        return redirect("admin:pledges_organisation_entry", ref)
    following = Organisation.objects.next_after(organisation)
    if following is None:
        return redirect("admin:pledges_organisation_queue")
    return redirect("admin:pledges_organisation_entry", following.ref)


def _entry(
    request: HttpRequest, organisation: Organisation, refused: forms.Form | None = None
) -> HttpResponse:
    """The organisation's screen; `refused` is the form that was sent with something missing."""
    seen = {"version": organisation.version}
    named = {"name": organisation.name, **seen}
    drawn: dict[str, forms.Form] = {
        "approval": ApprovalForm(initial=seen),
        "reason": ReasonForm(initial=seen),
        "question": QuestionForm(initial=seen),
        "spelling": SpellingForm(initial=named, before=organisation.name),
        "signer": SignerForm(initial=seen),
    }
    refusing = {
        ApprovalForm: "approval",
        ReasonForm: "reason",
        QuestionForm: "question",
        SpellingForm: "spelling",
        SignerForm: "signer",
    }
    if refused:
        drawn[refusing[type(refused)]] = refused
    return page(
        request,
        "organisation/entry",
        status=422 if refused else 200,
        title=organisation.name,
        organisation=organisation,
        signer=organisations.signer(organisation),
        evidence=evidence.gather(organisation),
        decisions=organisation.decisions(),
        forms=drawn,
        waiting=Organisation.objects.queued().count(),
        next=Organisation.objects.next_after(organisation),
        may_decide=request.user.has_perm("pledges.decide_organisation"),
    )
