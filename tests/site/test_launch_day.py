"""The figures in docs/launch-day.md are those of the code."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from campaign.monitoring import status
from pledges.emails import queue, sending
from pledges.public_forms import rate_limits
from pledges.signing.emails import REMINDER_AFTER

GUIDE = (settings.BASE_DIR / "docs/launch-day.md").read_text()
WAITS = re.findall(r"^\| (\d+) \| ([\d,]+) \| (.+) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(
    "sentence",
    [
        f"The default, {settings.EMAILS_A_MINUTE:,} ({settings.EMAILS_A_MINUTE // 60} a second)",
        f"up to {sending.SESSIONS} connections",
        f"{REMINDER_AFTER // timedelta(hours=1)} hours later up to as many reminders",
        f"{rate_limits.LIMITS['sign']:,} signatures an hour",
        f"The first {queue.AT_ONCE} of its emails",
        f"`certificate_days` is {status.CERTIFICATE_ENDS.days} or more",
    ],
)
def test_the_guide_says(sentence):
    assert sentence in GUIDE


def test_the_guide_says_when_refused_emails_are_tried_again():
    said = re.search(r"after (\d+), (\d+) and (\d+) minutes and (\d+), (\d+), (\d+) and (\d+) hours", GUIDE)
    minutes, hours = [int(some) for some in said.groups()[:3]], [int(some) for some in said.groups()[3:]]
    assert (*minutes, *(60 * some for some in hours)) == queue.RETRIES


@pytest.mark.parametrize(("signatures", "emails_a_minute", "said"), WAITS)
def test_the_waits_in_the_guide_are_calculated_right(signatures, emails_a_minute, said):
    emails = int(emails_a_minute.replace(",", "")) / 60
    minutes = max(0, int(signatures) - emails) * 3600 / emails / 60
    hours, left = divmod(round(minutes, -1), 60)
    words = [f"{hours:.0f} hour"] * bool(hours) + [f"{left:.0f} minutes"] * bool(left)
    assert said == (" ".join(words) or "goes out at once")


def test_the_guide_has_waits():
    assert len(WAITS) == 5
