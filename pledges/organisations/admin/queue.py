"""The admin pages of the queue: one organisation a page, and the end of a run through it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.admin_base.pages import may_read, page
from pledges.models import Organisation
from pledges.organisations import applications, evidence, undo
from pledges.organisations.admin import queue_run
from pledges.organisations.admin.forms import (
    AnswerForm,
    ApprovalForm,
    DeclineForm,
    NoteForm,
    QuestionForm,
    ReasonForm,
    SignerForm,
    SpellingForm,
    VersionForm,
)

FORMS: dict[type[forms.Form], str] = {
    ApprovalForm: "approval",
    DeclineForm: "decline",
    QuestionForm: "question",
    AnswerForm: "answer",
    NoteForm: "note",
    ReasonForm: "withdrawal",
    SpellingForm: "spelling",
    SignerForm: "signer",
    VersionForm: "reopening",
}
WITH_UNDO = "with-undo"  # the tag of messages that have a button to undo


@require_safe
@may_read
def queue(request: HttpRequest) -> HttpResponse:
    """Starts a run through the queue at the oldest, if possible one that no colleague has open."""
    busy = queue_run.opened_by_colleagues(request, timezone.now()).values("organisation_id")
    waiting = Organisation.objects.queued()
    first = waiting.exclude(pk__in=busy).first() or waiting.first()
    if first is None:
        return _end(request, queue_run.end(request))
    queue_run.start(request, first)
    return redirect("admin:pledges_organisation_entry", first.ref)


@require_safe
@may_read
def end(request: HttpRequest) -> HttpResponse:
    """The end of a run: what is still to be done."""
    return _end(request, queue_run.end(request))


def _end(request: HttpRequest, seen: int) -> HttpResponse:
    return page(
        request,
        "organisation/queue_end",
        title=_("The end of the queue"),
        seen=seen,
        waiting=Organisation.objects.queued(),
        asked=Organisation.objects.in_state("asked"),
    )


@require_safe
@may_read
def entry(request: HttpRequest, ref: UUID) -> HttpResponse:
    organisation, now = get_object_or_404(Organisation, ref=ref), timezone.now()
    if organisation.is_waiting and request.user.has_perm("pledges.decide_organisation"):
        queue_run.mark_opened(request, organisation, now)
    return entry_page(request, organisation, now=now)


def entry_page(
    request: HttpRequest,
    organisation: Organisation,
    sent: forms.Form | None = None,
    preview: tuple[str, str] | None = None,
    now: datetime | None = None,
) -> HttpResponse:
    """Returns the page of an organisation.

    `sent`: a form with errors, or one whose email is shown (`preview`: subject, text).
    """
    now = now or timezone.now()
    place = queue_run.place(request, organisation)
    seen_by = queue_run.opened_by_colleagues(request, now).filter(organisation=organisation)
    undoable = undo.latest_undoable(organisation, now)
    others: dict[str, Any] = {
        "signer": applications.signer(organisation),
        "evidence": evidence.gather(organisation),
        "decisions": organisation.decisions().with_undone(),
        "undoable": undoable,
        "is_emailed": bool(undoable and undo.is_emailed([undoable])),
        "message_undoes": _message_undoes(request),
        "forms": _forms(organisation) | ({FORMS[type(sent)]: sent} if sent else {}),
        "preview": preview,
        "previewed_form": FORMS[type(sent)] if sent and preview else "",
        "place": place,
        "seen_by": seen_by,
        "next": queue_run.following(request, organisation, now),
        "may_decide": request.user.has_perm("pledges.decide_organisation"),
    }
    status = 422 if sent and not preview else 200
    return page(
        request,
        "organisation/entry",
        status=status,
        title=organisation.name,
        organisation=organisation,
        **others,
    )


def _message_undoes(request: HttpRequest) -> bool:
    """Whether a message on this page undoes a decision: then that button alone has the key for it."""
    stored: Any = get_messages(request)
    found = any(WITH_UNDO in message.tags for message in stored)
    stored.used = False  # they are still to be shown
    return found


def _forms(organisation: Organisation) -> dict[str, forms.Form]:
    seen = {"version": organisation.version}
    named = {"name": organisation.name, **seen}
    return {
        **{name: form(initial=seen) for form, name in FORMS.items() if form is not SpellingForm},
        "spelling": SpellingForm(initial=named, before=organisation.name),
    }
