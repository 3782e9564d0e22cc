"""The decisions of moderators about one organisation: each is a POST, followed by the next one in the queue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pledges.admin_base.pages import may_decide, staff, valid_uuids
from pledges.models import Organisation, OrganisationDecision
from pledges.organisations import emails, undo, upkeep
from pledges.organisations import service as organisations
from pledges.organisations.admin import queue_run
from pledges.organisations.admin.forms import (
    SAME_NAME,
    AnswerForm,
    ApprovalForm,
    DeclineForm,
    EmailedForm,
    NoteForm,
    QuestionForm,
    ReasonForm,
    SignerForm,
    SpellingForm,
    VersionForm,
)
from pledges.organisations.admin.queue import WITH_UNDO, entry_page

MOST_UNDONE = 100  # decisions in one request


@dataclass(frozen=True)
class Act:
    """What a POST does, its message, and whether it stays on the page of the organisation."""

    do: Callable[..., OrganisationDecision]
    told: str
    stays: bool = False


@require_POST
@may_decide
def approval(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _act(request, ref, ApprovalForm(request.POST), Act(organisations.approve, _("“%s” is approved.")))


@require_POST
@may_decide
def refusal(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _email(request, ref, DeclineForm(request.POST), Act(organisations.decline, _("“%s” is declined.")))


@require_POST
@may_decide
def question(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _email(request, ref, QuestionForm(request.POST), Act(organisations.ask, _("“%s” is asked.")))


@require_POST
@may_decide
def answer(request: HttpRequest, ref: UUID) -> HttpResponse:
    done = _("The answer of “%s” is recorded. It is in the queue again.")
    act = Act(organisations.record_answer, done, stays=True)
    return _act(request, ref, AnswerForm(request.POST), act)


@require_POST
@may_decide
def note(request: HttpRequest, ref: UUID) -> HttpResponse:
    act = Act(organisations.note, _("Your note about “%s” is recorded."), stays=True)
    return _act(request, ref, NoteForm(request.POST), act)


@require_POST
@may_decide
def withdrawal(request: HttpRequest, ref: UUID) -> HttpResponse:
    act = Act(organisations.withdraw, _("“%s” is withdrawn."), stays=True)
    return _act(request, ref, ReasonForm(request.POST), act)


@require_POST
@may_decide
def reopening(request: HttpRequest, ref: UUID) -> HttpResponse:
    act = Act(undo.back_to_waiting, _("“%s” waits again."), stays=True)
    return _act(request, ref, VersionForm(request.POST), act)


@require_POST
@may_decide
def spelling(request: HttpRequest, ref: UUID) -> HttpResponse:
    form = SpellingForm(request.POST, before=get_object_or_404(Organisation, ref=ref).name)
    return _act(request, ref, form, Act(upkeep.respell, _("The spelling of “%s” is changed."), stays=True))


@require_POST
@may_decide
def contact(request: HttpRequest, ref: UUID) -> HttpResponse:
    act = Act(upkeep.invite, _("We email the new contact of “%s”, who then confirms."), stays=True)
    return _act(request, ref, SignerForm(request.POST), act)


@require_POST
@may_decide
def undoing(request: HttpRequest) -> HttpResponse:
    """Undoes the decisions whose refs are sent; a message says which can't be undone any more."""
    now, by = timezone.now(), staff(request)
    decisions = OrganisationDecision.objects.filter(
        ref__in=valid_uuids(request.POST.getlist("decision"), MOST_UNDONE)
    )
    undone = []
    for decision in decisions.order_by("pk"):
        try:
            undone.append(undo.undo(decision, by, now))
        except (organisations.Overtaken, organisations.SameName):
            organisation = Organisation.objects.get(ref=decision.organisation_ref)
            messages.warning(request, _cannot_undo(organisation, decision, now))
    if undone:
        names = ", ".join(f"“{organisation.name}”" for organisation in undone)
        told = ngettext(
            "Undone: %s is as it was, and no email is sent.",
            "Undone: %s are as they were, and no email is sent.",
            len(undone),
        )
        messages.success(request, told % names)
    touched = {decision.organisation_ref for decision in decisions}
    if len(touched) == 1:
        return redirect("admin:pledges_organisation_entry", touched.pop())
    return redirect("admin:pledges_organisation_queue")


def _cannot_undo(organisation: Organisation, decision: OrganisationDecision, now: datetime) -> str:
    if now >= decision.undoable_until:
        told = _(
            "It is too late to undo this decision about “%s”: an email about it may be sent already. You can still "
            "change it here."
        )
        return told % organisation.name
    return overtaken(organisation, decision.version)


def _email(request: HttpRequest, ref: UUID, form: EmailedForm, act: Act) -> HttpResponse:
    """As `_act`, but text of the moderator, or the preview button, first shows the email as it will be sent."""
    organisation = get_object_or_404(Organisation, ref=ref)
    if form.is_valid() and ("preview" in request.POST or not form.has_been_previewed):
        preview = emails.preview(form.email, OrganisationDecision(**form.emailed))
        form.show_preview()
        return entry_page(request, organisation, form, preview)
    return _act(request, ref, form, act)


def _act(request: HttpRequest, ref: UUID, form: VersionForm, act: Act) -> HttpResponse:
    """Does it if the organisation is still as the moderator saw it; otherwise a message says what happened."""
    organisation, now = get_object_or_404(Organisation, ref=ref), timezone.now()
    if not form.is_valid():
        if "version" in form.errors:
            messages.warning(request, _("The form came incomplete. Nothing was done."))
        return entry_page(request, organisation, form)
    seen = form.cleaned_data["version"]
    try:
        decision = act.do(organisation, by=staff(request), version=seen, now=now, **form.arguments())
    except organisations.Overtaken:
        messages.warning(request, overtaken(organisation, seen))
        return redirect("admin:pledges_organisation_entry", ref)
    except organisations.SameName:
        _add_same_name(form)
        return entry_page(request, organisation, form)
    # A page that shows the organisation itself has a button to undo.
    tell_with_undo(request, act.told % organisation.name, [] if act.stays else [decision], now)
    if act.stays or not organisation.is_waiting:
        return redirect("admin:pledges_organisation_entry", ref)
    return _next(request, organisation, now)


def _next(request: HttpRequest, organisation: Organisation, now: datetime) -> HttpResponse:
    queue_run.place(request, organisation)
    queue_run.mark_closed(request, organisation)
    following = queue_run.following(request, organisation, now)
    if following is None:
        return redirect("admin:pledges_organisation_queue_end")
    return redirect("admin:pledges_organisation_entry", following.ref)


def _add_same_name(form: forms.Form) -> None:
    if "is_another" in form.fields:
        form.add_error("is_another", SAME_NAME)
    else:
        form.add_error("name", ValidationError(_("Another organisation in the list has this name.")))


def tell_with_undo(
    request: HttpRequest, said: str, decisions: list[OrganisationDecision], now: datetime
) -> None:
    """Adds a message for the next page, with a button to undo those of the decisions that can be undone."""
    undoable = [
        each for each in decisions if each.act in OrganisationDecision.UNDOABLE and now < each.undoable_until
    ]
    context: dict[str, Any] = {"said": said, "decisions": undoable, "is_emailed": undo.is_emailed(undoable)}
    message = render_to_string("admin/pledges/organisation/_undo_message.html", context, request)
    messages.success(request, message, extra_tags=WITH_UNDO if undoable else "")


def overtaken(organisation: Organisation, seen: int) -> str:
    """The message about what happened to the organisation since the moderator saw this version of it."""
    latest = organisation.decisions().exclude(act=OrganisationDecision.Act.NOTE).first()
    if latest is None or latest.version < seen:
        return _("“%s” changed its entry meanwhile. Nothing was done; look at it again.") % organisation.name
    who = latest.decided_by.get_short_name() if latest.decided_by else _("the organisation itself")
    told = _("%(who)s was before you: “%(name)s” %(act)s on %(when)s. Nothing was done.")
    act = latest.get_act_display()
    return told % {
        "who": who,
        "name": organisation.name,
        "act": act,
        "when": date_format(timezone.localtime(latest.decided_at), "j F, H:i"),
    }
