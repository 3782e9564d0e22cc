"""The decisions of moderators about one organisation: each is a POST, followed by the next one in the queue."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from pledges.admin_base.pages import may_decide, staff, valid_uuids
from pledges.models import OpenScreen, Organisation, OrganisationDecision
from pledges.organisations import emails, undo, upkeep
from pledges.organisations import service as organisations
from pledges.organisations.admin import queue
from pledges.organisations.admin.forms import FORMS, SAME_NAME, EmailedForm, VersionForm

MOST_UNDONE = 100  # decisions in one request


class Act(NamedTuple):
    """What a POST does, the message that it is done, and whether it stays on the page of the organisation."""

    do: Callable[..., OrganisationDecision]
    message: str | Promise
    stays: bool = False


# By the last word of the URL, as FORMS.
ACTS = {
    "approval": Act(organisations.approve, gettext_lazy("“%s” is approved.")),
    "refusal": Act(organisations.decline, gettext_lazy("“%s” is declined.")),
    "question": Act(organisations.ask, gettext_lazy("“%s” is asked.")),
    "answer": Act(
        organisations.record_answer,
        gettext_lazy("The answer of “%s” is recorded. It is in the queue again."),
        stays=True,
    ),
    "note": Act(organisations.note, gettext_lazy("Your note about “%s” is recorded."), stays=True),
    "withdrawal": Act(organisations.withdraw, gettext_lazy("“%s” is withdrawn."), stays=True),
    "reopening": Act(undo.back_to_waiting, gettext_lazy("“%s” waits again."), stays=True),
    "spelling": Act(upkeep.respell, gettext_lazy("The spelling of “%s” is changed."), stays=True),
    "contact": Act(upkeep.invite, gettext_lazy("We email the new contact of “%s”, who then confirms."), stays=True),
}


@require_POST
@may_decide
def decide(request: HttpRequest, ref: UUID, act: str) -> HttpResponse:
    """Does it if the organisation is still as the moderator saw it; otherwise a message says what happened.

    Text of the moderator, or the preview button, first shows the email as it will be sent.
    """
    organisation = get_object_or_404(Organisation, ref=ref)
    form = FORMS[act](request.POST, of=organisation)
    if not form.is_valid():
        if "version" in form.errors:
            messages.warning(request, _("The form came incomplete. Nothing was done."))
        return queue.entry_page(request, organisation, act, form)
    if isinstance(form, EmailedForm) and ("preview" in request.POST or not form.has_been_previewed):
        preview = emails.preview(form.email, OrganisationDecision(**form.emailed))
        form.show_preview()
        return queue.entry_page(request, organisation, act, form, preview)
    return _do(request, organisation, act, form)


def _do(request: HttpRequest, organisation: Organisation, act: str, form: VersionForm) -> HttpResponse:
    seen, now = form.cleaned_data["version"], timezone.now()
    do, message, stays = ACTS[act]
    try:
        decision = do(organisation, by=staff(request), version=seen, now=now, **form.arguments())
    except organisations.Conflict:
        messages.warning(request, conflict_message(organisation, seen))
        return redirect("admin:pledges_organisation_entry", organisation.ref)
    except organisations.SameName:
        _add_same_name(form)
        return queue.entry_page(request, organisation, act, form)
    # A page that shows the organisation itself has a button to undo.
    tell_with_undo(request, message % organisation.name, [] if stays else [decision], now)
    if stays or not organisation.is_waiting:
        return redirect("admin:pledges_organisation_entry", organisation.ref)
    return _next(request, organisation, now)


@require_POST
@may_decide
def undoing(request: HttpRequest) -> HttpResponse:
    """Undoes the decisions whose refs are sent; a message says which can't be undone any more."""
    now, by = timezone.now(), staff(request)
    decisions = OrganisationDecision.objects.filter(ref__in=valid_uuids(request.POST.getlist("decision"), MOST_UNDONE))
    undone = []
    for decision in decisions.order_by("pk"):
        try:
            undone.append(undo.undo(decision, by, now))
        except (organisations.Conflict, organisations.SameName):
            organisation = Organisation.objects.get(ref=decision.organisation_ref)
            messages.warning(request, _cannot_undo(organisation, decision, now))
    if undone:
        names = ", ".join(f"“{organisation.name}”" for organisation in undone)
        message = ngettext(
            "Undone: %s is as it was, and no email is sent.",
            "Undone: %s are as they were, and no email is sent.",
            len(undone),
        )
        messages.success(request, message % names)
    touched = {decision.organisation_ref for decision in decisions}
    if len(touched) == 1:
        return redirect("admin:pledges_organisation_entry", touched.pop())
    return redirect("admin:pledges_organisation_queue")


def _cannot_undo(organisation: Organisation, decision: OrganisationDecision, now: datetime) -> str:
    if now >= decision.undoable_until:
        message = _(
            "It is too late to undo this decision about “%s”: an email about it may be sent already. You can still "
            "change it here."
        )
        return message % organisation.name
    return conflict_message(organisation, decision.version)


def _next(request: HttpRequest, organisation: Organisation, now: datetime) -> HttpResponse:
    queue.place_in_run(request, organisation)
    OpenScreen.objects.filter(organisation=organisation, staff_id=request.user.pk).delete()
    following = queue.next_in_run(request, organisation, now)
    if following is None:
        return redirect("admin:pledges_organisation_queue_end")
    return redirect("admin:pledges_organisation_entry", following.ref)


def _add_same_name(form: forms.Form) -> None:
    if "is_another" in form.fields:
        form.add_error("is_another", SAME_NAME)
    else:
        form.add_error("name", ValidationError(_("Another organisation in the list has this name.")))


def tell_with_undo(request: HttpRequest, said: str, decisions: list[OrganisationDecision], now: datetime) -> None:
    """Adds a message for the next page, with a button to undo those of the decisions that can be undone."""
    undoable = [each for each in decisions if each.act in OrganisationDecision.UNDOABLE and now < each.undoable_until]
    context: dict[str, Any] = {"said": said, "decisions": undoable, "is_emailed": undo.is_emailed(undoable)}
    message = render_to_string("admin/pledges/organisation/_undo_message.html", context, request)
    messages.success(request, message, extra_tags=queue.WITH_UNDO if undoable else "")


def conflict_message(organisation: Organisation, seen: int) -> str:
    """The message about what happened to the organisation since the moderator saw this version of it."""
    latest = organisation.decisions().exclude(act=OrganisationDecision.Act.NOTE).first()
    if latest is None or latest.version < seen:
        return _("“%s” changed its entry meanwhile. Nothing was done; look at it again.") % organisation.name
    who = latest.decided_by.get_short_name() if latest.decided_by else _("the organisation itself")
    message = _("%(who)s was before you: “%(name)s” (%(act)s, %(when)s). What you sent was not carried out.")
    act = latest.get_act_display()
    return message % {
        "who": who,
        "name": organisation.name,
        "act": act,
        "when": date_format(timezone.localtime(latest.decided_at), "j F, H:i"),
    }
