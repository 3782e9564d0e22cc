"""An update is sent to supporters from the key holder's computer: a real SMTP server, resuming, a log."""

import email
import re
import socket
import ssl
from email import policy
from email.message import EmailMessage
from io import StringIO
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.management import CommandError, call_command

from pledges.offline import mail_server
from pledges.offline.management.commands import send_update
from pledges.offline.update import NotAnUpdate, Update
from tests.pledges.offline.test_offline import HEAD, end, identity, key, sealed, written  # noqa: F401  fixtures

SITE = {"export": {**HEAD["export"], "site": "https://pledge.example.org"}}
TEXT = "Subject: News of the pledge\n\n# We won\n\nRead **on**: <https://example.org/> <script>alert(1)</script>\n"
PASSWORD = "a long password"


class Inbox:
    """A mail server that asks for a password, and refuses or drops what a test says."""

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
def update(inbox, key, written, identity, tmp_path):  # noqa: F811
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


def test_each_contact_gets_the_text_in_two_forms_and_a_link_of_its_own(update, inbox):
    assert "3 sent" in update.send()
    assert inbox.to == ["alice@example.org", "bob@example.org", "cy@example.org"]
    alice = inbox.messages[0]
    link = "https://pledge.example.org/pledge/unsubscribe/token-of-alice/"
    assert (alice["Subject"], alice["From"]) == ("News of the pledge", "The campaign <news@example.org>")
    assert alice["List-Unsubscribe"] == f"<{link}>"
    assert alice["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, page = (alice.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Read **on**" in text
    assert link in text
    assert f'href="{link}"' in page
    assert "<strong>on</strong>" in page
    assert "<script>" not in page
    assert "token-of-bob" not in alice.as_string()


def test_a_send_that_was_stopped_goes_on_where_it_stopped(update, inbox):
    inbox.down_after = 1
    with pytest.raises(CommandError, match="does not take it"):
        update.send()
    inbox.down_after = None
    assert "1 of an earlier run" in update.send()
    assert inbox.to == ["alice@example.org", "bob@example.org", "cy@example.org"]
    update.send()
    assert len(inbox.to) == 3


def test_an_email_that_may_have_gone_out_before_a_power_cut_is_not_sent_again(update, inbox):
    update.send()
    lines = update.log.read_text().splitlines()
    update.log.write_text("\n".join(lines[:-1]) + '\n{"tok')  # Cy's has begun, and the line after it broke off
    said = update.send()
    assert "1 of them may have got it" in said
    assert "2 sent, 0 refused by their server, 1 of which it is not known." in said
    assert inbox.to.count("cy@example.org") == 1


def test_a_mailbox_that_is_refused_holds_up_no_other(update, inbox):
    inbox.refuse.add("bob@example.org")
    assert "2 sent, 1 refused" in update.send()
    assert inbox.to == ["alice@example.org", "cy@example.org"]


def test_an_email_that_is_refused_only_once_it_was_read_holds_up_no_other(update, inbox):
    inbox.refuse_data = "bob"
    assert "2 sent, 1 refused" in update.send()


def test_where_all_are_refused_it_stops_says_why_and_sends_to_them_in_the_next_run(update, inbox, monkeypatch):
    monkeypatch.setattr(send_update, "REFUSALS_IN_A_ROW", 2)
    inbox.refuse_data = "@"
    with pytest.raises(CommandError, match=r"2 in a row.*550 5.4.5 Daily limit exceeded"):
        update.send()
    inbox.refuse_data = ""
    update.send()
    assert inbox.to == ["alice@example.org", "bob@example.org", "cy@example.org"]


def test_what_the_mail_server_says_is_told(update, inbox):
    inbox.down_after = 0
    with pytest.raises(CommandError, match="451 later"):
        update.send()


def test_two_power_cuts_lose_no_line_of_the_log(update, inbox):
    update.send()
    first_cut = "\n".join(update.log.read_text().splitlines()[:3]) + '\n{"tok'  # Alice has got it
    update.log.write_text(first_cut)
    update.send()
    text = update.log.read_text()
    second_cut = text.index('"begun"}', len(first_cut)) + len('"begun"}')  # Bob's has begun
    update.log.write_text(text[:second_cut])
    assert "1 of them may have got it" in update.send()
    assert inbox.to.count("bob@example.org") == 2  # in the run that the log forgot, and in the second


@pytest.mark.parametrize("text", ["x\n", '{"token": "x"}\n', TEXT])
def test_a_file_that_is_no_log_is_refused_and_not_written_to(update, inbox, text):
    update.log.write_text(text)
    with pytest.raises(CommandError, match="another text"):
        update.send()
    assert update.log.read_text() == text


def test_a_log_whose_first_line_broke_off_is_begun_anew(update, inbox):
    update.log.write_text('{"upd')
    update.send()
    update.send()
    assert len(inbox.to) == 3


@pytest.mark.parametrize("sender", ["The campaign", "Care, Don't Share <news@example.org>", "news@example"])
def test_a_sender_without_an_address_is_refused(update, inbox, sender):
    with pytest.raises(CommandError, match="is no address"):
        update.send(sender=sender)
    assert inbox.to == []


def test_how_long_it_will_take_is_told_before_it_is_sent(update, inbox, monkeypatch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda words: asked.append(words) or "no")
    with pytest.raises(CommandError):
        update.send(yes=[], rate=["--per-minute", "3"])
    assert "3 a minute (about 60 s)" in asked[0]


def test_without_a_terminal_it_says_how_to_send_all_the_same(update, monkeypatch):
    def no_terminal(prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", no_terminal)
    with pytest.raises(CommandError, match="add --yes"):
        update.send(yes=[])


def test_the_log_holds_no_address_and_no_token(update):
    update.send()
    assert not re.search("@|token-of|alice|Alice", update.log.read_text())


def test_a_log_of_another_text_is_refused(update, inbox):
    update.send()
    update.text.write_text(TEXT + "More.")
    with pytest.raises(CommandError, match="another text"):
        update.send()
    assert len(inbox.to) == 3


def test_nothing_is_sent_of_an_export_that_does_not_open_whole(update, inbox, written, identity):  # noqa: F811
    with pytest.raises(CommandError, match="Nothing was sent"):
        update.send(export=written(SITE, *update.people, end(9)))
    with pytest.raises(CommandError, match="no link to unsubscribe"):
        update.send(export=written(SITE, sealed(identity), end(1)))
    assert inbox.to == []


def test_nothing_is_sent_without_a_yes(update, inbox, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda asked: "y")
    with pytest.raises(CommandError, match="Nothing was sent"):
        update.send(yes=[])
    assert inbox.to == []


def test_a_wrong_password_is_told_and_the_send_can_be_run_again(update, inbox, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    with pytest.raises(CommandError, match="refuses this user or password"):
        update.send()
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    update.send()
    assert len(inbox.to) == 3


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtp://news@mail.example.org", "in clear"),
        ("smtp+tls://news:secret@mail.example.org", "history"),
        ("mail.example.org", "written like"),
        ("smtp+tls://mail.example.org", "with its user"),
    ],
)
def test_a_mail_server_that_would_give_the_password_away_is_refused(url, told):
    with pytest.raises(mail_server.Unusable, match=told):
        mail_server.MailServer(url, "")


def test_a_server_that_does_not_answer_is_told_with_its_reason(monkeypatch):
    monkeypatch.setattr(mail_server, "FIRST_PAUSE", 0)
    with pytest.raises(mail_server.Unusable, match=r"ConnectionRefusedError.*refused"):
        mail_server.MailServer("smtp://news@127.0.0.1:1", "").send(EmailMessage())


def test_a_wrong_certificate_is_told_at_once(monkeypatch):
    tries = []

    def wrong(server):
        tries.append(server)
        error = ssl.SSLCertVerificationError()
        error.verify_message = "self-signed certificate"
        raise error

    monkeypatch.setattr(mail_server.MailServer, "_open", wrong)
    with pytest.raises(mail_server.Unusable, match=r"not valid for mail\.example\.org: self-signed"):
        mail_server.MailServer("smtp+tls://news@mail.example.org", "").send(EmailMessage())
    assert len(tries) == 1


def test_a_preview_is_written_and_nothing_sent(update, inbox, tmp_path):
    call_command("send_update", "preview", str(update.text), "--into", str(tmp_path / "look"), stdout=StringIO())
    assert "<h1>We won</h1>" in (tmp_path / "look/preview.html").read_text()
    assert inbox.to == []


def test_a_test_goes_to_ones_own_address_alone(update, inbox):
    options = ["--smtp", inbox.url, "--from", "news@example.org", "--to", "me@example.org"]
    call_command("send_update", "test", str(update.text), *options, stdout=StringIO())
    assert inbox.to == ["me@example.org"]


def test_a_wrong_address_is_refused_before_the_password_is_asked_for(update, monkeypatch):
    asked = []
    monkeypatch.delenv("SMTP_PASSWORD")
    monkeypatch.setattr("getpass.getpass", asked.append)
    options = ["--smtp", "smtp://news@mail.example.org", "--from", "news@example.org", "--to", "me@example.org"]
    with pytest.raises(CommandError, match="in clear"):
        call_command("send_update", "test", str(update.text), *options)
    assert asked == []


def test_without_a_terminal_it_says_where_the_password_comes_from(update, inbox, monkeypatch):
    def no_terminal(prompt):
        raise EOFError

    monkeypatch.delenv("SMTP_PASSWORD")
    monkeypatch.setattr("getpass.getpass", no_terminal)
    options = ["--smtp", inbox.url, "--from", "news@example.org", "--to", "me@example.org"]
    with pytest.raises(CommandError, match="set SMTP_PASSWORD"):
        call_command("send_update", "test", str(update.text), *options)


@pytest.mark.parametrize("text", ["# No subject\n\ntext", "Subject:\n\ntext", "Subject: x\n\n \n"])
def test_a_text_without_subject_or_words_is_refused(tmp_path, text):
    (tmp_path / "news.md").write_text(text)
    with pytest.raises(NotAnUpdate):
        Update.read(tmp_path / "news.md")
