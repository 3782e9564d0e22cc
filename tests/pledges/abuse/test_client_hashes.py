"""What is stored of a client's network address and mail provider, and for how long."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pledges.models import PendingSignature
from pledges.privacy import erasure
from tests.makers import NOW, answers
from tests.pledges.abuse.makers import ask, confirm

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_client_hashes_are_erased_after_48_hours():
    ask(0)
    ask(1, NOW + MINUTE)
    erasure.erase(NOW + 2 * DAY, erasure.due(NOW + 2 * DAY))
    assert [bool(each.client) for each in PendingSignature.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize(
    ("asked", "confirmed", "stored"),
    [
        (2 * DAY, 2 * DAY, ""),
        (2 * DAY - MINUTE, 2 * DAY - MINUTE, "other"),  # a rule looks at it still
        (3 * DAY, MINUTE, "other"),  # its day is not over: more may confirm, and be counted
        (3 * DAY, None, "other"),
    ],
)
def test_a_confirmed_form_loses_its_mail_provider_after_48_hours(asked, confirmed, stored):
    token = ask(0, NOW - asked)
    if confirmed:
        confirm(token, NOW - confirmed)
    erasure.erase(NOW, erasure.due(NOW))
    assert PendingSignature.objects.get().provider == stored


def test_sending_a_form_again_does_not_extend_the_48_hours_of_its_client_hash():
    ask(0, NOW)
    ask(0, NOW + 6 * HOUR)
    assert PendingSignature.objects.get().email_queued_at == NOW + 6 * HOUR
    erasure.erase(NOW + 2 * DAY, erasure.due(NOW + 2 * DAY))
    assert PendingSignature.objects.get().client == ""


def test_a_pending_signature_stores_a_hash_of_the_client_and_never_its_address(client):
    pledge_text = answers().pledge_text
    sent = f"email=a@example.org&by_email=no&pledge_text={pledge_text.number}"
    form = "application/x-www-form-urlencoded"
    client.post(reverse("pledges:sign"), sent, form, REMOTE_ADDR="192.0.2.77")
    pending = PendingSignature.objects.get()
    assert len(pending.client) == 32
    assert "192" not in pending.client
    assert pending.provider == "other"
