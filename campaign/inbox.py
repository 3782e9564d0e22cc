"""The demo's inbox: letters that went to files, shown to whoever sits at this machine."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pledges import limits

LETTERS_SHOWN = 30
BETWEEN_LETTERS = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes them


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    if not is_open(request):
        raise Http404
    return render(request, "campaign/inbox.html", {"letters": [_shown(letter) for letter in _newest()]})


def is_open(request: HttpRequest) -> bool:
    """Only in the demo, and only for the machine that it runs on."""
    if not settings.DEBUG:
        return False
    try:
        return ip_address(limits.address(request)).is_loopback
    except ValueError:
        return False


def _newest() -> list[EmailMessage]:
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=True)[:LETTERS_SHOWN]
    return [letter for file in files for letter in reversed(list(_letters(file)))][:LETTERS_SHOWN]


def _letters(file: Path) -> Iterator[EmailMessage]:
    for raw in file.read_bytes().split(BETWEEN_LETTERS):
        if raw.strip():
            yield message_from_bytes(raw.lstrip(), policy=policy.default)


def _shown(letter: EmailMessage) -> dict[str, object]:
    body = letter.get_body(("plain",))
    return {
        "to": letter["To"],
        "subject": letter["Subject"],
        "sent": letter["Date"].datetime,
        "text": body.get_content() if body else "",
    }
