from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.lists import service as lists
from pledges.models import (
    Contact,
    DigestField,
    EmailBlock,
    NameDecision,
    Organisation,
    PendingSignature,
    PublicName,
    QueuedEmail,
    Signature,
    retention,
)
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.signing import service as signing
from pledges.signing.emails import REMINDER_AFTER
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, organisation_answers, signed, token_of
from tests.staff_accounts import staff

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_signing_writes_a_pending_and_its_email_and_no_signature():
    signing.sign(answers(), NOW)
    assert PendingSignature.objects.count() == 1
    assert set(QueuedEmail.objects.values_list("kind", "due_at")) == {
        ("confirm", NOW),
        ("reminder", NOW + REMINDER_AFTER),
    }
    assert not Signature.objects.exists()


def test_without_a_yes_to_contact_nothing_typed_reaches_the_database():
    signing.sign(answers(name="Alice Canary", occupation="Lion tamer", postcode="SW1P 2HR"), NOW)
    assert PendingSignature.objects.get().contact is None


def test_with_a_yes_the_contact_is_sealed():
    signing.sign(answers(by_email=True, name="Alice Canary"), NOW)
    assert bytes(PendingSignature.objects.get().contact).startswith(b"age-encryption.org/v1")


def test_confirming_makes_the_signature_and_empties_the_pending():
    signed(ALICE, by_email=True, region="london", profession="health")
    signature = Signature.objects.get()
    assert (signature.region, signature.profession) == ("london", "health")
    assert signature.contacts.get().channel == "email"
    pending = PendingSignature.objects.get()
    assert (pending.contact, pending.submission_hmac, pending.region) == (None, None, "")


def test_confirming_twice_counts_once_and_succeeds_twice():
    token = signed(ALICE)
    assert signing.confirm(token, ConfirmChoices(public_name="Mallory"), NOW + DAY)
    assert Signature.objects.count() == 1
    assert not PublicName.objects.exists()


def test_confirming_drops_the_emails_that_still_ask_for_it():
    token = token_of(signing.sign(answers(), NOW))
    queue.mark_sent([QueuedEmail.objects.get(kind="confirm")], NOW)
    signing.confirm(token, ConfirmChoices(), NOW)
    assert QueuedEmail.objects.exclude(dropped_at=None).get().kind == "reminder"


def test_an_unknown_token_confirms_nothing():
    assert not signing.confirm("unknown", ConfirmChoices(), NOW)


def test_choices_become_rows_of_their_own():
    signed(ALICE, ConfirmChoices(public_name="Alice", post={"name": "Alice", "line_1": "1 Example Street"}))
    assert PublicName.objects.get().name == "Alice"
    assert Contact.objects.get().channel == "post"


def test_confirming_again_replaces_the_earlier_choices():
    signed(BOB, ConfirmChoices(public_name="Bob"), by_email=True, region="wales")
    signed(BOB, ConfirmChoices(), NOW + DAY, region="london")
    signature = Signature.objects.get()
    assert signature.region == "london"
    assert not PublicName.objects.exists()
    assert not Contact.objects.exists()


def test_confirming_again_keeps_the_day_of_the_first_yes():
    signed(BOB)
    signed(BOB, now=NOW + 40 * DAY, region="wales")
    assert Signature.objects.get().confirmed_on == NOW.date()


def test_a_name_that_staff_hid_stays_hidden_however_its_owner_signs_again():
    signed(BOB, ConfirmChoices(public_name="Bob"))
    lists.set_hidden(PublicName.objects.get(), True, NameDecision.Reason.ABUSIVE, staff(), NOW)
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    signed(BOB, ConfirmChoices(), NOW + DAY, region="wales")
    signed(BOB, ConfirmChoices(public_name="Bob again"), NOW + 2 * DAY, region="london")
    assert PublicName.objects.get(hidden_at=None).name == "Alice"


def test_confirming_an_unmarked_form_ends_the_quarantine_of_the_signature():
    signed(BOB, is_trapped=True)
    assert not Signature.objects.counted().exists()
    signed(BOB, now=NOW + DAY, region="wales")
    assert Signature.objects.counted().exists()


def test_a_trapped_form_puts_no_counted_signature_in_quarantine():
    signed(BOB)
    signed(BOB, now=NOW + DAY, region="wales", is_trapped=True)
    assert Signature.objects.counted().exists()


def test_the_same_answers_of_another_client_are_another_row():
    assert signing.sign(answers(), NOW, "one") != signing.sign(answers(), NOW, "another")
    assert PendingSignature.objects.count() == 2


def test_the_stored_client_hash_is_not_part_of_the_form_hmac():
    signing.sign(answers(), NOW, "one")
    signing.sign(answers(), NOW, PendingSignature.objects.get().client)
    assert PendingSignature.objects.count() == 2


def test_no_rule_counts_organisations_so_nothing_of_their_client_is_written():
    signing.sign(organisation_answers(), NOW, "one")
    pending = PendingSignature.objects.get()
    assert (pending.client, pending.provider) == ("", "")


def test_a_confirmed_organisation_waits_and_nothing_of_it_is_public():
    token = token_of(signing.sign(organisation_answers(), NOW))
    assert signing.confirm(token, ConfirmChoices(), NOW)
    assert Organisation.objects.waiting().get().name == "Example Teachers' Network"
    assert not Organisation.objects.approved().exists()
    assert not Signature.objects.exists()


def test_a_person_and_an_organisation_may_share_a_mailbox():
    signed(ALICE)
    assert signing.confirm(token_of(signing.sign(organisation_answers(ALICE), NOW)), ConfirmChoices(), NOW)
    assert (Signature.objects.count(), Organisation.objects.count()) == (1, 1)


def test_the_same_form_an_hour_later_leads_to_the_same_page_and_one_more_email():
    assert signing.sign(answers(), NOW) == signing.sign(answers(), NOW + HOUR)
    assert PendingSignature.objects.count() == 1
    assert QueuedEmail.objects.filter(kind="confirm").count() == 2
    assert QueuedEmail.objects.filter(kind="reminder").count() == 1


def test_sending_the_same_form_again_does_not_move_the_day_on_which_it_is_erased():
    for later in (timedelta(0), 9 * HOUR):
        signing.sign(answers(), NOW + later)
    pending = PendingSignature.objects.get()
    assert (pending.email_queued_at, pending.expires_at) == (NOW + 9 * HOUR, NOW + 7 * DAY)


def test_the_time_of_a_confirmation_is_in_no_table_with_a_digest():
    token = token_of(signing.sign(answers(by_email=True), NOW))
    signing.confirm(token, ConfirmChoices(public_name="Alice", post={"address": "1 Example Street"}), NOW + HOUR)
    moments = [
        value
        for model in apps.get_models()
        if any(isinstance(field, DigestField) for field in model._meta.fields)
        for row in model.objects.values()
        for value in row.values()
    ]
    assert NOW in moments  # of the form that was sent
    assert NOW + HOUR not in moments


def test_each_link_confirms_exactly_what_its_own_post_held():
    first = token_of(signing.sign(answers(region="london"), NOW))
    second = token_of(signing.sign(answers(region="wales"), NOW))
    signing.confirm(first, ConfirmChoices(), NOW)
    assert Signature.objects.get().region == "london"
    signing.confirm(second, ConfirmChoices(), NOW)
    assert Signature.objects.get().region == "wales"


def test_an_expired_link_confirms_nothing():
    token = token_of(signing.sign(answers(), NOW))
    assert not signing.confirm(token, ConfirmChoices(), NOW + retention.PENDING_STORED)


def test_a_filled_honeypot_is_marked_without_an_error_and_not_counted():
    signed(CHARLIE, is_trapped=True)
    assert QueuedEmail.objects.filter(kind="confirm").exists()
    assert not Signature.objects.counted().exists()


def _known_by_nobody():
    pass


def _pending():
    signing.sign(answers(BOB, region="wales"), NOW - HOUR)


def _has_signed():
    signed(BOB, region="wales")


def _withdrew():
    signed(BOB, region="wales")
    withdrawal.withdraw(tokens.digest(BOB.identity), NOW)


def _blocked():
    EmailBlock.objects.create(digest=tokens.digest(BOB.identity), blocked_on=NOW.date())


@pytest.mark.parametrize("state", [_known_by_nobody, _pending, _has_signed, _withdrew, _blocked])
def test_the_state_of_an_address_changes_neither_statements_nor_rows(state):
    state()
    rows, same_answers = (PendingSignature.objects.count(), QueuedEmail.objects.count()), answers(BOB)
    with CaptureQueriesContext(connection) as queries:
        signing.sign(same_answers, NOW)
    assert [query["sql"].split("(", 1)[0] for query in queries] == ["\nWITH slot AS "]
    assert (PendingSignature.objects.count(), QueuedEmail.objects.count()) == (rows[0] + 1, rows[1] + 2)


def test_what_i_confirm_is_what_i_typed_though_a_stranger_signed_first():
    signing.sign(answers(ALICE, region="scotland", by_email=True, name="Not Alice"), NOW)
    signed(ALICE, region="london")
    assert Signature.objects.get().region == "london"
    assert not Contact.objects.exists()


def test_the_code_leads_to_its_own_token():
    handle = signing.sign(answers(), NOW)
    token = token_of(handle)
    assert signing.token_for(handle, tokens.code(token), NOW) == token


def test_after_ten_tries_only_the_link_works():
    handle, bobs = signing.sign(answers(), NOW), signing.sign(answers(BOB), NOW)
    token = token_of(handle)
    assert [signing.token_for(handle, "0000 0000", NOW) for _ in range(10)] == [None] * 10
    assert signing.token_for(handle, tokens.code(token), NOW) is None
    assert signing.token_for(bobs, tokens.code(token_of(bobs)), NOW)
    assert signing.confirm(token, ConfirmChoices(), NOW)


@pytest.mark.parametrize("typed", ["", "hello", "where is it?", "CXM4 3Q0", "UUUU UUUU"])
def test_only_a_well_formed_code_counts_as_a_try(typed):
    handle = signing.sign(answers(), NOW)
    assert [signing.token_for(handle, typed, NOW) for _ in range(11)] == [None] * 11
    assert PendingSignature.objects.get().tries == 0


def test_a_pasted_link_leads_on_without_a_try():
    handle = signing.sign(answers(), NOW)
    token = token_of(handle)
    assert signing.token_for(handle, f"https://pledge.example.org/pledge/confirm/{token}/", NOW) == token
    assert PendingSignature.objects.get().tries == 0


def test_the_handle_of_another_form_gets_no_token():
    theirs = signing.sign(answers(BOB), NOW)
    mine = token_of(signing.sign(answers(ALICE), NOW))
    assert signing.token_for(theirs, tokens.code(mine), NOW) is None


def test_an_address_is_in_no_row_in_clear():
    signed(ALICE, by_email=True)
    signing.sign(answers(BOB), NOW)
    for model in (PendingSignature, QueuedEmail, Signature, Contact):
        for row in model.objects.values():
            assert not any(b"example.org" in bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))


def test_the_emails_mailbox_is_erased_with_the_email():
    signing.sign(answers(), NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        QueuedEmail.objects.update(sent_at=NOW)
    queue.drop_about(PendingSignature.objects.get().ref, NOW)
    assert not QueuedEmail.objects.exclude(mailbox=None).exists()
