"""A flood from one network gets a share of the sending rate and does not delay others."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from pledges.emails import queue, sending
from pledges.inputs.email_address import Mailbox
from pledges.models import PendingSignature, QueuedEmail
from pledges.public_forms import rate_limits
from pledges.signing import service as signing
from tests.makers import NOW, answers
from tests.pledges.signing.test_forms import SIGN

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Lowers the numbers, so that few rows are a flood."""
    monkeypatch.setattr(queue, "AT_ONCE", 5)
    monkeypatch.setattr(queue, "MOST_WAITING", 40)


def flood(count, now=NOW, network="flood"):
    for n in range(count):
        signing.sign(answers(Mailbox(f"{network}{n}@example.org")), now, f"{n}", network)


def test_an_honest_form_goes_out_before_most_of_a_flood():
    flood(39)
    signing.sign(answers(Mailbox("honest@example.org")), NOW + timedelta(seconds=1), "honest", "honest")
    sending.send_due(NOW + 10 * MINUTE, most=20)
    assert ["honest@example.org"] in [email.to for email in mail.outbox]


def test_the_rest_of_a_flood_is_spread_over_a_tenth_of_the_rate(settings):
    settings.EMAILS_A_MINUTE = 60
    flood(10)
    due = list(QueuedEmail.objects.filter(kind="confirm").order_by("pk").values_list("due_at", flat=True))
    waits = [(moment - NOW).total_seconds() for moment in due]
    assert waits == [0] * 6 + [10, 20, 30, 40]


def test_the_longest_waiting_goes_first_among_networks_of_their_share():
    for n in range(4):
        flood(1, NOW + n * MINUTE, f"office{3 - n}")
    sending.send_due(NOW + 5 * MINUTE, most=2)
    assert [email.to for email in mail.outbox] == [["office30@example.org"], ["office20@example.org"]]


def test_where_nothing_waits_a_whole_office_gets_its_emails_at_once():
    for n in range(20):
        now = NOW + n * MINUTE
        signing.sign(answers(Mailbox(f"person{n}@example.org")), now, f"{n}", "office")
        sending.send_due(now)
    assert len(mail.outbox) == 20
    assert not QueuedEmail.objects.filter(kind="confirm", sent_at=None).exists()


def test_no_form_is_taken_while_too_many_emails_of_the_network_wait(post, monkeypatch):
    monkeypatch.setattr(rate_limits, "network", lambda request: "flood")
    flood(40, timezone.now())
    answer = post("/pledge/", SIGN)
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert SIGN["email"] in answer.text
    assert post("/pledge/mine/", {"email": SIGN["email"]}).status_code == 429
    monkeypatch.setattr(rate_limits, "network", lambda request: "others")
    assert post("/pledge/", SIGN).status_code == 303


def test_forms_from_one_48_share_a_network_in_the_queue(client):
    for n in range(3):
        body = f"email=a{n}%40example.org&by_email=no&pledge_text=1"
        client.post("/pledge/", body, "application/x-www-form-urlencoded", REMOTE_ADDR=f"2001:db8:1:{n}::1")
    networks = QueuedEmail.objects.filter(kind="confirm").values_list("network", flat=True)
    assert (len(networks), len(set(networks))) == (3, 1)
    assert PendingSignature.objects.values("client").distinct().count() == 3


def test_the_network_is_erased_when_its_email_has_gone():
    flood(3)
    sending.send_due(NOW)
    assert not QueuedEmail.objects.exclude(network="").exists()
