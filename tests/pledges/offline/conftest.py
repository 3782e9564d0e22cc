"""A key, exports that are encrypted to it, a mail server, and an update to send."""

import base64
import email
import json
import socket
from email import policy
from io import StringIO
from types import SimpleNamespace

import pyrage
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.management import call_command

from pledges.offline import mail_server

HEAD = {"export": {"format": 1, "channel": "email", "pledge_texts": {"1 (en)": "Yes, email me."}}}
ALICE = {"ref": "a1", "email": "alice@example.org", "name": "Zoë", "date": "2026-06-01", "pledge_text": "1 (en)"}


@pytest.fixture(scope="module")
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def key(identity, tmp_path):
    path = tmp_path / "key.txt"
    path.write_text(f"# a comment\n{identity}\n")
    return path


@pytest.fixture
def written(identity, tmp_path):
    """Writes an export of these lines (records are sealed on the way) and returns its path."""

    def write(*lines):
        path = tmp_path / "contacts.jsonl"
        path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
        return path

    return write


def sealed(identity, **record):
    text = json.dumps({**ALICE, **record}).encode().ljust(2048)
    return {"sealed": base64.b64encode(pyrage.encrypt(text, [identity.to_public()])).decode()}


def end(records, removed=0):
    return {"end": {"records": records, "removed": removed}}


SITE = {"export": {**HEAD["export"], "site": "https://pledge.example.org"}}
TEXT = "Subject: News of the pledge\n\n# We won\n\nRead **on**: <https://example.org/> <script>alert(1)</script>\n"
PASSWORD = "a long password"


class Inbox:
    """A mail server that asks for a password, and refuses or drops the emails that a test names."""

    def __init__(self) -> None:
        self.messages, self.refuse, self.down_after, self.refuse_data = [], set(), None, ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.down_after is not None and len(self.messages) >= self.down_after:
            return "451 later"
        if self.refuse_data and self.refuse_data in envelope.rcpt_tos[0]:
            return "550 5.4.5 Daily limit exceeded"
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def to(self) -> list[str]:
        return [message["To"] for message in self.messages]


@pytest.fixture
def inbox(monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    monkeypatch.setattr(mail_server, "FIRST_PAUSE", 0)
    inbox = Inbox()

    def authenticator(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        inbox, "127.0.0.1", port, authenticator=authenticator, auth_required=True, auth_require_tls=False
    )
    controller.start()
    inbox.url = f"smtp://news@127.0.0.1:{port}"
    yield inbox
    controller.stop()


@pytest.fixture
def update(inbox, key, written, identity, tmp_path):
    """`send()` sends TEXT to Alice, Bob and Cy; it takes what differs."""
    text = tmp_path / "news.md"
    text.write_text(TEXT)
    names = ("alice", "bob", "cy")
    people = [sealed(identity, email=f"{n}@example.org", unsubscribe=f"token-of-{n}") for n in names]
    export, log = written(SITE, *people, end(3)), tmp_path / "sent.log"

    def send(**differs):
        options = {
            "export": export,
            "key": key,
            "yes": ["--yes"],
            "sender": "The campaign <news@example.org>",
            "rate": ["--per-minute", "100000"],
            **differs,
        }
        out = StringIO()
        command = ["send", text, options["export"], "--identity", options["key"], "--log", log, *options["yes"]]
        command += ["--smtp", inbox.url, "--from", options["sender"], *options["rate"]]
        call_command("send_update", *map(str, command), stdout=out)
        return out.getvalue()

    return SimpleNamespace(send=send, text=text, log=log, people=people)
