"""The number of SQL statements for signing and confirming."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pledges.emails import mailbox_limits, queue
from pledges.inputs.email_address import Mailbox
from pledges.models import EmailBlock, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.models.pledge_texts import texts_for_signing
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, answers, signed, token_of
from tests.pledges.signing.test_forms import ORGANISATION, SIGN
from tests.rows_read import rows_read

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_AND_SHOW = {"agree": "on", "show_name": "on", "public_name": "Alice Example", "by_post": "on"}
ADDRESS = {"address": "Alice Example\n1 Example Street\nAB1 2CD"}


def statements(client, path, fields, address="203.0.113.9"):
    body = urlencode(fields)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, body, "application/x-www-form-urlencoded", REMOTE_ADDR=address)
    assert answer.status_code == 303
    return len(queries)


@pytest.mark.parametrize(("path", "fields"), [("/pledge/", SIGN), ("/pledge/organisations/sign/", ORGANISATION)])
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1"])
def test_a_signature_is_accepted_in_three_statements(client, path, fields, address):
    statements(client, path, {**fields, "email": "bob@example.org"}, address)  # draws the salt
    assert statements(client, path, fields, address) <= 3


def test_the_state_of_a_mailbox_changes_no_number_of_statements(client):
    statements(client, "/pledge/", {**SIGN, "email": "new@example.org"})
    fresh = statements(client, "/pledge/", SIGN)
    signed(BOB, now=timezone.now())
    EmailBlock.objects.create(digest=Signature.objects.get().digest, blocked_on=timezone.localdate())
    assert statements(client, "/pledge/", {**SIGN, "email": "bob@example.org"}) == fresh


@pytest.mark.parametrize("choices", [{"agree": "on"}, {**SIGN_AND_SHOW, **ADDRESS}])
def test_a_first_signature_is_confirmed_in_two_statements_without_begin_and_commit(client, choices):
    token = token_of(signing.sign(answers(ALICE, by_email=True), timezone.now()))
    texts_for_signing(timezone.now())  # remembers the pledge texts
    assert statements(client, f"/pledge/confirm/{token}/", choices) <= 2
    assert Signature.objects.get().contacts.count() == (2 if "address" in choices else 1)


# At a launch the tables are new to PostgreSQL: it has no statistics of them, and remembers plans made while they were
# empty. Then a statement that may use the index of the whole queue reads all of it.
QUEUED = 300


@pytest.fixture
def queue_without_statistics():
    for n in range(12):  # each statement has its generic plan now
        token = token_of(signing.sign(answers(Mailbox(f"early{n}@example.org")), timezone.now()))
        signing.confirm(token, ConfirmChoices(), timezone.now())
    waiting = [
        QueuedEmail(kind="confirm", ref=uuid4(), digest=b"%032d" % n, mailbox=b"x", due_at=timezone.now())
        for n in range(QUEUED)
    ]
    QueuedEmail.objects.bulk_create(waiting)


def emails_read(act):
    return rows_read(act, "pledges_queuedemail")


def test_signing_reads_none_of_the_emails_that_wait(queue_without_statistics):
    assert emails_read(lambda: signing.sign(answers(ALICE), timezone.now())) == 0


def test_confirming_reads_the_emails_of_its_form_alone(queue_without_statistics):
    token = token_of(signing.sign(answers(ALICE), timezone.now()))
    assert emails_read(lambda: signing.confirm(token, ConfirmChoices(), timezone.now())) == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda email: queue.drop_about(email.ref, timezone.now()),
        lambda email: queue.drop_by_id([email.pk], timezone.now()),
        lambda email: queue.is_queued("confirm", bytes(email.digest)),
        lambda email: mailbox_limits.reserve([email], timezone.now()),
    ],
    ids=["drop about a form", "drop by key", "is queued", "reserve a place"],
)
def test_what_concerns_one_email_does_not_read_the_queue(queue_without_statistics, act):
    email = QueuedEmail.objects.order_by("pk").last()
    assert emails_read(lambda: act(email)) < QUEUED / 10
