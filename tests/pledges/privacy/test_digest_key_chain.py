"""Rotation of the digest key, for which the addresses are not needed."""

import re
import runpy
from io import StringIO

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import models

from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.models import DigestField, EmailBlock, PendingSignature, QueuedEmail, Signature
from pledges.privacy import digest_key_chain, restore
from pledges.signing import service as signing
from tests import staff_accounts
from tests.makers import ALICE, BOB, NOW, answers, signed

pytestmark = pytest.mark.django_db
NEW, OTHER = "new" * 20, "other" * 20


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Pretends that there are no other connections to the database."""
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 0)


@pytest.fixture
def with_a_new_key(settings):
    def add():
        settings.DIGEST_KEYS = [*settings.DIGEST_KEYS, NEW]

    return add


def digests(model):
    return {bytes(digest) for digest in model.objects.values_list("digest", flat=True)}


def rotate():
    out = StringIO()
    call_command("rotate_digest_key", stdout=out)
    return out.getvalue()


def found():
    return {message.id for message in run_checks(tags=["database"], databases=["default"])} - {"campaign.W002"}


def test_after_rotation_every_mailbox_is_found_with_the_new_key(with_a_new_key):
    signed(BOB)
    staff_accounts.waiting(now=NOW)
    signing.sign(answers(ALICE), NOW)
    EmailBlock.objects.create(digest=tokens.digest("eve@example.org"), blocked_on=NOW.date())
    before = digests(PendingSignature) | digests(QueuedEmail)
    with_a_new_key()
    assert rotate().startswith("Applied 1 more to ")
    assert bytes(Signature.objects.get().digest) == tokens.digest(BOB.identity)
    assert bytes(EmailBlock.objects.get().digest) == tokens.digest("eve@example.org")
    assert tokens.digest(ALICE.identity) in digests(PendingSignature) & digests(QueuedEmail)
    assert not before & (digests(PendingSignature) | digests(QueuedEmail))


def test_several_batches_are_converted_once_each(with_a_new_key, monkeypatch):
    monkeypatch.setattr(digest_key_chain, "BATCH", 2)
    people = [type(BOB)(f"bob{n}@example.org") for n in range(5)]
    for person in people:
        signed(person)
    with_a_new_key()
    rotate()
    assert digests(Signature) == {tokens.digest(person.identity) for person in people}


def test_signatures_from_before_are_known_afterwards(with_a_new_key):
    signed(BOB)
    with_a_new_key()
    rotate()
    signed(BOB, region="wales")
    assert Signature.objects.count() == 1


def test_a_digest_key_is_applied_once(with_a_new_key):
    signed(BOB)
    with_a_new_key()
    rotate()
    assert rotate().startswith("Nothing to do")
    assert bytes(Signature.objects.get().digest) == tokens.digest(BOB.identity)


def test_a_digest_key_is_applied_to_all_digests_or_none(with_a_new_key, monkeypatch):
    signed(BOB)
    before = bytes(Signature.objects.get().digest)
    with_a_new_key()
    monkeypatch.setattr(digest_key_chain, "fingerprint", fingerprint_then_killed())
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert bytes(Signature.objects.get().digest) == before


def fingerprint_then_killed():
    """A `fingerprint` that works before and inside the transaction, and fails when the new keys are recorded."""
    whole, asked = digest_key_chain.fingerprint, []

    def fingerprint(keys):
        asked.append(keys)
        if len(asked) > 2:
            raise KeyboardInterrupt
        return whole(keys)

    return fingerprint


def test_the_keys_below_must_be_the_ones_that_are_there(settings):
    signed(BOB)
    settings.DIGEST_KEYS = [OTHER, NEW, "third" * 10]
    with pytest.raises(CommandError, match="Nothing was changed"):
        rotate()


def test_rotation_refuses_to_run_while_others_are_connected(with_a_new_key, monkeypatch):
    monkeypatch.setattr(digest_key_chain, "other_connections", lambda: 3)
    with_a_new_key()
    with pytest.raises(CommandError, match="Stop the site"):
        rotate()


def test_a_new_key_is_long_and_random():
    drawn = set()
    for _ in range(2):
        out = StringIO()
        call_command("rotate_digest_key", "--new-key", stdout=out)
        drawn.add(out.getvalue().strip())
    assert len(drawn) == 2
    assert all(re.fullmatch(r"[\w-]{64}", key) for key in drawn)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (lambda keys: keys, set()),
        (lambda keys: [*keys, NEW], {"campaign.E019"}),
        (lambda keys: keys[:-1], {"campaign.E018"}),
        (lambda keys: keys[::-1], {"campaign.E018"}),
        (lambda keys: [OTHER], {"campaign.E018"}),
    ],
)
def test_a_site_with_other_digest_keys_refuses_to_start(settings, keys, message):
    settings.DIGEST_KEYS = keys(settings.DIGEST_KEYS)
    assert found() == message


def test_the_worker_checks_the_digest_keys_too(with_a_new_key):
    with_a_new_key()
    with pytest.raises(CommandError, match="rotate_digest_key"):
        call_command("worker", "--once")


def test_the_web_server_checks_the_digest_keys_too(settings, with_a_new_key):
    # With the suite's own it would stop before, and name that.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with_a_new_key()
    with pytest.raises(SystemCheckError, match=r"campaign\.E019"):
        runpy.run_module("campaign.wsgi")


def test_a_site_that_started_while_the_database_was_away_is_not_ready(client, with_a_new_key):
    with_a_new_key()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content[:13]) == (503, b"campaign.E019")


def test_a_link_in_an_old_email_still_leads_to_its_mailbox(with_a_new_key):
    key = tokens.link_key(TokenPurpose.NEVER, tokens.digest(BOB.identity))
    with_a_new_key()
    assert tokens.digest_of_link_key(TokenPurpose.NEVER, key) == tokens.digest(BOB.identity)


def test_an_older_list_of_erasures_blocks_the_same_mailbox(with_a_new_key):
    EmailBlock.objects.create(digest=tokens.digest(BOB.identity), blocked_on=NOW.date())
    lines = list(restore.lines(NOW, [restore.BLOCKED]))
    EmailBlock.objects.all().delete()
    with_a_new_key()
    restore.repeat(lines, [restore.BLOCKED], NOW)
    assert bytes(EmailBlock.objects.get().digest) == tokens.digest(BOB.identity)


def test_every_column_of_digests_says_so_by_its_class():
    named = {
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if "digest" in field.name and isinstance(field, models.BinaryField)
    }
    assert named
    assert {type(field) for field in named} == {DigestField}
