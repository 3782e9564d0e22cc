"""Composes the emails to organisations, when they are sent; None if an email is no longer needed.

An email about a decision of staff refers to that decision (`QueuedEmail.ref`), and is not sent if the decision was
undone or replaced.
"""

from datetime import datetime
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from pledges.emails import compose
from pledges.models import Organisation, OrganisationDecision, PendingSignature, QueuedEmail
from pledges.models.organisations import State
from pledges.organisations import applications


def awaiting_confirmation(email: QueuedEmail, now: datetime) -> PendingSignature | None:
    """The form that this email asks to confirm; None if it has expired, is confirmed, or would change nothing."""
    return all_awaiting_confirmation([email], now).get(email.ref)


def all_awaiting_confirmation(emails: list[QueuedEmail], now: datetime) -> dict[UUID, PendingSignature]:
    """By ref, the forms that these emails ask to confirm, as in `awaiting_confirmation`."""
    pendings = PendingSignature.objects.unexpired(now).select_related("pledge_text")
    pendings = pendings.filter(ref__in=[email.ref for email in emails], confirmed_on=None)
    return {pending.ref: pending for pending in pendings if applications.is_actionable(pending)}


def _decided(queued: QueuedEmail, state: State) -> tuple[Organisation, OrganisationDecision] | None:
    """The organisation and the decision that the email is about; None if the decision is no longer in force.

    It is in force while the organisation is in this state, and the decision was neither undone nor made again. (Several
    questions may follow each other.)
    """
    decision = OrganisationDecision.objects.get(ref=queued.ref)
    organisation = Organisation.objects.filter(ref=decision.organisation_ref).first()
    if organisation is None or organisation.state != state:
        return None
    later = organisation.decisions().filter(pk__gt=decision.pk)
    if later.filter(undoes=decision.ref).exists():
        return None
    is_replaced = state != State.ASKED and later.filter(act=decision.act).exists()
    return None if is_replaced else (organisation, decision)


@compose.composes(QueuedEmail.Kind.APPROVED)
def approved(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    found = _decided(queued, State.APPROVED)
    return compose.email("approved", queued, _approval(found[0])) if found else None


def _approval(organisation: Organisation) -> dict[str, object]:
    return {
        "is_named": organisation.is_named,
        "is_listed": Organisation.objects.listed().filter(pk=organisation.pk).exists(),
        "list_link": compose.absolute_link("pledges:organisations"),
        "mine_link": compose.absolute_link("pledges:mine"),
    }


@compose.composes(QueuedEmail.Kind.DECLINED)
def declined(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    found = _decided(queued, State.DECLINED)
    return compose.email("declined", queued, _words(found[1])) if found else None


@compose.composes(QueuedEmail.Kind.WITHDRAWN)
def withdrawn(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    found = _decided(queued, State.WITHDRAWN)
    return compose.email("withdrawn", queued, _words(found[1])) if found else None


@compose.composes(QueuedEmail.Kind.QUESTION)
def question(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """None if the organisation was decided about, or has answered, meanwhile."""
    found = _decided(queued, State.ASKED)
    return compose.email("question", queued, _words(found[1])) if found else None


def _words(decision: OrganisationDecision) -> dict[str, object]:
    return {"words": decision.emailed_words, "mine_link": compose.absolute_link("pledges:mine")}


def preview(name: str, decision: OrganisationDecision) -> tuple[str, str]:
    """Subject and text of the email about a decision that is not saved yet: `name` is "declined" or "question"."""
    return compose.preview(name, _words(decision))


@compose.composes(QueuedEmail.Kind.CONTACT)
def contact(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    pending = awaiting_confirmation(queued, now)
    return compose.confirmation_email("contact", queued, pending, has_page=False) if pending else None


@compose.composes(QueuedEmail.Kind.YEARLY)
def yearly(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """None if its contact has stopped the yearly emails meanwhile."""
    pending = awaiting_confirmation(queued, now)
    if pending is None:
        return None
    about = Organisation.objects.filter(ref=applications.read(pending)["organisation"])
    if about.exclude(yearly_stopped_on=None).exists():
        return None
    return compose.confirmation_email("yearly", queued, pending, has_page=False)
