"""The unsubscribe link in the campaign's emails: one click ends them, and it does not show who was subscribed."""

import base64
import json

import pyrage
import pytest
from django.core.management import call_command

from pledges.models import Consent, Contact, Signature
from pledges.offline import keys
from pledges.privacy import exports
from tests.makers import ALICE, BOB, NOW, signed
from tests.staff_accounts import staff

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(settings) -> str:
    """The link of Alice, who asked for email, as a key holder finds it in an export."""
    identity = pyrage.x25519.Identity.generate()
    settings.CAMPAIGN_PUBLIC_KEYS = [str(identity.to_public())]
    signed(ALICE, by_email=True)
    lines = exports.lines(exports.begin("email", "news", staff("dana@example.org"), NOW))
    [sealed] = [json.loads(line)["sealed"] for line in lines if b'"sealed"' in line]
    token = json.loads(pyrage.decrypt(base64.b64decode(sealed), [identity]))["unsubscribe"]
    return f"/pledge/unsubscribe/{token}/"


def test_looking_at_the_link_changes_nothing(client, link):
    assert "Stop the emails" in client.get(link).text
    assert Contact.objects.exists()


@pytest.mark.parametrize("sent_as", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_press_ends_the_emails_and_leaves_the_signature(client, link, sent_as):
    body = "List-Unsubscribe=One-Click"
    if sent_as == "multipart/form-data":
        body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
        sent_as += "; boundary=x"
    assert client.post(link, body, content_type=sent_as).status_code == 200
    assert not Contact.objects.exists()
    assert Signature.objects.count() == 1
    assert Consent.objects.get(act="withdrawn").purpose == "email"


def test_a_second_press_and_an_unknown_token_get_the_same_answer(client, link):
    first = client.post(link, ONE_CLICK)
    unknown = client.post("/pledge/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/", ONE_CLICK)
    assert [client.post(link, ONE_CLICK).content, unknown.content] == [first.content] * 2


def test_unsubscribing_ends_the_emails_of_one_supporter_only(client, link):
    signed(BOB, by_email=True)
    client.post(link, ONE_CLICK)
    assert Contact.objects.count() == 1


def test_an_unknown_token_ends_the_emails_of_no_one(client, link):
    client.post("/pledge/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/", ONE_CLICK)
    assert Contact.objects.count() == 1


def test_a_link_that_was_cut_off_says_so(client, link):
    assert client.get(link[:-5]).status_code == 404


def test_confirming_again_gives_the_contact_a_token_of_its_own(link):
    before = bytes(Contact.objects.get().unsubscribe_token)
    signed(ALICE, by_email=True)
    assert bytes(Contact.objects.get().unsubscribe_token) != before


def test_listmonk_gets_the_link_with_each_subscriber(settings, tmp_path):
    settings.CAMPAIGN_PUBLIC_KEYS = [keys.make(tmp_path / "key.txt")]
    signed(ALICE, by_email=True, name="Alice Example")
    export = exports.begin("email", "news", staff("dana@example.org"), NOW)
    (tmp_path / "export.jsonl").write_bytes(b"".join(exports.lines(export)))
    call_command("open_export", tmp_path / "export.jsonl", identity=[tmp_path / "key.txt"], into=tmp_path / "t")
    head, row = (tmp_path / "t/listmonk.csv").read_text().splitlines()
    assert head == "email,name,attributes"
    assert row.startswith("alice@example.org,Alice Example,")
    assert "https://pledge.example.org/pledge/unsubscribe/" in row
