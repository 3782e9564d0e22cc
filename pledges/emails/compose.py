"""Composes a queued email at the moment when it is sent.

The text of an email is in `templates/emails/<name>/`. The `emails.py` of the folder that an email belongs to registers,
with the decorator `composes`, the function that gives the email its context. No email contains what the person who
typed an address wrote: otherwise the site would carry any stranger's message. Only a complaint does, and it goes to the
controller alone.
"""

import textwrap
from collections.abc import Callable
from datetime import datetime
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from pledges.crypto import encryption, tokens
from pledges.models import EmailBlock, PendingSignature, PhoneRequest, QueuedEmail

Composer = Callable[[QueuedEmail, datetime], EmailMultiAlternatives | None]
_COMPOSERS: dict[str, Composer] = {}
LINE_LENGTH = 76  # RFC 5322 recommends at most 78


def composes(kind: QueuedEmail.Kind) -> Callable[[Composer], Composer]:
    """Registers the decorated function as the one that composes emails of this kind."""

    def register(composer: Composer) -> Composer:
        _COMPOSERS[kind.value] = composer
        return composer

    return register


def compose(letter: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The email for this row of the queue, or None where it must no longer be sent."""
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
    """Asks a blocked mailbox if we may email it again; `queue.may_send` limits how often."""
    link = absolute_link("pledges:allow", tokens.key(tokens.TokenPurpose.ALLOW, bytes(letter.digest)))
    return email("allow", letter, {"link": link})


def tells_of_block(letter: QueuedEmail) -> bool:
    """Whether this email tells that a caller asked for no more emails: the owner must learn it, so it is still sent."""
    return PhoneRequest.objects.filter(ref=letter.ref, wish=PhoneRequest.Wish.NEVER).exists()


def confirmation_email(
    name: str, letter: QueuedEmail, pending: PendingSignature, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """An email that asks to confirm `pending`. It has a code only where a page asks for one (`has_page`)."""
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
    """A link for emails: it starts with the configured origin, never with the Host that a request claimed."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def preview(name: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and text of an email as it would be sent, but for the personal link at its end."""
    never = gettext("(a link for this address alone)")
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    folder = f"emails/{name}"
    subject, body = (render_to_string(f"{folder}/{part}.txt", context) for part in ("subject", "body"))
    return subject.strip(), body


def email(name: str, letter: QueuedEmail, context: dict[str, object]) -> EmailMultiAlternatives:
    """The email `name` with this context, to the mailbox of `letter`.

    Every email ends with a link to get no more emails, which leads to a box to tick. Only regular emails tell a mail
    program how to unsubscribe (RFC 8058): pressing its button must not prevent the owner from signing.
    """
    never = absolute_link("pledges:never", tokens.key(tokens.TokenPurpose.NEVER, bytes(letter.digest)))
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Message-ID": make_msgid(domain=_sender_domain()),
    }
    if letter.is_regular:
        stop = absolute_link("pledges:yearly", tokens.key(tokens.TokenPurpose.YEARLY, bytes(letter.digest)))
        context |= {"stop": stop}
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    folder = f"emails/{name}"
    message = EmailMultiAlternatives(
        subject=render_to_string(f"{folder}/subject.txt", context).strip(),
        body=wrapped(render_to_string(f"{folder}/body.txt", context)),
        to=[encryption.decrypt(letter.mailbox)],
        reply_to=[] if letter.is_to_ourselves else [settings.REPLY_TO_EMAIL],
        headers=headers,
    )
    message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return message


def wrapped(text: str) -> str:
    """The text with lines of at most 76 characters. A link is never broken, nor the line before a signature ("-- ")."""
    lines: list[str] = []
    for line in text.splitlines():
        is_delimiter = line == "-- "
        pieces = textwrap.wrap(line, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)
        lines += [line] if is_delimiter else pieces or [""]
    return "\n".join(lines) + "\n"


def _sender_domain() -> str:
    """The domain that our emails come from: an identifier at "localhost" counts against us in spam filters."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
