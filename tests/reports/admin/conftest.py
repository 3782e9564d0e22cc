"""An editor who is signed in, and a clock that stands still."""

import datetime

import pytest
from django.utils import timezone

from campaign.staff.models import StaffUser
from tests import staff_accounts


@pytest.fixture
def editor(client, db):
    return staff_accounts.sign_in(
        client, StaffUser.objects.create_superuser("edda@example.org", staff_accounts.PASSWORD, name="Edda")
    )


@pytest.fixture
def today(time_machine) -> datetime.date:
    """Stops the clock, so that no day ends during a test."""
    time_machine.move_to(timezone.now(), tick=False)
    return timezone.localdate()
