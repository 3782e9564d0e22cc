"""What one mailbox confirms touches and shows nothing of another."""

from datetime import timedelta

import pytest

from pledges.crypto import tokens
from pledges.models import Consent, PendingSignature, PhoneRequest, QueuedEmail, ScheduledPhoneRequest
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from pledges.signing import signatures
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, signed, token_of

pytestmark = pytest.mark.django_db
ALICES, BOBS = (tokens.digest(box.identity) for box in (ALICE, BOB))


def choices_before(mailbox):
    signing.sign(answers(mailbox, region="wales"), NOW)
    return signatures.earlier_choices(PendingSignature.objects.latest("pk"))


def test_confirming_deletes_no_callers_request_about_another_mailbox():
    ScheduledPhoneRequest.objects.create(kind=PhoneRequest.Kind.HIDE_NAME, digest=ALICES, due_at=NOW)
    signed(BOB)
    signed(BOB, region="wales")
    assert ScheduledPhoneRequest.objects.exists()


def test_a_mailbox_without_a_signature_sees_no_earlier_choices_of_another():
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    assert choices_before(CHARLIE) == signatures.EarlierChoices()


def test_a_mailbox_without_a_public_name_does_not_see_that_of_another():
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    signed(BOB)
    assert choices_before(BOB).public_name == ""


def test_no_consent_is_recorded_for_the_public_name_of_another_mailbox():
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    signed(BOB)
    signed(BOB, region="wales")
    assert not Consent.objects.filter(signature__digest=BOBS, purpose="public_name").exists()


def test_the_newest_form_of_a_mailbox_is_not_that_of_another():
    bobs = token_of(signing.sign(answers(BOB), NOW))
    signing.sign(answers(ALICE), NOW + timedelta(minutes=1))
    assert signing.newest_token(BOBS, NOW + timedelta(minutes=2)) == bobs


def test_confirming_drops_no_email_to_another_mailbox():
    signing.sign(answers(ALICE), NOW)
    signed(BOB)
    assert QueuedEmail.objects.filter(digest=ALICES, dropped_at=None).count() == 2
