"""Undoing decisions, and returning decided organisations to waiting."""

from datetime import date, timedelta

import pytest

from pledges.emails import compose, queue
from pledges.models import Organisation, OrganisationDecision, QueuedEmail
from pledges.models.answers import Words
from pledges.organisations import service as organisations
from pledges.organisations import undo, upkeep
from tests.staff_accounts import NOON, approved, staff, waiting, written_to

pytestmark = pytest.mark.django_db
SOON, LATE = NOON + timedelta(minutes=4), NOON + timedelta(minutes=5)
ACTS = {
    "approve": lambda body, by: organisations.approve(body, by, 1, NOON),
    "decline": lambda body, by: organisations.decline(body, by, Words("authority"), 1, NOON),
    "ask": lambda body, by: organisations.ask(body, by, Words("who"), 1, NOON),
    "withdraw": lambda body, by: organisations.withdraw(body, by, "asked", 1, NOON),
    "respell": lambda body, by: upkeep.respell(body, by, "Example Teachers Net", 1, NOON),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_undone_decision_leaves_everything_as_it_was_and_sends_nothing(act):
    organisation, by = waiting(), staff()
    undo.undo(ACTS[act](organisation, by), by, SOON)
    again = Organisation.objects.get()
    assert (again.state, again.name) == ("waiting", "Example Teachers' Network")
    assert list(Organisation.objects.queued()) == [again]
    assert written_to(again) == []


@pytest.mark.parametrize("act", ["approve", "decline", "ask"])
def test_the_email_about_a_decision_waits_as_long_as_it_can_be_undone(act):
    ACTS[act](waiting(), staff())
    emails = QueuedEmail.objects.filter(kind__in=("approved", "declined", "question"))
    assert emails.get().due_at == LATE
    assert emails.get() not in queue.claim(SOON)


@pytest.mark.parametrize("act", ACTS)
def test_once_its_email_is_due_a_decision_cannot_be_undone(act):
    organisation, by = waiting(), staff()
    decision = ACTS[act](organisation, by)
    with pytest.raises(organisations.Conflict):
        undo.undo(decision, by, LATE)


def test_a_decision_is_not_undone_twice():
    organisation, by = waiting(), staff()
    decision = organisations.approve(organisation, by, 1, NOON)
    undo.undo(decision, by, SOON)
    with pytest.raises(organisations.Conflict):
        undo.undo(decision, by, SOON)


def test_a_decision_is_not_undone_once_the_organisation_changed_its_entry():
    organisation, by = waiting(), staff()
    decision = organisations.approve(organisation, by, 1, NOON)
    organisation.refresh_from_db()
    organisations.edit(organisation, {"name": "Example Teachers"}, NOON)
    with pytest.raises(organisations.Conflict):
        undo.undo(decision, by, SOON)


def test_a_decision_on_a_screen_from_before_an_undo_is_refused():
    organisation, by = waiting(), staff()
    undo.undo(organisations.approve(organisation, by, 1, NOON), by, SOON)
    with pytest.raises(organisations.Conflict):
        organisations.decline(organisation, by, Words("authority"), 1, SOON)


def test_what_the_organisation_did_itself_staff_do_not_undo():
    organisation = waiting()
    decision = organisations.withdraw(organisation, None, "asked", 1, NOON)
    with pytest.raises(organisations.Conflict):
        undo.undo(decision, staff(), SOON)


def test_one_entered_by_mistake_is_out_of_the_list():
    by = staff()
    entry = {"name": "Sample Midwives' Circle", "website": "", "kind": "health", "is_named": True}
    organisation = organisations.enter(entry, date(2027, 5, 1), by, NOON)
    undo.undo(organisation.decisions().get(), by, SOON)
    assert not Organisation.objects.listed().exists()


def test_undoing_a_second_question_leaves_the_first_one_open():
    organisation, by = waiting(), staff()
    organisations.ask(organisation, by, Words("who"), 1, NOON)
    organisation.refresh_from_db()
    second = organisations.ask(organisation, by, Words("website"), 2, NOON)
    undo.undo(second, by, SOON)
    assert Organisation.objects.get().state == "asked"
    assert written_to(organisation) == ["question"]


def test_a_name_that_another_took_meanwhile_does_not_come_back_into_the_list():
    organisation, by = approved(), staff("noor@example.org")
    decision = organisations.withdraw(organisation, by, "asked", 1, NOON)
    entry = {"name": organisation.name, "website": "", "kind": "health", "is_named": True}
    organisations.enter(entry, date(2027, 5, 1), by, NOON)
    with pytest.raises(organisations.SameName):
        undo.undo(decision, by, SOON)


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_a_decided_one_is_taken_back_to_the_queue_at_any_time(act):
    organisation, by = waiting(), staff()
    ACTS[act](organisation, by)
    undo.back_to_waiting(organisation, by, 1, NOON + timedelta(days=9))
    assert list(Organisation.objects.queued()) == [organisation]
    assert not Organisation.objects.listed().exists()
    assert not Organisation.objects.get().was_listed_before


def test_one_that_has_withdrawn_is_not_taken_back():
    organisation = waiting()
    organisations.withdraw(organisation, None, "asked", 1, NOON)
    with pytest.raises(organisations.Conflict):
        undo.back_to_waiting(organisation, staff(), 1, NOON)


def test_of_two_approvals_with_one_taken_back_between_them_one_email_is_sent():
    organisation, by = waiting(), staff()
    organisations.approve(organisation, by, 1, NOON)
    undo.back_to_waiting(organisation, by, 1, NOON)
    organisations.approve(organisation, by, 2, NOON)
    emails = QueuedEmail.objects.filter(kind="approved")
    assert [bool(compose.compose(email, LATE)) for email in emails.order_by("pk")] == [False, True]


def test_an_organisation_that_changed_its_entry_before_an_undo_counts_as_having_been_in_the_list():
    organisation, by = approved(), staff("noor@example.org")
    organisations.edit(organisation, {"name": "Example Teachers"}, NOON)
    organisation.refresh_from_db()
    undo.undo(organisations.ask(organisation, by, Words("who"), 2, NOON), by, SOON)
    assert Organisation.objects.get().was_listed_before


def test_each_question_and_its_answer_is_recorded_and_each_email_holds_its_own_question():
    organisation, by = waiting(), staff()
    organisations.ask(organisation, by, Words("who"), 1, NOON)
    organisation.refresh_from_db()
    organisations.ask(organisation, by, Words("own", "Is it *you*? <b>"), 2, NOON)
    first, second = QueuedEmail.objects.filter(kind="question").order_by("pk")
    emails = [compose.compose(email, LATE) for email in (first, second)]
    assert "Who in your organisation decided" in emails[0].body
    assert "Is it *you*? <b>" in emails[1].body
    assert "&lt;b&gt;" in emails[1].alternatives[0].content
    assert "own words below" not in emails[1].body
    organisation.refresh_from_db()
    organisations.record_answer(organisation, by, "The board, in May.", 3, LATE)
    assert list(Organisation.objects.queued()) == [organisation]
    answer = OrganisationDecision.objects.get(act="answer")
    assert (answer.text, compose.compose(first, LATE)) == ("The board, in May.", None)


def test_declined_in_own_words_the_email_says_them():
    organisation = waiting()
    organisations.decline(organisation, staff(), Words("duplicate", "See the entry of your branch."), 1, NOON)
    body = compose.compose(QueuedEmail.objects.get(kind="declined"), LATE).body
    assert "The organisation has signed already.\n\nSee the entry of your branch." in body
