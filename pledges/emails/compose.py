"""Composes queued emails at the moment when they are sent.

The texts are in `templates/emails/<name>/`. The context of each email is made in the `emails.py` of the folder that it
belongs to, by a function with the decorator `composes` or `composes_together`. No email contains text that a visitor
typed: otherwise anyone could have the site send a message to any address. The exception is a complaint, which goes to
the controller only.
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
from django.utils import timezone, translation
from django.utils.translation import gettext

from pledges.crypto import encryption, tokens
from pledges.models import EmailBlock, PendingSignature, PhoneRequest, QueuedEmail

Composer = Callable[[QueuedEmail, datetime], EmailMultiAlternatives | None]
# Takes emails of one kind, reads all that they need in a few queries, and returns a function that composes one.
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
    """Registers the decorated function as the Preparer of this kind, for emails that are sent in large numbers."""

    def register(preparer: Preparer) -> Preparer:
        _PREPARERS[kind.value] = preparer
        return preparer

    return register


def compose(email: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Returns the message of one email; None if it is no longer needed."""
    [(_email, message)] = compose_all([email], now)
    if isinstance(message, Exception):
        raise message
    return message


def compose_all(
    emails: list[QueuedEmail], now: datetime
) -> Iterator[tuple[QueuedEmail, EmailMultiAlternatives | Exception | None]]:
    """Yields each email with its message, with None if it is no longer needed, or with the exception that it raised.

    Database errors are raised here.
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


def _unless_blocked(email: QueuedEmail, message: EmailMultiAlternatives | None) -> EmailMultiAlternatives | None:
    """Returns what a blocked mailbox gets instead of this message."""
    if message is None or stops_at_block(email):
        return None
    return ask_to_allow(email) if email.kind in _ASKS_TO_ALLOW else message


# To a blocked mailbox these become the question whether we may email it again.
_ASKS_TO_ALLOW = (QueuedEmail.Kind.CONFIRM, QueuedEmail.Kind.MINE)


def stops_at_block(queued: QueuedEmail) -> bool:
    """Whether a blocked mailbox gets nothing instead of this email."""
    goes_out = queued.is_to_ourselves or queued.is_to_staff or queued.kind in _ASKS_TO_ALLOW
    return not goes_out and not tells_of_block(queued)


def ask_to_allow(queued: QueuedEmail) -> EmailMultiAlternatives:
    """The email that asks a blocked mailbox whether we may email it again (how often: `mailbox_limits.reserve`)."""
    key = tokens.link_key(tokens.TokenPurpose.ALLOW, bytes(queued.digest))
    with translation.override(_language(queued)):
        return email("allow", queued, {"link": absolute_link("pledges:allow", key)})


def _language(queued: QueuedEmail) -> str:
    """The language of the page on which the email was asked for."""
    of_form = PendingSignature.objects.filter(ref=queued.ref).values_list("language", flat=True).first()
    return queued.language or of_form or settings.LANGUAGE_CODE


def tells_of_block(queued: QueuedEmail) -> bool:
    """Whether this email tells the owner that a caller had the mailbox blocked. It is sent in spite of the block."""
    return PhoneRequest.objects.filter(ref=queued.ref, kind=PhoneRequest.Kind.NEVER).exists()


def confirmation_email(
    name: str, queued: QueuedEmail, pending: PendingSignature, *, has_page: bool = True
) -> EmailMultiAlternatives:
    """The email with the link to confirm `pending`; with `has_page` also with a code to type on the inbox page.

    All who sign one pledge text on one day in one language get the same text, except for the links and the code. So the
    templates are rendered once with placeholders, and each email's own links and code are inserted.
    """
    with translation.override(pending.language or settings.LANGUAGE_CODE):
        return _confirmation_email(name, queued, pending, has_page)


def _confirmation_email(
    name: str, queued: QueuedEmail, pending: PendingSignature, has_page: bool
) -> EmailMultiAlternatives:
    """As `confirmation_email`, in the active language."""
    token = encryption.decrypt(pending.encrypted_token)
    code = tokens.code(token)
    own = {"link": absolute_link("pledges:confirm", token), "never": _block_link(queued)}
    shared: dict[str, object] = {
        "commitments": tuple(pending.pledge_text.commitments),
        "text_language": pending.pledge_text.language,
        "asked_on": timezone.localdate(pending.email_queued_at),
        "expires_at": timezone.localdate(pending.expires_at),
        "code": "",
        "stop": "",
    }
    if has_page:
        own["code"] = f"{code[:4]} {code[4:]}"
    if queued.is_regular:
        own["stop"] = _stop_yearly_link(queued)
    for field in own:
        shared[field] = _PLACEHOLDER.format(field)
    texts = _rendered(
        name,
        translation.get_language(),
        settings.SITE_ORIGIN,
        tuple(settings.CONTROLLER.items()),
        tuple(shared.items()),
    )
    return _message(queued, *(_filled(text, own) for text in texts))


_PLACEHOLDER = "\ue000{}\ue001"  # private-use characters, which no text contains


def _filled(text: str, own: dict[str, str]) -> str:
    for field, value in own.items():
        text = text.replace(_PLACEHOLDER.format(field), value)
    return text


@lru_cache(maxsize=64)
def _rendered(
    name: str,
    language: str,
    site: str,
    controller: tuple[tuple[str, str], ...],
    context: tuple[tuple[str, object], ...],
) -> tuple[str, str, str]:
    """As `_render`, with wrapped text; cached for each language and context, because many emails have the same."""
    subject, body, html = _render(name, {**dict(context), "site": site, "controller": dict(controller)})
    return subject, wrapped(body), html


def _render(name: str, context: dict[str, object]) -> tuple[str, str, str]:
    """Renders subject, text and HTML of the email whose templates have this name."""
    context = {"site": settings.SITE_ORIGIN, "controller": settings.CONTROLLER, **context}
    subject, body, html = (
        render_to_string(f"emails/{name}/{part}", context) for part in ("subject.txt", "body.txt", "body.html")
    )
    return subject.strip(), body, html


def absolute_link(route: str, *args: str) -> str:
    """Returns a URL of this site, with the configured SITE_ORIGIN; the Host header of a request is never used."""
    return settings.SITE_ORIGIN + reverse(route, args=args)


def preview(name: str, context: dict[str, object]) -> tuple[str, str]:
    """Renders subject and text of an email as it would be sent, without the personal link at its end."""
    never = gettext("(a link for this address alone)")
    return _render(name, {**context, "never": never})[:2]


def email(name: str, queued: QueuedEmail, context: dict[str, object]) -> EmailMultiAlternatives:
    """Renders a queued email from the templates of this name; each ends with a link to block all further emails."""
    context = {**context, "never": _block_link(queued)}
    if queued.is_regular:
        context["stop"] = _stop_yearly_link(queued)
    subject, body, html = _render(name, context)
    return _message(queued, subject, wrapped(body), html)


def _block_link(queued: QueuedEmail) -> str:
    """The link to the page that blocks all emails to this mailbox."""
    return absolute_link("pledges:never", tokens.link_key(tokens.TokenPurpose.NEVER, bytes(queued.digest)))


def _stop_yearly_link(queued: QueuedEmail) -> str:
    """The link to the page that stops the yearly emails."""
    return absolute_link("pledges:yearly", tokens.link_key(tokens.TokenPurpose.YEARLY, bytes(queued.digest)))


def _message(queued: QueuedEmail, subject: str, body: str, html: str) -> EmailMultiAlternatives:
    """Returns the message with its headers.

    Only emails that are sent regularly have List-Unsubscribe headers (RFC 8058). In the others the unsubscribe button
    of a mail program would block the mailbox, and its owner could not sign any more.
    """
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Message-ID": make_msgid(domain=_sender_domain()),
    }
    if queued.is_regular:
        headers["List-Unsubscribe"] = f"<{_stop_yearly_link(queued)}>"
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
    """Wraps the text at 76 characters. Links are never broken, and the line before a signature ("-- ") stays."""
    lines: list[str] = []
    for line in text.splitlines():
        is_delimiter = line == "-- "
        pieces = textwrap.wrap(line, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)
        lines += [line] if is_delimiter else pieces or [""]
    return "\n".join(lines) + "\n"


def _sender_domain() -> str:
    """The domain of DEFAULT_FROM_EMAIL, for Message-ID: spam filters distrust identifiers at "localhost"."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
