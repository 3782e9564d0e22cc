"""A complaint about personal details is emailed to the controller, and not stored."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.urls import reverse

from pledges.complaints import service as complaints
from pledges.emails import queue, sending
from pledges.models import EmailBlock, QueuedEmail
from tests.makers import NOW

pytestmark = pytest.mark.django_db
WORDS = "You wrote to me after I said no.\n\nPlease stop."


def complain(client, **others):
    data = urlencode({"message": WORDS, "answer_to": "zoe@example.org", **others})
    return client.post(reverse("complaint"), data, "application/x-www-form-urlencoded")


def send():
    sending.send_due(NOW + timedelta(days=3650))


def test_a_complaint_is_acknowledged_with_a_reference(client):
    page = client.get(complain(client)["Location"]).content.decode()
    assert complaints.reference(QueuedEmail.objects.get().ref) in page
    assert "30 days" in page


def test_a_complaint_reaches_the_controller_unchanged(client):
    complain(client, message="<b>No</b> & never {{7*7}}")
    send()
    [email] = mail.outbox
    assert email.to == ["privacy@example.org"]
    assert "<b>No</b> & never {{7*7}}" in email.body
    assert "zoe@example.org" in email.body
    assert "&lt;b&gt;No&lt;/b&gt; &amp; never {{7*7}}" in email.alternatives[0].content


def test_a_complaint_is_encrypted_while_it_waits_and_erased_when_it_is_sent(client):
    complain(client)
    assert b"said no" not in bytes(QueuedEmail.objects.get().words)
    send()
    email = QueuedEmail.objects.get()
    assert (email.words, email.mailbox) == (None, None)


def test_subject_and_addresses_contain_no_text_of_a_complaint(client):
    complain(client, answer_to="evil@example.net\nBcc: all@example.net")
    send()
    [email] = mail.outbox
    assert email.recipients() == ["privacy@example.org"]
    assert "evil" not in email.subject + str(email.message()["Reply-To"])


def test_complaints_are_not_limited_and_not_stopped_by_a_block(client):
    for _ in range(5):
        complain(client)
    EmailBlock.objects.create(digest=QueuedEmail.objects.first().digest, blocked_on=NOW.date())
    send()
    assert len(mail.outbox) == 5


def test_a_complaint_is_never_given_up(client):
    complain(client)
    for _ in range(20):
        queue.mark_failed(QueuedEmail.objects.get(), NOW, "recipient 550", is_permanent=True)
    send()
    assert len(mail.outbox) == 1


def test_an_empty_complaint_keeps_the_other_fields(client):
    answer = complain(client, message=" \n ")
    assert answer.status_code == 422
    assert "zoe@example.org" in answer.content.decode()
    assert not QueuedEmail.objects.exists()
