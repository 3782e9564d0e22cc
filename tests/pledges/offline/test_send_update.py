"""An update is sent to supporters from the key holder's computer, to a real SMTP server."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pledges.offline.management.commands import send_update
from pledges.offline.update import NotAnUpdate, Update
from tests.pledges.offline.conftest import SITE, end, sealed


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


def test_nothing_is_sent_of_an_export_that_does_not_open_whole(update, inbox, written, identity):
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


def test_a_preview_is_written_and_nothing_sent(update, inbox, tmp_path):
    call_command("send_update", "preview", str(update.text), "--into", str(tmp_path / "look"), stdout=StringIO())
    assert "<h1>We won</h1>" in (tmp_path / "look/preview.html").read_text()
    assert inbox.to == []


def test_a_test_goes_to_ones_own_address_alone(update, inbox):
    options = ["--smtp", inbox.url, "--from", "news@example.org", "--to", "me@example.org"]
    call_command("send_update", "test", str(update.text), *options, stdout=StringIO())
    assert inbox.to == ["me@example.org"]


@pytest.mark.parametrize("text", ["# No subject\n\ntext", "Subject:\n\ntext", "Subject: x\n\n \n"])
def test_a_text_without_subject_or_words_is_refused(tmp_path, text):
    (tmp_path / "news.md").write_text(text)
    with pytest.raises(NotAnUpdate):
        Update.read(tmp_path / "news.md")
