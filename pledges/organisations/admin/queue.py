"""The queue of organisations in the staff area: one organisation a page, and the end of a run through it.

A run is the organisations that were in the queue when a moderator began. It is stored in the session, so that "3 of 16"
stays right while decided ones leave the queue, and so that it ends.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.messages import get_messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.admin_base.pages import may_read, page
from pledges.models import OpenScreen, Organisation
from pledges.models.organisations import OrganisationQuerySet, later_in_queue
from pledges.organisations import applications, evidence, undo
from pledges.organisations.admin.forms import FORMS

RUN = "queue"  # in the session: the refs of the run, in order
LONGEST_RUN = 200
# For how long a page that a colleague opened is considered open.
LOOKING = timedelta(minutes=5)
WITH_UNDO = "with-undo"  # the tag of messages that have a button to undo


@require_safe
@may_read
def queue(request: HttpRequest) -> HttpResponse:
    """Starts a run through the queue at the oldest, if possible one that no colleague has open."""
    busy = opened_by_colleagues(request, timezone.now()).values("organisation_id")
    waiting = Organisation.objects.queued()
    first = waiting.exclude(pk__in=busy).first() or waiting.first()
    if first is None:
        return _end_page(request)
    _start(request, first)
    return redirect("admin:pledges_organisation_entry", first.ref)


@require_safe
@may_read
def queue_end(request: HttpRequest) -> HttpResponse:
    """The end of a run: what is still to be done."""
    return _end_page(request)


def _end_page(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        "pledges/organisation/queue_end",
        title=_("The end of the queue"),
        seen=len(request.session.pop(RUN, [])),
        waiting=Organisation.objects.queued(),
        asked=Organisation.objects.in_state("asked"),
        busy=set(opened_by_colleagues(request, timezone.now()).values_list("organisation_id", flat=True)),
    )


@require_safe
@may_read
def entry(request: HttpRequest, ref: UUID) -> HttpResponse:
    organisation, now = get_object_or_404(Organisation, ref=ref), timezone.now()
    if organisation.is_waiting and request.user.has_perm("pledges.decide_organisation"):
        OpenScreen.objects.update_or_create(
            organisation=organisation, staff_id=request.user.pk, defaults={"opened_at": now}
        )
    return entry_page(request, organisation)


def entry_page(
    request: HttpRequest,
    organisation: Organisation,
    act: str = "",
    sent: forms.Form | None = None,
    preview: tuple[str, str] | None = None,
) -> HttpResponse:
    """Returns the page of an organisation.

    `sent`: the form of this `act` (see FORMS), with errors, or with an email to look at before it is sent (`preview`:
    subject, text).
    """
    now = timezone.now()
    context: dict[str, Any] = {
        "organisation": organisation,
        "signer": applications.signer(organisation),
        "evidence": evidence.gather(organisation),
        "decisions": organisation.decisions().with_undone(),
        **_undoable(request, organisation, now),
        "forms": {name: sent if name == act else form(of=organisation) for name, form in FORMS.items()},
        "preview": preview,
        "previewed_form": act if preview else "",
        "place": place_in_run(request, organisation),
        "seen_by": opened_by_colleagues(request, now).filter(organisation=organisation),
        "next": next_in_run(request, organisation, now),
        "may_decide": request.user.has_perm("pledges.decide_organisation"),
    }
    status = 422 if sent and not preview else 200
    return page(request, "pledges/organisation/entry", status, title=organisation.name, **context)


def _undoable(request: HttpRequest, organisation: Organisation, now: datetime) -> dict[str, object]:
    """What the button to undo the latest decision needs."""
    undoable = undo.latest_undoable(organisation, now)
    is_emailed = bool(undoable and undo.is_emailed([undoable]))
    return {"undoable": undoable, "is_emailed": is_emailed, "message_undoes": _message_undoes(request)}


def _message_undoes(request: HttpRequest) -> bool:
    """Whether a message on this page undoes a decision: then that button alone has the key for it."""
    stored: Any = get_messages(request)
    found = any(WITH_UNDO in message.tags for message in stored)
    stored.used = False  # they are still to be shown
    return found


def place_in_run(request: HttpRequest, organisation: Organisation) -> tuple[int, int] | None:
    """The number of the organisation in the run, and how many it has. One that is not in it starts another run."""
    refs = request.session.get(RUN, [])
    if str(organisation.ref) not in refs:
        if not organisation.is_waiting or organisation.asked_at:
            return None
        refs = _start(request, organisation)
    return refs.index(str(organisation.ref)) + 1, len(refs)


def next_in_run(request: HttpRequest, organisation: Organisation, now: datetime) -> Organisation | None:
    """The next of the run that still waits, if possible one that no colleague has open; None at the end."""
    refs = request.session.get(RUN, [])
    at = refs.index(str(organisation.ref)) + 1 if str(organisation.ref) in refs else 0
    waiting = {str(row.ref): row for row in Organisation.objects.queued().filter(ref__in=refs[at:])}
    rows = [waiting[ref] for ref in refs[at:] if ref in waiting]
    busy = set(opened_by_colleagues(request, now).values_list("organisation_id", flat=True))
    return next((row for row in rows if row.pk not in busy), next(iter(rows), None))


def opened_by_colleagues(request: HttpRequest, now: datetime) -> QuerySet[OpenScreen]:
    """The pages that colleagues have opened within the last minutes."""
    rows = OpenScreen.objects.filter(opened_at__gt=now - LOOKING).exclude(staff_id=request.user.pk)
    return rows.select_related("staff").order_by("-opened_at")


def _start(request: HttpRequest, first: Organisation) -> list[str]:
    """Starts a run at this organisation; returns the refs in order."""
    rows = Organisation.objects.queued()
    ordered: list[OrganisationQuerySet] = [rows.filter(later_in_queue(first)), rows.exclude(later_in_queue(first))]
    refs = [str(first.ref)]
    refs += [str(ref) for some in ordered for ref in some.values_list("ref", flat=True)[:LONGEST_RUN]]
    request.session[RUN] = list(dict.fromkeys(refs))[:LONGEST_RUN]
    return request.session[RUN]
