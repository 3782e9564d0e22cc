from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models

from pledges.complaints import service as complaints
from pledges.crypto import encryption
from pledges.models import EncryptedField, Organisation, PendingSignature, QueuedEmail
from pledges.organisations import applications
from pledges.signing import service as signing
from tests import staff_accounts
from tests.makers import ALICE, NOW, answers, organisation_answers

pytestmark = pytest.mark.django_db
NEW = "new" * 20


def reencrypt():
    out, err = StringIO(), StringIO()
    call_command("reencrypt", stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


@pytest.fixture
def rotate_secret_key(settings):
    def rotate():
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]
        said = reencrypt()
        settings.SECRET_KEY_FALLBACKS = []
        return said

    return rotate


def test_after_reencrypting_the_old_key_can_be_removed(rotate_secret_key):
    signing.sign(answers(ALICE), NOW)
    signing.sign(organisation_answers(ALICE), NOW)
    organisation = staff_accounts.waiting(now=NOW)
    complaints.complain("It went wrong.", "alice@example.org", NOW)
    assert "in pledges_queuedemail" in rotate_secret_key()
    organisation.refresh_from_db()
    assert applications.signer(organisation)["signer_name"] == "Sample Signer"
    for email in QueuedEmail.objects.exclude(mailbox=None):
        encryption.decrypt(email.mailbox)
    encryption.decrypt(QueuedEmail.objects.get(kind="complaint").words)
    for pending in PendingSignature.objects.all():
        encryption.decrypt(pending.encrypted_token)
    encryption.decrypt(PendingSignature.objects.exclude(application=None).get().application)


def test_a_row_that_changes_meanwhile_is_not_overwritten(settings, monkeypatch):
    staff_accounts.waiting(now=NOW)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]
    whole = encryption.reencrypt

    def erased_just_now(encrypted):
        Organisation.objects.update(contact=None)
        return whole(encrypted)

    monkeypatch.setattr(encryption, "reencrypt", erased_just_now)
    reencrypt()
    assert Organisation.objects.get().contact is None


def test_a_value_that_no_key_decrypts_is_reported_and_left(settings):
    staff_accounts.waiting(now=NOW)
    before = bytes(Organisation.objects.get().contact)
    settings.SECRET_KEY = NEW
    assert "can't be decrypted" in reencrypt()
    assert bytes(Organisation.objects.get().contact) == before


def test_every_encrypted_column_is_an_encrypted_field():
    """Every binary column with values that begin like Fernet tokens is an EncryptedField."""
    signing.sign(answers(ALICE, by_email=True), NOW)
    signing.sign(organisation_answers(ALICE), NOW)
    staff_accounts.waiting(now=NOW)
    complaints.complain("It went wrong.", "alice@example.org", NOW)
    for model in (PendingSignature, QueuedEmail, Organisation):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField):
                values = model.objects.exclude(**{field.name: None}).values_list(field.name, flat=True)
                is_encrypted = any(bytes(value).startswith(b"gAAAA") for value in values)
                assert isinstance(field, EncryptedField) == is_encrypted, field
