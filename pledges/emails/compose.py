"""Composes queued emails at the moment when they are sent.

The words of an email are in `templates/emails/<name>/`; which email has which context says the `emails.py` of the
folder it belongs to, by the decorators `composes` and `composes_together`. No email contains what the person who
typed an address wrote: the site would carry any stranger's message to it. A complaint is the exception, and goes to
the controller alone.
"""

import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import make_msgid, parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from pledges.crypto import encryption, tokens
from pledges.models import EmailBlock, PendingSignature, PhoneRequest, QueuedEmail

Composer = Callable[[QueuedEmail, datetime], EmailMultiAlternatives | None]
# Given emails of one kind, looks up together all that they need; returns the function that composes one of them.
Preparer = Callable[[list[QueuedEmail], datetime], Callable[[QueuedEmail], EmailMultiAlternatives | None]]
_PREPARERS: dict[str, Preparer] = {}
LINE_LENGTH = 76  # RFC 5322 recommends at most 78


def composes(kind: QueuedEmail.Kind) -> Callable[[Composer], Composer]:
    """Registers the decorated function as the one that composes an email of this kind."""

    def register(composer: Composer) -> Composer:
        _PREPARERS[kind.value] = lambda emails, now: lambda email: composer(email, now)
        return composer

    return register


def composes_together(kind: QueuedEmail.Kind) -> Callable[[Preparer], Preparer]:
    """Registers the decorated function as the Preparer of this kind, for emails that are sent in great numbers."""

    def register(preparer: Preparer) -> Preparer:
        _PREPARERS[kind.value] = preparer
        return preparer

    return register


def compose(email: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """The message of one email; None where it is not wanted any more."""
    [(_email, message)] = compose_all([email], now)
    if isinstance(message, Exception):
        raise message
    return message


def compose_all(
    emails: list[QueuedEmail], now: datetime
) -> Iterator[tuple[QueuedEmail, EmailMultiAlternatives | Exception | None]]:
    """Each email with its message, with None where it is not wanted any more, or with the error that it raised.

    Raises DatabaseError.
    """
    digests = [bytes(email.digest) for email in emails]
    blocked = set(map(bytes, EmailBlock.objects.filter(digest__in=digests).values_list("digest", flat=True)))
    by_kind: dict[str, list[QueuedEmail]] = defaultdict(list)
    for email in emails:
        by_kind[email.kind].append(email)
    composers = {kind: _PREPARERS[kind](some, now) for kind, some in by_kind.items()}
    for email in emails:
        try:
            message = composers[email.kind](email)
            if bytes(email.digest) in blocked:
                message = _unless_blocked(email, message)
            yield email, message
        except DatabaseError:
            raise
        except Exception as error:
            yield email, error


def _unless_blocked(
    email: QueuedEmail, message: EmailMultiAlternatives | None
) -> EmailMultiAlternatives | None:
    """What a blocked mailbox gets in the place of this message."""
    if message is None or stops_at_block(email):
        return None
    return allow(email) if email.kind in _ASKS_TO_ALLOW else message


# To a blocked mailbox these become the question whether we may write again.
_ASKS_TO_ALLOW = (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.MINE)


def stops_at_block(letter: QueuedEmail) -> bool:
    """Whether nothing is sent in its stead if the mailbox is blocked."""
    goes_out = letter.is_to_ourselves or letter.is_to_staff or letter.kind in _ASKS_TO_ALLOW
    return not goes_out and not tells_of_block(letter)


def allow(letter: QueuedEmail) -> EmailMultiAlternatives:
    """The email that asks a blocked mailbox whether we may write again. How often, `places.take` decides."""
    link = absolute_link("pledges:allow", tokens.key(tokens.TokenPurpose.ALLOW, bytes(letter.digest)))
    return email("allow", letter, {"link": link})


def tells_of_block(letter: QueuedEmail) -> bool:
    """Whether it is the last email: the owner must learn that a caller asked for no other one."""
    return PhoneRequest.objects.filter(ref=letter.ref, wish=PhoneRequest.Wish.NEVER).exists()


def confirmation_email(
    name: str, queued: QueuedEmail, pending: PendingSignature, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """The message with the link to confirm, on `emails/to_confirm`; `has_page`: with a code for the inbox page.

    Its texts are the same for everybody who signs one pledge text on one day, but for the links and the code: they are
    rendered once, and those put in.
    """
    token = encryption.decrypt(pending.encrypted_token)
    code = tokens.code(token)
    own = {"link": absolute_link("pledges:confirm", token), "never": _never(queued)}
    shared: dict[str, object] = {
        "commitments": tuple(pending.pledge_text.commitments),
        "expires_at": timezone.localdate(pending.expires_at),
        "code": "",
        "stop": "",
    }
    if has_page:
        own["code"] = f"{code[:4]} {code[4:]}"
    if queued.is_regular:
        own["stop"] = _stop(queued)
    for field in own:
        shared[field] = _MARK.format(field)
    texts = _rendered(name, settings.SITE_ORIGIN, tuple(settings.CONTROLLER.items()), tuple(shared.items()))
    return _message(queued, *(_filled(text, own) for text in texts))


_MARK = "\ue000{}\ue001"  # characters that no text has


def _filled(text: str, own: dict[str, str]) -> str:
    for field, value in own.items():
        text = text.replace(_MARK.format(field), value)
    return text


@lru_cache(maxsize=64)
def _rendered(
    name: str, site: str, controller: tuple[tuple[str, str], ...], context: tuple[tuple[str, object], ...]
) -> tuple[str, str, str]:
    """Subject, text and HTML of an email."""
    whole = {**dict(context), "site": site, "controller": dict(controller)}
    subject, body, html = (
        render_to_string(f"emails/{name}/{part}", whole) for part in ("subject.txt", "body.txt", "body.html")
    )
    return subject.strip(), wrapped(body), html


def absolute_link(route: str, *args: str) -> str:
    """An address of this site; it starts with the configured origin, never with what a request claimed."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def preview(name: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and text of an email as it would be sent, but for the personal link at its end."""
    never = gettext("(a link for this address alone)")
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, "never": never}
    folder = f"emails/{name}"
    subject, body = (render_to_string(f"{folder}/{part}.txt", context) for part in ("subject", "body"))
    return subject.strip(), body


def email(name: str, queued: QueuedEmail, context: dict[str, object]) -> EmailMultiAlternatives:
    """The message of a queued email, from the templates of this name. Each ends with a link to get no other one."""
    context = {**context, "site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER}
    context["never"] = _never(queued)
    if queued.is_regular:
        context["stop"] = _stop(queued)
    folder = f"emails/{name}"
    return _message(
        queued,
        render_to_string(f"{folder}/subject.txt", context).strip(),
        wrapped(render_to_string(f"{folder}/body.txt", context)),
        render_to_string(f"{folder}/body.html", context),
    )


def _never(queued: QueuedEmail) -> str:
    """The link to the page on which a mailbox is blocked."""
    return absolute_link("pledges:never", tokens.key(tokens.TokenPurpose.NEVER, bytes(queued.digest)))


def _stop(queued: QueuedEmail) -> str:
    """The link to the page on which the yearly email is ended."""
    return absolute_link("pledges:yearly", tokens.key(tokens.TokenPurpose.YEARLY, bytes(queued.digest)))


def _message(queued: QueuedEmail, subject: str, body: str, html: str) -> EmailMultiAlternatives:
    """A mail program is told only how to end what is sent regularly (RFC 8058): a press of its button must not shut
    the owner of a mailbox out of signing.
    """
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Message-ID": make_msgid(domain=_sender_domain()),
    }
    if queued.is_regular:
        headers["List-Unsubscribe"] = f"<{_stop(queued)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=subject,
        body=body,
        to=[encryption.decrypt(queued.mailbox)],
        reply_to=[] if queued.is_to_ourselves else [settings.REPLY_TO_EMAIL],
        headers=headers,
    )
    message.attach_alternative(html, "text/html")
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
