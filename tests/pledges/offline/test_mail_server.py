"""Which mail servers `send_update` refuses, and what it says about one that does not answer."""

import ssl
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command

from pledges.offline import mail_server
from tests.pledges.offline.conftest import PASSWORD


def test_what_the_mail_server_says_is_told(update, inbox):
    inbox.down_after = 0
    with pytest.raises(CommandError, match="451 later"):
        update.send()


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
