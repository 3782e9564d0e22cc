"""Undoes a decision about an organisation, and returns declined and approved ones to waiting.

A decision can be undone for DECISION_EMAIL_DELAY, while its email is not sent, if nothing else happened to the
organisation since. Later it can only be replaced by another decision.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from pledges.emails import queue
from pledges.inputs import organisation_names
from pledges.models import Organisation, OrganisationDecision, QueuedEmail
from pledges.organisations import service as organisations
from pledges.organisations.service import Conflict, SameName

Act = OrganisationDecision.Act


def latest_undoable(organisation: Organisation, now: datetime) -> OrganisationDecision | None:
    """The decision of staff that can be undone now; None if there is none."""
    latest = organisation.decisions().exclude(act=Act.NOTE).first()
    return latest if latest and _can_be_undone(organisation, latest, now) else None


def undo(decision: OrganisationDecision, by: AbstractBaseUser, now: datetime) -> Organisation:
    """Restores the organisation as it was before the decision, records that, and drops the email about it.

    Raises Conflict if something happened to it since, or the email is sent already.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(ref=decision.organisation_ref)
        if latest_undoable(organisation, now) != decision:
            raise Conflict
        changes = _BEFORE[Act(decision.act)](organisation, decision, now)
        changes["version"] = organisation.version + 1
        organisations.move(Organisation.objects.all(), organisation, organisation.version, **changes)
        organisations.record(organisation, Act.UNDO, by, now, undoes=decision.ref)
        queue.drop_about(decision.ref, now)
    return organisation


def is_emailed(decisions: list[OrganisationDecision]) -> bool:
    """Whether an email about one of these decisions waits to be sent."""
    waiting = QueuedEmail.objects.filter(sent_at=None, dropped_at=None)
    return waiting.filter(ref__in=[decision.ref for decision in decisions]).exists()


def back_to_waiting(
    organisation: Organisation, by: AbstractBaseUser, version: int, now: datetime
) -> OrganisationDecision:
    """Lets a declined or approved organisation wait again for a new decision. Nothing is emailed."""
    back = dict.fromkeys(("approved_at", "declined_at", "asked_at"))
    with transaction.atomic():
        rows = Organisation.objects.filter(withdrawn_at=None)
        decided = rows.exclude(approved_at=None) | rows.exclude(declined_at=None)
        organisations.move(decided, organisation, version, **back, namesake=0, version=version + 1)
        return organisations.record(organisation, Act.REOPEN, by, now)


def _can_be_undone(organisation: Organisation, decision: OrganisationDecision, now: datetime) -> bool:
    is_unchanged = organisation.version == decision.version_after
    is_of_staff = decision.decided_by_id is not None and decision.act in OrganisationDecision.UNDOABLE
    return is_unchanged and is_of_staff and now < decision.undoable_until


def _before_approval(organisation: Organisation, *_others: Any) -> dict[str, Any]:
    return {"approved_at": None, "namesake": 0}


def _before_entry(_organisation: Organisation, _decision: OrganisationDecision, now: datetime) -> dict[str, Any]:
    """Staff entered it, so it does not return to the queue: it is withdrawn."""
    return {"withdrawn_at": now}


def _before_decline(*_others: Any) -> dict[str, Any]:
    return {"declined_at": None}


def _before_withdrawal(organisation: Organisation, *_others: Any) -> dict[str, Any]:
    """Returns it to the list; raises SameName if another organisation has its name there now."""
    is_taken = Organisation.objects.in_list_as(organisation.name).filter(namesake=organisation.namesake)
    if organisation.approved_at and is_taken.exclude(pk=organisation.pk).exists():
        raise SameName
    return {"withdrawn_at": None}


def _before_question(organisation: Organisation, decision: OrganisationDecision, _now: datetime) -> dict[str, Any]:
    """Reopens the earlier question, if there was one."""
    earlier = organisation.decisions().filter(act__in=(Act.ASK, Act.ANSWER), pk__lt=decision.pk)
    undone = organisation.decisions().exclude(undoes=None).values("undoes")
    before = earlier.exclude(ref__in=undone).first()
    return {"asked_at": before.decided_at if before and before.act == Act.ASK else None}


def _before_respelling(organisation: Organisation, decision: OrganisationDecision, _now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"name": decision.previous_name}
    if organisation.approved_at and organisation_names.key(decision.previous_name) != organisation.key:
        changes["namesake"] = organisations.namesake_number(decision.previous_name, False, organisation.pk)
    return changes


_BEFORE: dict[Act, Callable[[Organisation, OrganisationDecision, datetime], dict[str, Any]]] = {
    Act.APPROVE: _before_approval,
    Act.ENTER: _before_entry,
    Act.DECLINE: _before_decline,
    Act.WITHDRAW: _before_withdrawal,
    Act.ASK: _before_question,
    Act.RESPELL: _before_respelling,
}
