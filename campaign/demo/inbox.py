"""Shows the emails that the demo wrote to files, instead of sending them."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

EMAILS_SHOWN = 30
# Headers that a proxy or a tunnel adds to requests; of the X- headers, how their names begin.
FORWARDED = ("Forwarded", "Via", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "Client-Ip")
FORWARDED_X = ("X-Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original", "X-Proxy")
SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes them


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    if not is_open(request):
        raise Http404
    return render(request, "campaign/inbox.html", {"emails": [_shown(email) for email in _newest()]})


def is_open(request: HttpRequest) -> bool:
    """Whether the inbox may be shown: only in the demo, and only to a browser on the same machine without a proxy
    between.

    Behind a proxy on this machine every request comes from loopback, and anyone can write what its headers say.
    """
    if not settings.DEBUG or _is_forwarded(request):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _is_forwarded(request: HttpRequest) -> bool:
    names = [name.title() for name in request.headers]
    return any(name in FORWARDED or name.startswith(FORWARDED_X) for name in names)


def _newest() -> list[EmailMessage]:
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=True)[:EMAILS_SHOWN]
    return [email for file in files for email in reversed(list(_emails(file)))][:EMAILS_SHOWN]


def _emails(file: Path) -> Iterator[EmailMessage]:
    for raw in file.read_bytes().split(SEPARATOR):
        if raw.strip():
            yield message_from_bytes(raw.lstrip(), policy=policy.default)


def _shown(email: EmailMessage) -> dict[str, object]:
    body = email.get_body(("plain",))
    return {
        "to": email["To"],
        "subject": email["Subject"],
        "sent": email["Date"].datetime,
        "text": body.get_content() if body else "",
    }
