"""The emails to organisations. Each function is called when its email is sent; None: it is no longer wanted."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from pledges.emails import compose
from pledges.models import Organisation, OrganisationDecision, PendingSignature, QueuedEmail
from pledges.organisations import service as organisations


def awaiting_confirmation(letter: QueuedEmail, now: datetime) -> PendingSignature | None:
    """The form that this email asks to confirm; None where it expired, was confirmed, or would change nothing."""
    alive = PendingSignature.objects.alive(now).select_related("pledge_text")
    pending = alive.filter(ref=letter.ref, confirmed_on=None).first()
    return pending if pending and organisations.is_actionable(pending) else None


@compose.composes(QueuedEmail.Kind.APPROVED)
def approved(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    organisation = Organisation.objects.filter(ref=letter.ref).approved().first()
    if organisation is None:
        return None
    context = {
        "is_named": organisation.is_named,
        "is_listed": Organisation.objects.listed().filter(pk=organisation.pk).exists(),
        "list_link": compose.absolute_link("pledges:organisations"),
        "mine_link": compose.absolute_link("pledges:mine"),
    }
    return compose.email("approved", letter, context)


@compose.composes(QueuedEmail.Kind.DECLINED)
def declined(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    decision = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.DECLINE
    ).latest("pk")
    return compose.email("declined", letter, {"reason": decision.get_reason_display()})


@compose.composes(QueuedEmail.Kind.WITHDRAWN)
def withdrawn(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    decision = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.WITHDRAW
    ).latest("pk")
    return compose.email("withdrawn", letter, {"reason": decision.get_reason_display()})


@compose.composes(QueuedEmail.Kind.QUESTION)
def question(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """What staff asked, from their list of questions; falls away where it was decided or answered meanwhile."""
    if not Organisation.objects.waiting().filter(ref=letter.ref, asked_at__isnull=False).exists():
        return None
    asked = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.ASK
    ).latest("pk")
    return compose.email(
        "question",
        letter,
        {"question": asked.get_reason_display(), "mine_link": compose.absolute_link("pledges:mine")},
    )


@compose.composes(QueuedEmail.Kind.CONTACT)
def contact(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    pending = awaiting_confirmation(letter, now)
    return compose.confirmation_email("contact", letter, pending, has_page=False) if pending else None


@compose.composes(QueuedEmail.Kind.YEARLY)
def yearly(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Falls away where its contact has stopped the yearly emails meanwhile."""
    pending = awaiting_confirmation(letter, now)
    if pending is None:
        return None
    about = Organisation.objects.filter(ref=organisations.applied(pending)["organisation"])
    if about.exclude(yearly_stopped_on=None).exists():
        return None
    return compose.confirmation_email("yearly", letter, pending, has_page=False)
