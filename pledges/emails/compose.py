"""What we write: one function per letter, its words in `templates/emails/<name>/`.

Nobody's own words stand in a letter: it would make the site a relay for whoever signs with another's address.
A complaint is the exception, and goes to the controller alone.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from pledges.complaints import service as complaints
from pledges.crypto import encryption, tokens
from pledges.models import (
    EmailBlock,
    Organisation,
    OrganisationDecision,
    PendingSignature,
    PhoneRequest,
    QueuedEmail,
)
from pledges.organisations import service as organisations


def compose(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The email of this letter, decided at the moment it is sent; None where nothing is to be sent any more."""
    is_blocked = EmailBlock.objects.filter(digest=letter.digest).exists()
    email = _WRITERS[QueuedEmail.Kind(letter.kind)](letter, now)
    if email is None or not is_blocked or letter.is_to_ourselves or _tells_of_the_block(letter):
        return email
    return allow(letter) if letter.kind in (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.MINE) else None


def allow(letter: QueuedEmail) -> EmailMultiAlternatives:
    """To a blocked mailbox that a form named: whether we may write again. How often, `outbox.may_send` decides."""
    link = _absolute("pledges:allow", tokens.key(tokens.TokenPurpose.ALLOW, bytes(letter.digest)))
    return _email("allow", letter, {"link": link})


def confirm(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The link and the code; the same words whether the mailbox has signed before: anybody can cause this email."""
    pending = _waiting(letter, now)
    if pending is None:
        return None
    if pending.is_organisation:
        return _to_confirm("confirm_organisation", letter, pending)
    return _to_confirm("confirm", letter, pending)


def reminder(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Once, after two days; falls away for a mailbox that has confirmed another form since, or was reminded of one.

    Whether it had signed before makes no difference: no missing email tells the person who typed its address.
    An organisation's does not fall away: who signs for it may sign as a person from the same mailbox, or for others.
    """
    pending = _waiting(letter, now)
    if pending is None:
        return None
    if pending.is_organisation:
        return _to_confirm("reminder_organisation", letter, pending)
    if _has_confirmed_since(pending) or _is_reminded(pending):
        return None
    return None if _has_newer(pending, now) else _to_confirm("reminder", letter, pending)


def _has_newer(pending: PendingSignature, now: datetime) -> bool:
    """Whether a later form with this mailbox waits for a yes: a reminder belongs to the newest."""
    forms = PendingSignature.objects.alive(now).filter(
        kind=pending.kind, digest=pending.digest, confirmed_on=None
    )
    return forms.filter(email_queued_at__gt=pending.email_queued_at).exists()


def _has_confirmed_since(pending: PendingSignature) -> bool:
    forms = PendingSignature.objects.filter(kind=pending.kind, digest=pending.digest)
    return forms.filter(confirmed_on__gte=timezone.localdate(pending.email_queued_at)).exists()


def _is_reminded(pending: PendingSignature) -> bool:
    """Whether this mailbox had its reminder, of this form or of another that it was typed into."""
    forms = PendingSignature.objects.filter(kind=pending.kind, digest=pending.digest)
    reminders = QueuedEmail.objects.filter(kind=QueuedEmail.Kind.REMINDER, ref__in=forms.values("ref"))
    return reminders.exclude(sent_at=None).exists()


def approved(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    organisation = Organisation.objects.filter(ref=letter.ref).approved().first()
    if organisation is None:
        return None
    context = {
        "is_named": organisation.is_named,
        "is_listed": Organisation.objects.listed().filter(pk=organisation.pk).exists(),
        "list_link": _absolute("pledges:organisations"),
        "mine_link": _absolute("pledges:mine"),
    }
    return _email("approved", letter, context)


def declined(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    decision = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.DECLINE
    ).latest("pk")
    return _email("declined", letter, {"reason": decision.get_reason_display()})


def withdrawn(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    decision = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.WITHDRAW
    ).latest("pk")
    return _email("withdrawn", letter, {"reason": decision.get_reason_display()})


def mine(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """The key to my pledge, whose hour begins now; the same words whether anything is held: the page tells."""
    key = tokens.key(tokens.TokenPurpose.MINE, bytes(letter.digest))
    return _email("mine", letter, {"link": _absolute("pledges:mine_opened", key)})


def call(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    """What a caller asked us to take away; the same whether there was anything to take."""
    wish = PhoneRequest.objects.get(ref=letter.ref).get_wish_display()
    return _email("call", letter, {"wish": wish, "is_last": _tells_of_the_block(letter)})


def _tells_of_the_block(letter: QueuedEmail) -> bool:
    """The last letter: the owner must learn that a caller, whoever it was, asked for no other one."""
    return PhoneRequest.objects.filter(ref=letter.ref, wish=PhoneRequest.Wish.NEVER).exists()


def question(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """What staff asked, from their list of questions; falls away where it was decided or answered meanwhile."""
    if not Organisation.objects.waiting().filter(ref=letter.ref, asked_at__isnull=False).exists():
        return None
    asked = OrganisationDecision.objects.filter(
        organisation_ref=letter.ref, act=OrganisationDecision.Act.ASK
    ).latest("pk")
    return _email(
        "question", letter, {"question": asked.get_reason_display(), "mine_link": _absolute("pledges:mine")}
    )


def contact(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    pending = _waiting(letter, now)
    return _to_confirm("contact", letter, pending, has_page=False) if pending else None


def yearly(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Falls away where its contact has stopped the yearly emails meanwhile."""
    pending = _waiting(letter, now)
    if pending is None:
        return None
    about = Organisation.objects.filter(ref=organisations.applied(pending)["organisation"])
    if about.exclude(yearly_stopped_on=None).exists():
        return None
    return _to_confirm("yearly", letter, pending, has_page=False)


def complaint(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives:
    return _email("complaint", letter, complaints.read(letter))


_WRITERS: dict[QueuedEmail.Kind, Callable[[QueuedEmail, datetime], EmailMultiAlternatives | None]] = {
    QueuedEmail.Kind.CONFIRM: confirm,
    QueuedEmail.Kind.REMINDER: reminder,
    QueuedEmail.Kind.MINE: mine,
    QueuedEmail.Kind.CALL: call,
    QueuedEmail.Kind.APPROVED: approved,
    QueuedEmail.Kind.DECLINED: declined,
    QueuedEmail.Kind.WITHDRAWN: withdrawn,
    QueuedEmail.Kind.QUESTION: question,
    QueuedEmail.Kind.CONTACT: contact,
    QueuedEmail.Kind.YEARLY: yearly,
    QueuedEmail.Kind.COMPLAINT: complaint,
}


def _waiting(letter: QueuedEmail, now: datetime) -> PendingSignature | None:
    """The pending that this letter is about, while a yes to it would do something."""
    alive = PendingSignature.objects.alive(now).select_related("pledge_text")
    pending = alive.filter(ref=letter.ref, confirmed_on=None).first()
    return pending if pending and organisations.is_actionable(pending) else None


def _to_confirm(
    name: str, letter: QueuedEmail, pending: PendingSignature, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """A letter on `emails/to_confirm`; its code is for the inbox page, where there is one (`has_page`)."""
    token = encryption.decrypt(pending.encrypted_token)
    code = tokens.code(token)
    context = {
        "link": _absolute("pledges:confirm", token),
        "code": f"{code[:4]} {code[4:]}" if has_page else "",
        "commitments": pending.pledge_text.commitments,
        "expires_at": pending.expires_at,
    }
    return _email(name, letter, context)


def _absolute(route: str, *args: str) -> str:
    """Links in letters start from the configured origin, never from what a request claimed."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def _email(name: str, letter: QueuedEmail, context: dict[str, object]) -> EmailMultiAlternatives:
    """Every email ends with a way to get no other one, behind a box to tick. A mail program is told only how to end
    what is sent regularly (RFC 8058): a press of its button must not shut the owner out of signing.
    """
    never = _absolute("pledges:never", tokens.key(tokens.TokenPurpose.NEVER, bytes(letter.digest)))
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if letter.is_regular:
        stop = _absolute("pledges:yearly", tokens.key(tokens.TokenPurpose.YEARLY, bytes(letter.digest)))
        context |= {"stop": stop}
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    folder = f"emails/{name}"
    email = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}/subject.txt", context).strip(),
        body=render_to_string(f"{folder}/body.txt", context),
        to=[encryption.decrypt(letter.mailbox)],
        headers=headers,
    )
    email.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return email
