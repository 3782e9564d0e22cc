"""The log of `send_update`: a send that was stopped goes on, and no one gets an email twice."""

import re

import pytest
from django.core.management import CommandError

from tests.pledges.offline.conftest import TEXT


def test_a_send_that_was_stopped_goes_on_where_it_stopped(update, inbox):
    inbox.down_after = 1
    with pytest.raises(CommandError, match="does not take it"):
        update.send()
    inbox.down_after = None
    assert "earlier run: 1." in update.send()
    assert inbox.to == ["alice@example.org", "bob@example.org", "cy@example.org"]
    assert "Nothing is left to send." in update.send()
    assert len(inbox.to) == 3


def test_when_all_is_sent_nothing_is_asked(update, inbox, monkeypatch):
    update.send()
    monkeypatch.setattr("builtins.input", lambda _asked: pytest.fail("asked"))
    update.send(yes=[])


def test_an_email_that_may_have_gone_out_before_a_power_cut_is_not_sent_again(update, inbox):
    update.send()
    lines = update.log.read_text().splitlines()
    update.log.write_text("\n".join(lines[:-1]) + '\n{"tok')  # Cy's has begun, and the line after it broke off
    said = update.send()
    assert "1 of them may have got it" in said
    assert "2 sent, 0 refused by their server, 1 of which it is not known." in said
    assert inbox.to.count("cy@example.org") == 1


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


def test_the_log_holds_no_address_and_no_token(update):
    update.send()
    assert not re.search("@|token-of|alice|Alice", update.log.read_text())


def test_a_log_of_another_text_is_refused(update, inbox):
    update.send()
    update.text.write_text(TEXT + "More.")
    with pytest.raises(CommandError, match="another text"):
        update.send()
    assert len(inbox.to) == 3
