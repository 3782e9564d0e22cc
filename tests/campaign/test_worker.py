import logging

import pytest

from campaign.management.commands.worker import AFTER_A_FAULT, Duty


@pytest.mark.django_db
def test_a_duty_that_fails_is_logged_without_its_words_and_tried_again(caplog):
    def fails(now):
        raise ValueError("alice@example.org")

    duty = Duty(fails, every=0)
    assert 0 < duty.round() <= AFTER_A_FAULT
    [record] = caplog.records
    [handler] = [handler for handler in logging.root.handlers if type(handler).__name__ == "Stderr"]
    written = handler.format(record)
    assert "ValueError at campaign/management/commands/worker.py" in written
    assert "alice" not in written
