"""A moderator's run through the queue: undo, previews, notes, colleagues and the end."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pledges.models import OpenScreen, Organisation, OrganisationDecision, QueuedEmail
from tests.staff_accounts import sign_in, staff, waiting

pytestmark = pytest.mark.django_db
PERMISSIONS = ("view_organisation", "decide_organisation")


def moderator(name: str) -> Client:
    client = Client()
    sign_in(client, staff(f"{name}@example.org", *PERMISSIONS))
    return client


@pytest.fixture
def mona() -> Client:
    return moderator("mona")


def url(name: str, *args) -> str:
    return reverse(f"admin:pledges_organisation_{name}", args=args)


def post(client: Client, act: str, organisation: Organisation, version: int = 1, **fields):
    return client.post(url(act, organisation.ref), {"version": version, **fields}, follow=True)


def test_the_message_after_a_decision_undoes_it(mona):
    organisation = waiting()
    answer = post(mona, "approval", organisation)
    decision = OrganisationDecision.objects.get()
    assert f'name="decision" value="{decision.ref}"' in answer.text
    again = mona.post(url("undoing"), {"decision": decision.ref}, follow=True)
    assert "Undone: “Example Teachers&#x27; Network” is as it was" in again.text
    assert "<strong>undone: approved</strong>" in again.text
    assert Organisation.objects.get().state == "waiting"


def test_several_decisions_are_undone_at_once(mona):
    rows = [waiting("Example One"), waiting("Example Two")]
    mona.post(url("approvals"), {"seen": [f"{row.ref}:1" for row in rows], "approve": "yes"})
    refs = OrganisationDecision.objects.values_list("ref", flat=True)
    mona.post(url("undoing"), {"decision": list(refs)})
    assert Organisation.objects.queued().count() == 2


def test_several_are_declined_at_once_after_a_preview(mona):
    rows = [waiting("Example One"), waiting("Example Two")]
    chosen = {"seen": [f"{row.ref}:1" for row in rows], "reason": "not-an-organisation"}
    preview = mona.post(url("approvals"), chosen | {"declining": "yes"}).text
    assert "These 2 would be declined" in preview
    assert "<strong>It is not an organisation</strong>" in preview
    assert Organisation.objects.queued().count() == 2
    mona.post(url("approvals"), chosen | {"decline": "yes"})
    assert Organisation.objects.in_state("declined").count() == 2


def test_several_are_not_declined_without_a_reason(mona):
    row = waiting()
    answer = mona.post(url("approvals"), {"seen": f"{row.ref}:1", "decline": "yes"})
    assert Organisation.objects.queued().exists()
    answer = mona.post(url("approvals"), {"seen": f"{row.ref}:1", "declining": "yes"})
    assert "Choose a reason" in answer.text


def test_after_the_preview_of_several_one_can_choose_again_without_ticking_anew(mona):
    row = waiting()
    ticked = {"seen": f"{row.ref}:1", "reason": "not-an-organisation"}
    page = mona.post(url("approvals"), ticked | {"choosing": "yes"}).text
    assert f'value="{row.ref}:1" checked' in page
    assert "<details open>" in page


def test_a_change_of_spelling_can_be_undone_and_mentions_no_email(mona):
    page = post(mona, "spelling", waiting(), name="Example Teachers").text
    assert "It can be undone until" in page
    assert "email about it" not in page


def test_where_two_decisions_can_be_undone_one_button_has_the_key(mona):
    """In Chromium the last of two buttons with one access key is pressed, which is not the one of the message."""
    first, second = waiting("Example One"), waiting("Example Two")
    post(mona, "spelling", second, name="Example Too")
    mona.get(url("queue"))
    page = post(mona, "approval", first).text
    assert page.count('accesskey="z"') == 1
    assert page.index('accesskey="z"') < page.index("Undo it")
    assert mona.get(url("entry", second.ref)).text.count('accesskey="z"') == 1


def test_the_end_of_the_queue_says_what_a_colleague_has_open(mona):
    organisation = waiting()
    OpenScreen.objects.create(organisation=organisation, staff=staff("noor@example.org"), opened_at=timezone.now())
    assert "open at a colleague’s" in mona.get(url("queue_end")).text


@pytest.mark.parametrize("key", ["a", "r", "x", "q", "c", "w", "n"])
def test_each_act_on_an_organisation_has_a_key(mona, key):
    waiting("Another Body", website="")
    page = mona.get(url("entry", waiting().ref)).text
    assert page.count(f'accesskey="{key}"') == 1


@pytest.mark.parametrize("refs", [[], ["x"], ["11111111-1111-4111-8111-111111111111"]])
def test_undoing_nothing_that_exists_changes_nothing(mona, refs):
    assert mona.post(url("undoing"), {"decision": refs}).status_code == 302


def test_too_late_to_undo_is_said(mona, settings):
    organisation = waiting()
    post(mona, "approval", organisation)
    settings.DECISION_EMAIL_DELAY *= 0
    answer = mona.post(url("undoing"), {"decision": OrganisationDecision.objects.get().ref}, follow=True)
    assert "It is too late to undo" in answer.text
    assert Organisation.objects.get().state == "approved"


@pytest.mark.parametrize("act", ["refusal", "question"])
def test_own_words_are_shown_as_an_email_before_they_are_sent(mona, act):
    organisation, reason = waiting(), {"refusal": "other", "question": "own"}[act]
    words = {"reason": reason, "text": "Two lines &\r\n<script>"}
    shown = post(mona, act, organisation, **words)
    assert "Two lines &amp;\n&lt;script&gt;" in shown.text
    assert shown.text.count("autofocus") == 1  # the page opens at the email
    assert "Care Don&#x27;t Share is a campaign by" in shown.text
    assert not OrganisationDecision.objects.exists()
    sealed = shown.context["forms"][act]["previewed"].value()
    changed = post(mona, act, organisation, **words | {"text": "Other words"}, previewed=sealed)
    assert not OrganisationDecision.objects.exists()
    assert "Other words" in changed.text
    post(mona, act, organisation, **words, previewed=sealed)
    assert OrganisationDecision.objects.get().text == "Two lines &\n<script>"


def test_the_email_with_a_reason_of_the_list_can_be_seen_first_too(mona):
    shown = post(mona, "refusal", waiting(), reason="authority", preview="yes")
    assert "Who signed may not sign for the organisation." in shown.text
    assert not OrganisationDecision.objects.exists()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"reason": "other"}, "in your own words"),
        ({"reason": "authority", "text": "a\u202eb"}, "hidden"),
        ({"reason": "authority", "text": "x" * 1501}, "too long"),
    ],
)
def test_words_that_cannot_be_sent_say_why_and_are_shown_again(mona, fields, fault):
    answer = post(mona, "refusal", waiting(), **fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert not OrganisationDecision.objects.exists()


def test_a_withdrawal_takes_no_words_of_ones_own(mona):
    organisation = waiting()
    post(mona, "approval", organisation)
    assert post(mona, "withdrawal", organisation, reason="other", text="x").status_code == 422


def test_an_organisation_that_was_asked_says_since_when(mona):
    organisation = waiting(now=timezone.now() - timezone.timedelta(hours=5))
    post(mona, "question", organisation, reason="who")
    page = mona.get(url("entry", organisation.ref)).text
    assert "asked, no answer yet for 0\xa0minutes" in page


def test_an_answer_and_a_note_are_recorded_and_shown(mona):
    organisation = waiting()
    post(mona, "question", organisation, reason="who")
    post(mona, "answer", organisation, 2, text="The board did.")
    answer = post(mona, "note", organisation, 3, text="Rang them.")
    assert "The board did." in answer.text
    assert "Rang them." in answer.text
    assert not QueuedEmail.objects.filter(kind="declined").exists()


def test_the_spelling_is_corrected_before_approval(mona):
    organisation = waiting("Exmaple Teachers")
    post(mona, "spelling", organisation, name="Example Teachers")
    post(mona, "approval", organisation, 2)
    assert Organisation.objects.listed().get().name == "Example Teachers"


@pytest.mark.parametrize("act", ["approval", "refusal"])
def test_a_decided_one_is_opened_again_from_its_screen(mona, act):
    organisation = waiting()
    post(mona, act, organisation, reason="authority")
    post(mona, "reopening", organisation)
    assert Organisation.objects.queued().exists()


def test_the_queue_counts_on_and_ends(mona):
    rows = [waiting(f"Example {number}") for number in range(3)]
    assert "1 of 3" in mona.get(url("queue"), follow=True).text
    answer = post(mona, "approval", rows[0])
    assert "2 of 3" in answer.text
    waiting("Example come later")
    assert "3 of 3" in mona.get(answer.context["next"] and url("entry", rows[2].ref)).text
    end = post(mona, "refusal", rows[2], reason="authority")
    assert "You have been through the queue: 3 organisations. 2 still wait." in end.text


def test_a_colleague_who_looks_at_it_is_named_and_the_queue_begins_elsewhere(mona):
    first, second = waiting("Example One"), waiting("Example Two")
    moderator("noor").get(url("entry", first.ref))
    assert mona.get(url("queue")).url == url("entry", second.ref)
    assert "Noor is looking at this one too" in mona.get(url("entry", first.ref)).text
    OpenScreen.objects.update(opened_at=timezone.now() - timezone.timedelta(minutes=6))
    assert "Noor is looking" not in mona.get(url("entry", first.ref)).text


def test_the_second_of_two_moderators_is_told_who_did_what(mona):
    organisation = waiting()
    post(moderator("noor"), "approval", organisation)
    answer = post(mona, "refusal", organisation, reason="authority")
    assert "Noor was before you: “Example Teachers&#x27; Network” (approved, " in answer.text


def test_where_it_changed_its_own_entry_that_is_said(mona):
    organisation = waiting()
    waiting(website="https://www.example.com")
    answer = post(mona, "refusal", organisation, reason="authority")
    assert "changed its entry meanwhile" in answer.text


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [
        ("refusal", {}, r'<input type="radio" name="reason"'),
        ("question", {"reason": "own"}, '<textarea name="text"'),
        ("spelling", {"name": "Another name"}, '<input type="text" name="name"'),
    ],
)
def test_a_page_with_an_error_opens_at_the_field(mona, act, fields, field):
    organisation = waiting()
    page = post(mona, act, organisation, **fields).text
    [tag] = re.findall(r"<[^>]*autofocus[^>]*>", page)
    assert tag.startswith(field)
    assert "autofocus" not in mona.get(url("entry", organisation.ref)).text
