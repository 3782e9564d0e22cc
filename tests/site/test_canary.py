"""Canary words go through the whole site; only what was asked to be stored is left of them."""

import io
import json
import logging
import os
import re
import tempfile
from datetime import timedelta
from urllib.parse import urlencode

import pyrage
import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from campaign import log_format
from campaign.privacy import retention_job
from pledges.crypto import encryption
from pledges.emails import sending
from pledges.models import Contact, Organisation, PendingSignature, Signature
from pledges.signing import service as signing
from tests import web_role
from tests.site import canaries
from tests.site.canaries import ADDRESS, ORGANISATION, PERSON, PUBLIC_NAME

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)
# Public by wish.
SHOWN = {"pledges_publicname.name": {"the public name"}}
BODY = {
    "pledges_organisation.name": {"an organisation"},
    "pledges_organisation.key": {"an organisation"},
    "pledges_organisation.website": {"its website"},
}
# Who signed for an organisation: staff must judge it, and emails must reach it.
CONTACT = {"pledges_organisation.contact": {"an address", "who signs for it", "their role"}}


@pytest.fixture
def holder(settings):
    """The campaign's private key, which is not on the server."""
    identity = pyrage.x25519.Identity.generate()
    settings.CAMPAIGN_PUBLIC_KEYS = [str(identity.to_public())]
    return identity


@pytest.fixture(autouse=True)
def logged(monkeypatch):
    """All that the site's own handler writes."""
    written = io.StringIO()
    [handler] = [handler for handler in logging.root.handlers if isinstance(handler, log_format.Stderr)]
    monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path):
    """The folder that temporary files would lie in."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def nothing_elsewhere(settings, logged, temporary):
    """Asserts that no canary is in a place where none may ever be."""
    settings.ADMINS = [("Volunteer", "volunteer@example.org")]

    def check():
        assert logged.getvalue()
        assert canaries.in_text(logged.getvalue()) == set()
        assert canaries.in_cache() == set()
        assert os.listdir(temporary) == []
        for email in mail.outbox:
            assert "volunteer@example.org" not in email.to
            words = [email.subject, email.body, *(part.content for part in email.alternatives)]
            assert canaries.in_text(" ".join(words)) == set()

    return check


@pytest.fixture
def post():
    """Posts fields as a browser does, and says how it was answered."""
    browser = Client(raise_request_exception=False)

    def post(path, **fields):
        return browser.post(path, urlencode(fields), "application/x-www-form-urlencoded").status_code

    return post


def delivered(now=None):
    """The path of the link in the last email."""
    sending.send_due(now or timezone.now())
    return re.search(r"https://pledge\.example\.org(/pledge/(?:confirm|mine)/\S+/)", mail.outbox[-1].body)[1]


def sign(post, by_email="yes"):
    assert post("/pledge/", **PERSON, by_email=by_email, pledge_text="1") == 303


def sign_for_the_organisation(post):
    typed = {"kind": "other", "is_named": "yes", "authority": "on", "pledge_text": "1"}
    assert post("/pledge/organisations/sign/", **ORGANISATION, **typed) == 303


def confirm(post, **wishes):
    assert post(delivered(), agree="on", **wishes) == 303


def confirm_with_all_wishes(post):
    confirm(post, show_name="on", public_name=PUBLIC_NAME, by_post="on", address=ADDRESS)


def test_of_a_person_who_asks_for_everything_only_the_public_name_can_be_read(post, holder, nothing_elsewhere):
    sign(post)
    assert canaries.in_columns() == {}
    assert canaries.in_columns(unlocked=True) == {"pledges_queuedemail.mailbox": {"an address"}}
    confirm_with_all_wishes(post)
    assert canaries.in_columns(unlocked=True) == SHOWN
    assert canaries.in_dump() == {"the public name"}
    nothing_elsewhere()
    # They were there to be found: with the key they can all be read.
    records = [pyrage.decrypt(bytes(contact.sealed), [holder]).decode() for contact in Contact.objects.all()]
    assert canaries.in_text("".join(records)) == {
        "an address",
        "a name",
        "an occupation",
        "a postcode",
        "a postal address",
    }


def test_of_a_person_who_asks_for_nothing_nothing_can_be_read(post, nothing_elsewhere):
    sign(post, by_email="no")
    confirm(post)
    assert Signature.objects.exists()
    assert not Contact.objects.exists()
    assert canaries.in_columns(unlocked=True) == {}
    assert canaries.in_dump() == set()
    nothing_elsewhere()


def test_of_an_organisation_the_contact_is_encrypted(post, nothing_elsewhere):
    sign_for_the_organisation(post)
    assert canaries.in_columns() == {}
    assert canaries.in_columns(unlocked=True).keys() == {
        "pledges_pendingsignature.application",
        "pledges_queuedemail.mailbox",
    }
    confirm(post)
    assert canaries.in_columns() == BODY
    assert canaries.in_columns(unlocked=True) == BODY | CONTACT
    assert canaries.in_dump() == {"an organisation", "its website"}
    nothing_elsewhere()


def test_an_organisations_contact_goes_thirty_days_after_its_end(post):
    sign_for_the_organisation(post)
    confirm(post)
    Organisation.objects.update(withdrawn_at=timezone.now())
    retention_job.erase_expired(timezone.now() + timedelta(days=31))
    assert canaries.in_columns(unlocked=True) == BODY


def test_nothing_is_left_of_a_person_who_withdrew(post, nothing_elsewhere):
    sign(post)
    confirm_with_all_wishes(post)
    assert post("/pledge/mine/", email=PERSON["email"]) == 303
    assert post(f"{delivered()}change/", kind="withdraw", sure="on") < 400
    assert not Signature.objects.exists()
    assert canaries.in_columns(unlocked=True) == {}
    assert canaries.in_dump() == set()
    nothing_elsewhere()


def test_nothing_is_left_of_an_unconfirmed_form_after_a_week(post, nothing_elsewhere):
    sign(post)
    sign_for_the_organisation(post)
    retention_job.erase_expired(timezone.now() + WEEK)
    assert not PendingSignature.objects.exists()
    assert canaries.in_columns(unlocked=True) == {}
    assert canaries.in_dump() == set()
    nothing_elsewhere()


def test_nothing_is_left_of_a_complaint_after_it_was_sent(post):
    words = " ".join([*PERSON.values(), *ADDRESS.splitlines()])
    assert post("/privacy/complaint/", message=words, answer_to=PERSON["email"]) == 303
    assert canaries.in_columns() == {}
    assert canaries.in_columns(unlocked=True).keys() == {"pledges_queuedemail.words"}
    sending.send_due(timezone.now())
    assert canaries.in_text(mail.outbox[0].body)
    assert canaries.in_columns(unlocked=True) == {}
    assert canaries.in_dump() == set()


def fault(answers, now):
    raise ValueError(f"{answers.name} of {answers.mailbox.address} broke it")


def constraint(answers, now):
    """PostgreSQL quotes the whole row in such an error."""
    insert = "INSERT INTO pledges_publicname (ref, name, listed_on) VALUES (gen_random_uuid(), %s, now())"
    with pytest.raises(IntegrityError) as quoted, connection.cursor() as cursor:
        cursor.execute(insert, [answers.name])
    assert canaries.in_text(str(quoted.value)) == {"a name"}
    raise quoted.value


@pytest.mark.parametrize("broken", [fault, constraint])
def test_a_server_error_stores_nothing_personal_anywhere(post, monkeypatch, nothing_elsewhere, broken):
    monkeypatch.setattr(signing, "sign", broken)
    assert post("/pledge/", **PERSON, by_email="yes", pledge_text="1") == 500
    assert canaries.in_columns(unlocked=True) == {}
    assert canaries.in_dump() == set()
    nothing_elsewhere()


def test_a_form_with_an_error_stores_nothing_personal_anywhere(post, nothing_elsewhere):
    assert post("/pledge/", **PERSON, by_email="perhaps", pledge_text="1") == 422
    assert canaries.in_columns(unlocked=True) == {}
    nothing_elsewhere()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", PERSON["name"]),
        ("varchar(100)", PERSON["postcode"].lower()),
        ("jsonb", json.dumps({"deep": [PERSON["occupation"]]})),
        ("text[]", [PERSON["email"]]),
        ("bytea", PUBLIC_NAME.encode()),
        ("bytea", encryption.encrypt(ADDRESS)),
    ],
)
def test_every_column_is_searched_for_canaries(kind, value):
    with web_role.owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE newcomer (id int, stored {kind})")
        try:
            cursor.execute("INSERT INTO newcomer VALUES (1, %s)", [value])
            assert canaries.in_columns(unlocked=True).keys() == {"newcomer.stored"}
            assert canaries.in_dump() == canaries.in_columns().get("newcomer.stored", set())
        finally:
            cursor.execute("DROP TABLE newcomer")
