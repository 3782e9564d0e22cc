"""Withdrawing signatures and consents, and the consents that record it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from pledges.crypto import tokens
from pledges.models import Consent, Contact, PublicName, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.signing import service as signing
from tests import web_role
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, signed, token_of

pytestmark = pytest.mark.django_db


def test_every_choice_is_a_consent_and_taking_it_back_is_one_too():
    signed(ALICE, ConfirmChoices(public_name="Alice"), by_email=True)
    signed(BOB, ConfirmChoices(public_name="Bob"), by_email=True)
    signed(BOB, ConfirmChoices(), NOW + timedelta(days=1), region="wales")
    withdrawn = Consent.objects.filter(act="withdrawn").values_list("purpose", flat=True)
    assert sorted(withdrawn) == ["email", "public_name"]


def test_a_consent_is_never_edited():
    signed(BOB)
    with web_role.owner(), pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(act="withdrawn")


def test_a_consent_goes_only_with_its_signature():
    signed(BOB)
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_and_commit(Consent.objects.all())


def delete_and_commit(rows):
    rows.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit is checked now


def test_stopping_a_channel_erases_it_and_records_the_withdrawal():
    signed(BOB, ConfirmChoices(post={"line_1": "1 Example Street"}), by_email=True)
    assert withdrawal.stop(tokens.digest(BOB.identity), Contact.Channel.EMAIL, Consent.Source.MAILING_TOOL, NOW)
    assert Contact.objects.get().channel == "post"
    withdrawn = Consent.objects.get(act="withdrawn")
    assert (withdrawn.purpose, withdrawn.source) == ("email", "mailing-tool")


def test_stopping_a_channel_without_a_contact_records_nothing():
    signed(BOB)
    for mailbox in (ALICE, BOB):
        digest = tokens.digest(mailbox.identity)
        assert not withdrawal.stop(digest, Contact.Channel.EMAIL, Consent.Source.PHONE, NOW)
        assert not withdrawal.hide_name(digest, Consent.Source.PHONE, NOW)
    assert not Consent.objects.filter(act="withdrawn").exists()


def test_hiding_a_name_erases_it_and_keeps_the_signature():
    signed(BOB, ConfirmChoices(public_name="Bob"))
    assert withdrawal.hide_name(tokens.digest(BOB.identity), Consent.Source.MY_PLEDGE, NOW)
    assert not PublicName.objects.exists()
    assert Signature.objects.exists()
    assert Consent.objects.get(act="withdrawn").purpose == "public_name"


def test_after_withdrawing_no_link_works():
    sent = [token_of(signing.sign(answers(region=region), NOW)) for region in ("london", "wales")]
    signing.confirm(sent[0], ConfirmChoices(), NOW)
    withdrawal.withdraw(tokens.digest(ALICE.identity), NOW)
    assert not any(signing.confirm(token, ConfirmChoices(), NOW) for token in sent)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("bob_signed", [True, False])
def test_no_one_withdraws_the_consent_of_another_mailbox(bob_signed):
    signed(ALICE, ConfirmChoices(public_name="Alice"), by_email=True)
    waits = token_of(signing.sign(answers(CHARLIE), NOW))
    if bob_signed:
        signed(BOB, ConfirmChoices(public_name="Bob"), by_email=True)
    digest = tokens.digest(BOB.identity)
    withdrawal.hide_name(digest, Consent.Source.PHONE, NOW)
    withdrawal.stop(digest, Contact.Channel.EMAIL, Consent.Source.PHONE, NOW)
    withdrawal.withdraw(digest, NOW)
    alice = Signature.objects.get()
    assert alice.digest == tokens.digest(ALICE.identity)
    assert (alice.public_name.name, Contact.objects.get().signature) == ("Alice", alice)
    assert signing.confirm(waits, ConfirmChoices(), NOW)


def test_sign_withdraw_and_sign_again_is_one_signature():
    signed(ALICE)
    withdrawal.withdraw(tokens.digest(ALICE.identity), NOW)
    signed(ALICE)
    assert Signature.objects.count() == 1
