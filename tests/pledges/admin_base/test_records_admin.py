"""The admin pages of records: searched by day and by person, never changed."""

import re
from html import unescape

import pytest
from django.urls import reverse

from pledges.abuse import rules
from pledges.lists import service as lists
from pledges.models import OrganisationDecision, PublicName, Quarantine
from pledges.models.answers import ConfirmChoices
from tests.makers import BOB, signed
from tests.staff_accounts import NOON, approved, sign_in, staff

pytestmark = pytest.mark.django_db
DECISIONS = reverse("admin:pledges_organisationdecision_changelist")


@pytest.fixture
def auditor(client):
    sign_in(client, staff("aud@example.org", "view_organisationdecision"))
    return client


def test_a_decision_is_found_by_its_day_and_names_the_organisation(auditor):
    approved("Example Teachers' Network")
    page = auditor.get(DECISIONS, {"decided_at__year": "2027", "act__exact": "approve"})
    assert page.status_code == 200
    assert "Example Teachers&#x27; Network" in page.text
    assert "Mona" in page.text


def test_a_hidden_name_is_listed_by_its_name_and_no_ref(client):
    signed(BOB, ConfirmChoices(public_name="Bob Example"))
    name = PublicName.objects.get()
    lists.set_hidden(name, True, "false", staff(), NOON)
    sign_in(client, staff("aud@example.org", "view_namedecision"))
    page = client.get(reverse("admin:pledges_namedecision_changelist")).text
    assert "Bob Example" in page
    assert str(name.ref) not in page


def test_a_judged_group_is_listed_by_its_kind_and_moment(client):
    group = Quarantine.objects.create(kind="client", opened_at=NOON)
    rules.invalidate(group, staff(), NOON)
    sign_in(client, staff("aud@example.org", "view_quarantinedecision"))
    page = client.get(reverse("admin:pledges_quarantinedecision_changelist")).text
    assert "Many from one client, 1 Jun 2027, 13:00" in page
    assert str(group.ref) not in page


def test_clear_all_filters_also_clears_the_day(auditor):
    approved()
    page = auditor.get(DECISIONS, {"decided_at__year": "2027", "act__exact": "approve"})
    [link] = re.findall(r'<a href="([^"]*)">[^<]*Clear all filters', page.text)
    assert "decided_at" not in link
    assert auditor.get(DECISIONS + unescape(link)).status_code == 200


def test_a_record_has_no_form(auditor):
    approved()
    [decision] = OrganisationDecision.objects.all()
    change = reverse("admin:pledges_organisationdecision_change", args=[decision.pk])
    assert auditor.get(change).status_code == 200
    assert auditor.post(change, {"act": "decline"}).status_code == 403


@pytest.mark.parametrize(
    "asked", [{"decided_by__password__startswith": "p"}, {"decided_by__email": "a"}, {"_to_field": "reason"}]
)
def test_filters_of_records_do_not_reach_columns_of_staff(auditor, asked):
    assert auditor.get(DECISIONS, asked).status_code == 400


def test_autocomplete_is_refused(auditor):
    for field in ("decided_by", "pledge_text"):
        asked = {"app_label": "pledges", "model_name": "decision", "field_name": field, "term": "a"}
        assert auditor.get("/admin/autocomplete/", asked).status_code == 403


def test_each_value_in_a_list_has_the_title_of_its_column(auditor):
    """On a phone a row is a card, without the head of the table."""
    approved("Example Teachers' Network")
    page = auditor.get(DECISIONS).text
    assert re.search('<td data-label="Decided by" [^>]*>Mona', page)
    assert re.search('<td data-label="Decision" [^>]*>approved', page)
