"""What is taken back, by whom, and the consents that record it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from pledges import links, signing, withdrawing
from pledges.answers import Wishes
from pledges.models import Consent, Contact, Listing, Signature
from tests.pledges.makers import ALICE, BOB, CHARLIE, NOW, answers, signed, token_of

pytestmark = pytest.mark.django_db


def test_every_choice_is_a_consent_and_taking_it_back_is_one_too():
    signed(ALICE, Wishes(public_name="Alice"), by_email=True)
    signed(BOB, Wishes(public_name="Bob"), by_email=True)
    signed(BOB, Wishes(), NOW + timedelta(days=1), region="wales")
    withdrawn = Consent.objects.filter(act="withdrawn").values_list("purpose", flat=True)
    assert sorted(withdrawn) == ["email", "listing"]


def test_a_consent_is_never_edited():
    signed(BOB)
    with pytest.raises(IntegrityError), transaction.atomic():
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
    signed(BOB, Wishes(post={"line_1": "1 Example Street"}), by_email=True)
    assert withdrawing.stop(
        links.digest(BOB.identity), Contact.Channel.EMAIL, Consent.Source.MAILING_TOOL, NOW
    )
    assert Contact.objects.get().channel == "post"
    withdrawn = Consent.objects.get(act="withdrawn")
    assert (withdrawn.purpose, withdrawn.source) == ("email", "mailing-tool")


def test_stopping_what_nobody_asked_for_leaves_no_trace():
    signed(BOB)
    for mailbox in (ALICE, BOB):
        digest = links.digest(mailbox.identity)
        assert not withdrawing.stop(digest, Contact.Channel.EMAIL, Consent.Source.PHONE, NOW)
        assert not withdrawing.hide_name(digest, Consent.Source.PHONE, NOW)
    assert not Consent.objects.filter(act="withdrawn").exists()


def test_hiding_a_name_erases_it_and_keeps_the_signature():
    signed(BOB, Wishes(public_name="Bob"))
    assert withdrawing.hide_name(links.digest(BOB.identity), Consent.Source.MY_PLEDGE, NOW)
    assert not Listing.objects.exists()
    assert Signature.objects.exists()
    assert Consent.objects.get(act="withdrawn").purpose == "listing"


def test_h20_withdrawing_kills_every_link():
    tokens = [token_of(signing.sign(answers(region=region), NOW)) for region in ("london", "wales")]
    signing.confirm(tokens[0], Wishes(), NOW)
    withdrawing.withdraw(links.digest(ALICE.identity), NOW)
    assert not any(signing.confirm(token, Wishes(), NOW) for token in tokens)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("bob_signed", [True, False])
def test_nobody_takes_back_what_somebody_else_gave(bob_signed):
    signed(ALICE, Wishes(public_name="Alice"), by_email=True)
    waits = token_of(signing.sign(answers(CHARLIE), NOW))
    if bob_signed:
        signed(BOB, Wishes(public_name="Bob"), by_email=True)
    digest = links.digest(BOB.identity)
    withdrawing.hide_name(digest, Consent.Source.PHONE, NOW)
    withdrawing.stop(digest, Contact.Channel.EMAIL, Consent.Source.PHONE, NOW)
    withdrawing.withdraw(digest, NOW)
    alice = Signature.objects.get()
    assert alice.digest == links.digest(ALICE.identity)
    assert (alice.listing.name, Contact.objects.get().signature) == ("Alice", alice)
    assert signing.confirm(waits, Wishes(), NOW)


def test_h22_sign_withdraw_and_sign_again_is_one_signature():
    signed(ALICE)
    withdrawing.withdraw(links.digest(ALICE.identity), NOW)
    signed(ALICE)
    assert Signature.objects.count() == 1
