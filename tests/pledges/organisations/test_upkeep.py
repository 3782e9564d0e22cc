"""Changes of an organisation in the list: spelling, contact, questions, the yearly email."""

from datetime import timedelta

import pytest

from campaign.staff.models import StaffUser
from pledges.crypto import encryption
from pledges.emails import compose
from pledges.models import ListVisibility, Organisation, OrganisationDecision, PendingSignature, QueuedEmail
from pledges.models.answers import ConfirmChoices, Words
from pledges.organisations import applications, upkeep
from pledges.organisations import service as organisations
from pledges.signing import service as signing
from tests.staff_accounts import NOON, approved, staff, waiting

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)
NEW = {"signer_name": "Another Signer", "signer_role": "Chair", "email": "chair@example.org"}


def click(kind: QueuedEmail.Kind, now):
    """Follows the link in the newest email of this kind, and confirms."""
    pending = PendingSignature.objects.get(ref=QueuedEmail.objects.filter(kind=kind).latest("pk").ref)
    return signing.confirm(encryption.decrypt(pending.encrypted_token), ConfirmChoices(), now)


def test_one_that_was_asked_leaves_the_queue_but_may_be_decided():
    organisation, mona = waiting(), staff()
    organisations.ask(organisation, mona, Words("who"), 1, NOON)
    assert not Organisation.objects.queued().exists()
    organisations.approve(organisation, mona, 2, NOON)
    assert Organisation.objects.listed().exists()


def test_the_question_stands_in_the_email_until_it_is_decided():
    organisation, other, mona = waiting(), waiting("Another Example"), staff()
    organisations.ask(organisation, mona, Words("who"), 1, NOON)
    email = QueuedEmail.objects.latest("pk")
    organisations.ask(other, mona, Words("website"), 1, NOON)
    assert "Who in your organisation decided" in compose.compose(email, NOON).body
    organisations.approve(organisation, mona, 2, NOON)
    assert compose.compose(email, NOON) is None


def test_one_that_signs_again_after_a_question_is_in_the_queue_again():
    organisations.ask(waiting(), staff(), Words("website"), 1, NOON)
    waiting(website="https://www.example.com", now=NOON)
    assert Organisation.objects.queued().count() == 1


def test_one_that_answers_a_question_by_its_entry_is_in_the_queue_again():
    organisations.ask(organisation := waiting(), staff(), Words("website"), 1, NOON)
    email = QueuedEmail.objects.get(kind="question")
    organisation.refresh_from_db()
    organisations.edit(organisation, {"website": "https://www.example.com"}, NOON)
    assert Organisation.objects.queued().count() == 1
    assert compose.compose(email, NOON) is None


def test_a_spelling_is_corrected_and_the_former_name_recorded():
    organisation = approved("Exmaple Teachers")
    upkeep.respell(organisation, staff("noor@example.org"), "Example Teachers", 1, NOON)
    assert Organisation.objects.listed().get().name == "Example Teachers"
    assert OrganisationDecision.objects.get(act=OrganisationDecision.Act.RESPELL).previous_name == "Exmaple Teachers"


def test_the_spelling_of_one_that_has_withdrawn_stays():
    organisation = approved("Exmaple Teachers")
    organisations.withdraw(organisation, None, "asked", 1, NOON)
    organisation.refresh_from_db()
    with pytest.raises(organisations.Conflict):
        upkeep.respell(organisation, staff("noor@example.org"), "Example Teachers", organisation.version, NOON)


def test_a_different_name_is_not_a_spelling():
    assert upkeep.is_spelling("Exmaple Teachers", "Example Teachers")
    assert not upkeep.is_spelling("Example Teachers", "Fans of Somebody Else")


def test_a_new_contact_counts_once_its_own_mailbox_confirms():
    other, organisation = approved("Another Example"), approved()
    upkeep.invite(organisation, staff("noor@example.org"), NEW, 1, NOON)
    organisation.refresh_from_db()
    assert applications.signer(organisation)["email"] == "office@example.org"
    assert click(QueuedEmail.Kind.CONTACT, NOON)
    organisation.refresh_from_db()
    assert (applications.signer(organisation), organisation.version) == (NEW, 3)
    assert organisation in Organisation.objects.listed()
    other.refresh_from_db()
    assert applications.signer(other)["email"] == "office@example.org"


def test_after_a_year_it_is_asked_once_and_without_an_answer_marked_as_silent():
    organisation = approved()
    assert upkeep.remind(NOON + YEAR - timedelta(days=2)) == 0
    assert [upkeep.remind(NOON + YEAR), upkeep.remind(NOON + YEAR)] == [1, 0]
    month_later = (NOON + YEAR + timedelta(days=31)).date()
    assert list(Organisation.objects.without_yearly_answer(month_later)) == [organisation]
    assert organisation in Organisation.objects.listed()


def test_one_that_has_withdrawn_is_neither_asked_nor_flagged():
    left_before, left_after = approved("Example Left"), approved("Another Example")
    organisations.withdraw(left_before, None, "asked", 1, NOON + YEAR)
    assert upkeep.remind(NOON + YEAR) == 1
    organisations.withdraw(left_after, None, "asked", 1, NOON + YEAR)
    assert not Organisation.objects.without_yearly_answer((NOON + YEAR + timedelta(days=31)).date()).exists()


def test_one_that_answered_in_another_year_is_flagged_for_this_ones_silence():
    organisation = approved()
    upkeep.remind(NOON + YEAR)
    click(QueuedEmail.Kind.YEARLY, NOON + YEAR)
    assert upkeep.remind(NOON + 2 * YEAR) == 1
    assert list(Organisation.objects.without_yearly_answer((NOON + 2 * YEAR + timedelta(days=31)).date())) == [
        organisation
    ]


def test_one_that_answers_the_yearly_email_is_not_flagged():
    approved()
    upkeep.remind(NOON + YEAR)
    assert click(QueuedEmail.Kind.YEARLY, NOON + YEAR + timedelta(days=20))
    assert not Organisation.objects.without_yearly_answer((NOON + YEAR + timedelta(days=31)).date()).exists()
    assert OrganisationDecision.objects.latest("pk").act == OrganisationDecision.Act.RECONFIRM


def test_the_yearly_question_waits_long_and_holds_nothing_of_the_person():
    approved()
    upkeep.remind(NOON + YEAR)
    pending = PendingSignature.objects.latest("pk")
    assert pending.expires_at == NOON + YEAR + upkeep.ANSWER_WITHIN
    assert "Sample Signer" not in encryption.decrypt(pending.application)
    assert "office@" not in encryption.decrypt(pending.application)


def test_the_page_of_a_yearly_question_shows_the_current_entry(client):
    approved("Example Teachers' Network")
    upkeep.remind(NOON + YEAR)
    token = encryption.decrypt(PendingSignature.objects.latest("pk").encrypted_token)
    page = client.get(f"/pledge/confirm/{token}/").text
    assert "Example Teachers&#x27; Network" in page
    assert "As it is now" in page
    assert "Unless you confirm, nothing changes." in page


def test_an_answer_after_it_withdrew_changes_nothing():
    organisation = approved()
    upkeep.remind(NOON + YEAR)
    organisations.withdraw(organisation, None, "asked", 1, NOON + YEAR)
    assert not click(QueuedEmail.Kind.YEARLY, NOON + YEAR)
    assert not Organisation.objects.listed().exists()
    assert not OrganisationDecision.objects.filter(act=OrganisationDecision.Act.RECONFIRM).exists()


def ask_something(kind, organisation):
    """The email of this kind to an organisation in the list, not sent yet."""
    mona = StaffUser.objects.get(email="mona@example.org")
    if kind == QueuedEmail.Kind.CONTACT:
        upkeep.invite(organisation, mona, NEW, 1, NOON)
    elif kind == QueuedEmail.Kind.YEARLY:
        upkeep.remind(NOON + YEAR)
    else:
        waiting(website="https://www.example.com", now=NOON)  # a changed entry waits again
        organisations.ask(organisation, mona, Words("who"), 2, NOON)
    return QueuedEmail.objects.get(kind=kind)


@pytest.mark.parametrize("kind", [QueuedEmail.Kind.CONTACT, QueuedEmail.Kind.YEARLY, QueuedEmail.Kind.QUESTION])
def test_waiting_emails_are_dropped_if_the_organisation_withdraws(kind):
    organisation = approved()
    email = ask_something(kind, organisation)
    assert compose.compose(email, NOON)
    organisation.refresh_from_db()
    organisations.withdraw(organisation, None, "asked", organisation.version, NOON)
    assert compose.compose(email, NOON) is None


def test_the_link_of_a_yearly_question_is_stale_once_it_has_withdrawn(client):
    _other, organisation = approved("Another Example"), approved()
    upkeep.remind(NOON + YEAR)
    organisations.withdraw(organisation, None, "asked", 1, NOON + YEAR)
    token = encryption.decrypt(PendingSignature.objects.latest("pk").encrypted_token)
    assert client.get(f"/pledge/confirm/{token}/").status_code == 404


@pytest.mark.parametrize("kind", [QueuedEmail.Kind.CONTACT, QueuedEmail.Kind.YEARLY])
def test_emails_to_an_organisation_in_the_list_carry_a_link_and_no_code(kind):
    organisation = approved()
    written = compose.compose(ask_something(kind, organisation), NOON)
    assert "/pledge/confirm/" in written.body
    assert "type this code" not in written.body
    assert organisation.name not in written.body


def test_the_list_of_organisations_is_public_from_the_set_time():
    approved()
    ListVisibility.objects.create(organisations_from=NOON + 99 * YEAR, decided_at=NOON)
    assert not Organisation.objects.listed().exists()
    ListVisibility.objects.create(decided_at=NOON)
    assert Organisation.objects.listed().exists()


@pytest.mark.parametrize(
    ("entry", "opens", "said"),
    [
        ({}, NOON, "Its name is in the public list"),
        ({}, NOON + 99 * YEAR, "not public at the moment"),
        ({"is_named": False}, NOON, "without its name"),
    ],
)
def test_the_email_of_approval_says_where_the_name_is_read(entry, opens, said, time_machine):
    time_machine.move_to(NOON)
    ListVisibility.objects.create(organisations_from=opens, decided_at=NOON)
    approved("Another Example")
    approved(**entry)
    assert said in compose.compose(QueuedEmail.objects.filter(kind="approved").latest("pk"), NOON).body


def test_one_switch_hides_all_lists():
    approved()
    ListVisibility.objects.create(lists_hidden=True, decided_at=NOON)
    assert not Organisation.objects.listed().exists()


def test_a_contact_that_no_key_opens_holds_up_no_others_yearly_email():
    lost, other = approved("Lost Key Example"), approved("Other Example")
    Organisation.objects.filter(pk=lost.pk).update(contact=b"locked with another key")
    assert upkeep.remind(NOON + YEAR) == 2
    assert QueuedEmail.objects.get(kind="yearly").digest == other.digest
