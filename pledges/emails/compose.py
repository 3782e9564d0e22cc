"""Composes a queued email at the moment when it is sent.

The words of an email are in `templates/emails/<name>/`; which email has which context says the `emails.py` of the
folder it belongs to, by the decorator `composes`. No email contains what the person who typed an address wrote: the
site would carry any stranger's message to it. A complaint is the exception, and goes to the controller alone.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from pledges.crypto import encryption, tokens
from pledges.models import EmailBlock, PendingSignature, PhoneRequest, QueuedEmail

Composer = Callable[[QueuedEmail, datetime], EmailMultiAlternatives | None]
_COMPOSERS: dict[str, Composer] = {}


def composes(kind: QueuedEmail.Kind) -> Callable[[Composer], Composer]:
    """Registers the decorated function as the one that composes emails of this kind."""

    def register(composer: Composer) -> Composer:
        _COMPOSERS[kind.value] = composer
        return composer

    return register


def compose(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The email of this letter, decided at the moment it is sent; None where nothing is to be sent any more."""
    is_blocked = EmailBlock.objects.filter(digest=letter.digest).exists()
    composed = _COMPOSERS[letter.kind](letter, now)
    if (
        composed is None
        or not is_blocked
        or letter.is_to_ourselves
        or letter.is_to_staff
        or tells_of_block(letter)
    ):
        return composed
    return allow(letter) if letter.kind in (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.MINE) else None


def allow(letter: QueuedEmail) -> EmailMultiAlternatives:
    """To a blocked mailbox that a form named: whether we may write again. How often, `outbox.may_send` decides."""
    link = absolute_link("pledges:allow", tokens.key(tokens.TokenPurpose.ALLOW, bytes(letter.digest)))
    return email("allow", letter, {"link": link})


def tells_of_block(letter: QueuedEmail) -> bool:
    """The last letter: the owner must learn that a caller, whoever it was, asked for no other one."""
    return PhoneRequest.objects.filter(ref=letter.ref, wish=PhoneRequest.Wish.NEVER).exists()


def confirmation_email(
    name: str, letter: QueuedEmail, pending: PendingSignature, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """A letter on `emails/to_confirm`; its code is for the inbox page, where there is one (`has_page`)."""
    token = encryption.decrypt(pending.encrypted_token)
    code = tokens.code(token)
    context = {
        "link": absolute_link("pledges:confirm", token),
        "code": f"{code[:4]} {code[4:]}" if has_page else "",
        "commitments": pending.pledge_text.commitments,
        "expires_at": pending.expires_at,
    }
    return email(name, letter, context)


def absolute_link(route: str, *args: str) -> str:
    """Links in letters start from the configured origin, never from what a request claimed."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def preview(name: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and text of an email as it would be sent, but for the personal link at its end."""
    never = gettext("(a link for this address alone)")
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    folder = f"emails/{name}"
    subject, body = (render_to_string(f"{folder}/{part}.txt", context) for part in ("subject", "body"))
    return subject.strip(), body


def email(name: str, letter: QueuedEmail, context: dict[str, object]) -> EmailMultiAlternatives:
    """Every email ends with a way to get no other one, behind a box to tick. A mail program is told only how to end
    what is sent regularly (RFC 8058): a press of its button must not shut the owner out of signing.
    """
    never = absolute_link("pledges:never", tokens.key(tokens.TokenPurpose.NEVER, bytes(letter.digest)))
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if letter.is_regular:
        stop = absolute_link("pledges:yearly", tokens.key(tokens.TokenPurpose.YEARLY, bytes(letter.digest)))
        context |= {"stop": stop}
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    folder = f"emails/{name}"
    message = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}/subject.txt", context).strip(),
        body=render_to_string(f"{folder}/body.txt", context),
        to=[encryption.decrypt(letter.mailbox)],
        headers=headers,
    )
    message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return message
