"""What we write: one function per letter, its words in `templates/letters/<name>/`.

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

from pledges import complaining, links, organisations, sealing
from pledges.models import Blocked, Call, Decision, Letter, Organisation, Pending


def compose(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    """The email of this letter, decided at the moment it is sent; None where nothing is to be sent any more."""
    is_blocked = Blocked.objects.filter(digest=letter.digest).exists()
    email = _WRITERS[Letter.Kind(letter.kind)](letter, now)
    if email is None or not is_blocked or letter.is_to_ourselves or _tells_of_the_block(letter):
        return email
    return allow(letter) if letter.kind in (Letter.Kind.CONFIRM, Letter.Kind.MINE) else None


def allow(letter: Letter) -> EmailMultiAlternatives:
    """To a blocked mailbox that a form named: whether we may write again. How often, `outbox.may_send` decides."""
    link = _absolute("pledges:allow", links.key(links.Door.ALLOW, bytes(letter.digest)))
    return _email("allow", letter, {"link": link})


def confirm(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    """The link and the code; the same words whether the mailbox has signed before: anybody can cause this email."""
    pending = _waiting(letter, now)
    if pending is None:
        return None
    if pending.is_organisation:
        return _to_confirm("confirm_organisation", letter, pending)
    return _to_confirm("confirm", letter, pending)


def reminder(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
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


def _has_newer(pending: Pending, now: datetime) -> bool:
    """Whether a later form with this mailbox waits for a yes: a reminder belongs to the newest."""
    forms = Pending.objects.alive(now).filter(kind=pending.kind, digest=pending.digest, confirmed_on=None)
    return forms.filter(lettered_at__gt=pending.lettered_at).exists()


def _has_confirmed_since(pending: Pending) -> bool:
    forms = Pending.objects.filter(kind=pending.kind, digest=pending.digest)
    return forms.filter(confirmed_on__gte=timezone.localdate(pending.lettered_at)).exists()


def _is_reminded(pending: Pending) -> bool:
    """Whether this mailbox had its reminder, of this form or of another that it was typed into."""
    forms = Pending.objects.filter(kind=pending.kind, digest=pending.digest)
    reminders = Letter.objects.filter(kind=Letter.Kind.REMINDER, ref__in=forms.values("ref"))
    return reminders.exclude(sent_at=None).exists()


def approved(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
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


def declined(letter: Letter, now: datetime) -> EmailMultiAlternatives:
    decision = Decision.objects.filter(organisation_ref=letter.ref, act=Decision.Act.DECLINE).latest("pk")
    return _email("declined", letter, {"reason": decision.get_reason_display()})


def withdrawn(letter: Letter, now: datetime) -> EmailMultiAlternatives:
    decision = Decision.objects.filter(organisation_ref=letter.ref, act=Decision.Act.WITHDRAW).latest("pk")
    return _email("withdrawn", letter, {"reason": decision.get_reason_display()})


def mine(letter: Letter, now: datetime) -> EmailMultiAlternatives:
    """The key to my pledge, whose hour begins now; the same words whether anything is held: the page tells."""
    key = links.key(links.Door.MINE, bytes(letter.digest))
    return _email("mine", letter, {"link": _absolute("pledges:mine_opened", key)})


def call(letter: Letter, now: datetime) -> EmailMultiAlternatives:
    """What a caller asked us to take away; the same whether there was anything to take."""
    wish = Call.objects.get(ref=letter.ref).get_wish_display()
    return _email("call", letter, {"wish": wish, "is_last": _tells_of_the_block(letter)})


def _tells_of_the_block(letter: Letter) -> bool:
    """The last letter: the owner must learn that a caller, whoever it was, asked for no other one."""
    return Call.objects.filter(ref=letter.ref, wish=Call.Wish.NEVER).exists()


def question(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    """What staff asked, from their list of questions; falls away where it was decided or answered meanwhile."""
    if not Organisation.objects.waiting().filter(ref=letter.ref, asked_at__isnull=False).exists():
        return None
    asked = Decision.objects.filter(organisation_ref=letter.ref, act=Decision.Act.ASK).latest("pk")
    return _email(
        "question", letter, {"question": asked.get_reason_display(), "mine_link": _absolute("pledges:mine")}
    )


def contact(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    pending = _waiting(letter, now)
    return _to_confirm("contact", letter, pending, has_page=False) if pending else None


def yearly(letter: Letter, now: datetime) -> EmailMultiAlternatives | None:
    """Falls away where its contact has stopped the yearly emails meanwhile."""
    pending = _waiting(letter, now)
    if pending is None:
        return None
    about = Organisation.objects.filter(ref=organisations.applied(pending)["organisation"])
    if about.exclude(yearly_stopped_on=None).exists():
        return None
    return _to_confirm("yearly", letter, pending, has_page=False)


def complaint(letter: Letter, now: datetime) -> EmailMultiAlternatives:
    return _email("complaint", letter, complaining.read(letter))


_WRITERS: dict[Letter.Kind, Callable[[Letter, datetime], EmailMultiAlternatives | None]] = {
    Letter.Kind.CONFIRM: confirm,
    Letter.Kind.REMINDER: reminder,
    Letter.Kind.MINE: mine,
    Letter.Kind.CALL: call,
    Letter.Kind.APPROVED: approved,
    Letter.Kind.DECLINED: declined,
    Letter.Kind.WITHDRAWN: withdrawn,
    Letter.Kind.QUESTION: question,
    Letter.Kind.CONTACT: contact,
    Letter.Kind.YEARLY: yearly,
    Letter.Kind.COMPLAINT: complaint,
}


def _waiting(letter: Letter, now: datetime) -> Pending | None:
    """The pending that this letter is about, while a yes to it would do something."""
    alive = Pending.objects.alive(now).select_related("wording")
    pending = alive.filter(ref=letter.ref, confirmed_on=None).first()
    return pending if pending and organisations.can_land(pending) else None


def _to_confirm(
    name: str, letter: Letter, pending: Pending, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """A letter on `letters/to_confirm`; its code is for the inbox page, where there is one (`has_page`)."""
    token = sealing.unlock(pending.locked_token)
    code = links.code(token)
    context = {
        "link": _absolute("pledges:confirm", token),
        "code": f"{code[:4]} {code[4:]}" if has_page else "",
        "commitments": pending.wording.commitments,
        "expires_at": pending.expires_at,
    }
    return _email(name, letter, context)


def _absolute(route: str, *args: str) -> str:
    """Links in letters start from the configured origin, never from what a request claimed."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def _email(name: str, letter: Letter, context: dict[str, object]) -> EmailMultiAlternatives:
    """Every email ends with a way to get no other one, behind a box to tick. A mail program is told only how to end
    what is sent regularly (RFC 8058): a press of its button must not shut the owner out of signing.
    """
    never = _absolute("pledges:never", links.key(links.Door.NEVER, bytes(letter.digest)))
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if letter.is_regular:
        stop = _absolute("pledges:yearly", links.key(links.Door.YEARLY, bytes(letter.digest)))
        context |= {"stop": stop}
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    folder = f"letters/{name}"
    email = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}/subject.txt", context).strip(),
        body=render_to_string(f"{folder}/body.txt", context),
        to=[sealing.unlock(letter.mailbox)],
        headers=headers,
    )
    email.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return email
