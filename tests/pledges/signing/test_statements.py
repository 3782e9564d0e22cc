"""The number of SQL statements for signing and confirming."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pledges.models import EmailBlock, Signature
from pledges.models.pledge_texts import texts_for_signing
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, answers, signed, token_of
from tests.pledges.signing.test_forms import ORGANISATION, SIGN

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_AND_SHOW = {"agree": "on", "show_name": "on", "public_name": "Alice Example", "by_post": "on"}
ADDRESS = {"address": "Alice Example\n1 Example Street\nAB1 2CD"}


def statements(client, path, fields, address="203.0.113.9"):
    body = urlencode(fields)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, body, "application/x-www-form-urlencoded", REMOTE_ADDR=address)
    assert answer.status_code == 303
    return len(queries)


@pytest.mark.parametrize(
    ("path", "fields"), [("/pledge/", SIGN), ("/pledge/organisations/sign/", ORGANISATION)]
)
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
