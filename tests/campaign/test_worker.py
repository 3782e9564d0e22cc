import logging

import pytest

from campaign.management.commands.worker import AFTER_AN_ERROR, Duty, _send_emails
from pledges.emails import sending
from tests.makers import NOW


@pytest.mark.django_db
def test_a_duty_that_fails_is_logged_without_its_words_and_tried_again(caplog):
    def fails(now):
        raise ValueError("alice@example.org")

    duty = Duty(fails, every=0)
    assert 0 < duty.round() <= AFTER_AN_ERROR
    [record] = caplog.records
    [handler] = [handler for handler in logging.root.handlers if type(handler).__name__ == "Stderr"]
    written = handler.format(record)
    assert "ValueError at campaign/management/commands/worker.py" in written
    assert "alice" not in written


@pytest.mark.parametrize(("rate", "batch", "pause"), [(10, 1, 6), (1200, 60, 0.05), (60_000, 200, 0.001)])
def test_emails_are_sent_evenly_at_the_configured_rate_and_in_batches_of_seconds(
    settings, monkeypatch, rate, batch, pause
):
    settings.EMAILS_A_MINUTE = rate
    asked = []
    monkeypatch.setattr(sending, "send_due", lambda now, most, pace: asked.append((most, pace)) or most)
    assert _send_emails(NOW) == pause
    assert asked == [(batch, pause)]
