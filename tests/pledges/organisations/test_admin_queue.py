"""The queue in the admin, as a moderator uses it."""

import pytest
from django.urls import reverse

from pledges.models import Organisation, OrganisationDecision
from pledges.organisations import service as organisations
from tests.staff_accounts import NOON, approved, sign_in, staff, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    sign_in(client, staff("mona@example.org", "view_organisation", "decide_organisation"))
    return client


def url(name: str, organisation: Organisation) -> str:
    return reverse(f"admin:pledges_organisation_{name}", args=[organisation.ref])


def test_the_queue_opens_at_the_oldest(moderator):
    organisation = waiting("Example Teachers' Network")
    waiting("Sample Midwives' Circle")
    assert moderator.get(reverse("admin:pledges_organisation_queue")).url == url("entry", organisation)


def test_one_page_shows_what_a_decision_needs(moderator):
    page = moderator.get(url("entry", waiting())).text
    for said in ("Example Teachers&#x27; Network", "www.example.org", "Sample Signer", "office@example.org"):
        assert said in page


def test_an_entry_changed_after_approval_is_not_taken_for_a_new_one(moderator):
    organisation = approved()
    organisations.edit(organisation, {"name": "Example Teachers"}, NOON)
    page = moderator.get(url("entry", organisation)).text
    assert "It was in the list before" in page
    assert "<dt>Changed its entry</dt>" in page


def test_a_new_entry_has_not_stood_in_the_list(moderator):
    page = moderator.get(url("entry", waiting())).text
    assert "It was in the list before" not in page
    assert "<dt>Confirmed</dt>" in page


def test_what_staff_do_about_an_entry_is_no_change_of_its_own(moderator):
    organisation = waiting()
    moderator.post(url("question", organisation), {"version": 1, "reason": "who"})
    moderator.post(url("approval", organisation), {"version": 2})
    moderator.post(url("spelling", organisation), {"version": 2, "name": "Example Teachers' Networks"})
    assert Organisation.objects.get().version == 3
    page = moderator.get(url("entry", organisation)).text
    assert "It was in the list before" not in page
    assert "<dt>Confirmed</dt>" in page


def test_links_to_websites_have_nofollow_and_noreferrer(moderator):
    assert 'rel="noopener noreferrer nofollow ugc"' in moderator.get(url("entry", waiting())).text


def test_after_a_decision_the_next_one_follows(moderator):
    waiting("Another Example")
    first, second = waiting("Example Teachers' Network"), waiting("Sample Midwives' Circle")
    answer = moderator.post(url("approval", first), {"version": 1})
    assert answer.url == url("entry", second)
    assert list(Organisation.objects.listed()) == [first]


def test_declining_needs_a_reason(moderator):
    organisation = waiting()
    assert moderator.post(url("refusal", organisation), {"version": 1}).status_code == 422
    assert organisation in Organisation.objects.waiting()


def test_a_reason_of_ones_own_is_refused(moderator):
    answer = moderator.post(url("refusal", waiting()), {"version": 1, "reason": "I know him"})
    assert answer.status_code == 422


def test_the_second_moderator_is_told(moderator):
    organisation = waiting()
    moderator.post(url("approval", organisation), {"version": 1})
    answer = moderator.post(url("refusal", organisation), {"version": 1, "reason": "asked"}, follow=True)
    assert "before you" in answer.text
    assert OrganisationDecision.objects.get().act == OrganisationDecision.Act.APPROVE


@pytest.mark.parametrize("act", ["approval", "refusal"])
def test_a_moderator_who_did_not_see_a_question_is_told(moderator, act):
    organisation = waiting()
    moderator.post(url("question", organisation), {"version": 1, "reason": "who"})
    answer = moderator.post(url(act, organisation), {"version": 1, "reason": "asked"}, follow=True)
    assert Organisation.objects.get().state == "asked"
    assert "before you" in answer.text


@pytest.mark.parametrize("act", ["approval", "refusal", "withdrawal"])
def test_staff_who_may_only_read_decide_nothing(client, act):
    sign_in(client, staff("nadia@example.org", "view_organisation"))
    organisation = waiting()
    assert client.post(url(act, organisation), {"version": 1, "reason": "asked"}).status_code == 403


@pytest.mark.parametrize("path", ["add/", "1/change/", "1/delete/"])
def test_djangos_own_pages_can_not_change_an_organisation(moderator, path):
    organisation = waiting()
    answer = moderator.post(
        reverse("admin:pledges_organisation_changelist") + path.replace("1", str(organisation.pk)),
        {"name": "Changed", "_popup": "1"},
    )
    organisation.refresh_from_db()
    assert answer.status_code in (302, 403)
    assert organisation.name == "Example Teachers' Network"


@pytest.mark.parametrize("lookup", ["contact__isnull", "digest__startswith", "pledge_text__pledge__contains"])
def test_the_list_can_not_be_filtered_by_other_columns(moderator, lookup):
    changelist = reverse("admin:pledges_organisation_changelist")
    assert moderator.get(changelist, {lookup: "1"}).status_code == 400


def test_nothing_is_deleted_in_bulk(moderator):
    organisation = waiting()
    chosen = {"action": "delete_selected", "_selected_action": organisation.pk, "post": "yes"}
    moderator.post(reverse("admin:pledges_organisation_changelist"), chosen)
    assert Organisation.objects.exists()
