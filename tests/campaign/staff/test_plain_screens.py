"""Parts of Django's admin that would confuse staff are replaced on every page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from pledges.models import OrganisationDecision, PledgeText
from pledges.models.answers import Words
from pledges.organisations import service as organisations
from reports.models import Recommendation
from tests.staff_accounts import sign_in, staff, waiting

pytestmark = pytest.mark.django_db
# Lists whose page to add a row has a title of its own.
TITLED = ("pledges_abuserule", "pledges_phonerequest", "pledges_listvisibility", "pledges_papercount", "reports_update")
LISTS = ("staff_staffuser", "pledges_organisation", "pledges_organisationdecision", "reports_recommendation")


@pytest.fixture
def everything(client):
    """A client that is signed in as a superuser."""
    user = staff("ada@example.org")
    user.is_superuser = True
    user.save()
    sign_in(client, user, again=True)
    return client


@pytest.fixture
def recommendation():
    """The first of the report that ships with the site."""
    call_command("load_report")
    return Recommendation.objects.earliest("pk")


@pytest.mark.parametrize("name", LISTS)
def test_the_path_of_a_page_begins_at_the_overview_and_names_no_app(everything, name):
    path = everything.get(reverse(f"admin:{name}_changelist")).text.partition('class="breadcrumbs"')[2]
    path = path.partition("</div>")[0]
    assert ">Overview</a>" in path
    assert "Home" not in path
    assert 'href="/admin/pledges/"' not in path


def test_the_list_of_staff_is_filtered_by_role(everything):
    page = everything.get(reverse("admin:staff_staffuser_changelist")).text
    assert 'data-filter-title="role"' in page
    assert "By groups" not in page


def test_a_record_is_read_in_its_list_which_names_the_organisation(everything):
    mona, organisation = staff("mona@example.org"), waiting("Sample Choir")
    organisations.decline(organisation, mona, Words("other", "It is a joke."), 1, timezone.now())
    page = everything.get(reverse("admin:pledges_organisationdecision_changelist")).text
    assert "Sample Choir" in page
    assert "It is a joke." in page
    assert str(organisation.ref) not in page
    record = OrganisationDecision.objects.get()
    assert reverse("admin:pledges_organisationdecision_change", args=[record.pk]) not in page


def test_bodies_are_ticked_and_no_icons_are_beside_choices(everything, recommendation):
    page = everything.get(reverse("admin:reports_recommendation_change", args=[recommendation.pk])).text
    assert '<input type="checkbox" name="asked_of"' in page
    assert "related-widget-wrapper-link" not in page
    assert "Hold down" not in page
    assert "Save and stay here" in page


def test_an_earlier_version_is_read_not_typed(everything, recommendation):
    version = recommendation.history.earliest()
    address = reverse("admin:reports_recommendation_simple_history", args=[recommendation.pk, version.pk])
    page = everything.get(address).text
    assert recommendation.title in page
    assert "<textarea" not in page
    assert 'name="title"' not in page


def test_what_the_command_line_wrote_is_told_as_such(everything, recommendation):
    page = everything.get(reverse("admin:reports_recommendation_history", args=[recommendation.pk])).text
    assert "the command line" in page


def test_the_editors_task_in_the_header_is_their_work(client):
    user = sign_in(client, staff("eddy@example.org"))
    user.groups.set(Group.objects.filter(name="editor"))
    work = reverse("admin:reports_work")
    assert f'href="{work}" aria-current="page">Report</a>' in client.get("/admin/", follow=True).text
    page = client.get(work).text
    assert reverse("admin:reports_update_add") in page
    assert reverse("admin:pledges_pledgetext_changelist") in page


def test_declining_without_a_reason_is_told_by_the_browser_before_it_is_sent(everything):
    page = everything.get(reverse("admin:pledges_organisation_entry", args=[waiting().ref])).text
    assert 'name="reason" value="duplicate" required' in page


def test_signing_in_and_out_is_told_in_our_words(client):
    page = client.post("/admin/login/", {"username": "x@example.org", "password": "wrong"}).text
    assert "Email address or password is not right" in page
    assert "An administrator can send you a link" in page
    assert not re.search("[Ll]og in|case-sensitive", page)
    sign_in(client, staff("mona@example.org"))
    page = client.post("/admin/logout/").text
    assert "You are signed out in this browser" in page
    assert not re.search("[Ll]og in|Logged out|quality time|Home", page)


def test_where_the_password_is_changed_it_is_told_what_ends(client):
    sign_in(client, staff("mona@example.org"))
    page = client.get("/admin/password_change/").text
    assert "Elsewhere you are then signed out" in page
    assert ">Home<" not in page


def test_an_account_without_a_role_is_told_why_it_sees_nothing(client):
    sign_in(client, staff("noor@example.org"))
    assert "Your account has no role yet" in client.get("/admin/").text
    sign_in(client, staff("eddy@example.org", "view_organisation", "view_overview"))
    assert "no role yet" not in client.get("/admin/").text


def test_why_the_password_is_asked_for_again_is_told_with_a_way_back(client):
    sign_in(client, staff("mona@example.org"))
    page = client.get("/admin/factor/again/").text
    assert "needs proof that it is you" in page
    assert '<a href="/admin/">Back to the staff area' in page


def test_no_access_key_is_one_that_browsers_keep_for_themselves():
    """In Chrome and Edge Alt+D goes to the address bar, Alt+E and Alt+F open the menu: the page never gets them."""
    pages = (settings.BASE_DIR / "templates" / "admin").rglob("*.html")
    keys = set(re.findall(r'\b(?:access|first_)?key="(\w)"', "".join(page.read_text() for page in pages)))
    assert {"a", "r", "x", "z"} <= keys
    assert keys.isdisjoint("def")


@pytest.mark.parametrize("name", TITLED)
def test_the_button_above_a_list_has_the_title_of_the_page_that_it_opens(everything, name):
    title = everything.get(reverse(f"admin:{name}_add")).context["title"]
    assert f'class="addlink">{title}</a>' in everything.get(reverse(f"admin:{name}_changelist")).text


def test_an_empty_list_says_so_and_shows_no_filters(everything):
    page = everything.get(reverse("admin:pledges_export_changelist")).text
    assert "There is nothing here yet." in page
    assert 'id="changelist-filter"' not in page
    found = everything.get(reverse("admin:pledges_organisation_changelist"), {"q": "zzz"}).text
    assert "Nothing matches." in found


def test_a_list_marks_its_empty_cells_so_that_a_phone_leaves_them_out(everything, recommendation):
    page = everything.get(reverse("admin:reports_body_changelist")).text
    assert 'data-label="Short name" data-empty' in page
    assert 'data-label="Name" data-empty' not in page


def test_before_a_row_is_deleted_one_sentence_names_it(everything):
    row = PledgeText.objects.create(
        number=2, pledge="A.", agreement="Yes.", published_at=timezone.now() + timedelta(days=1)
    )
    page = everything.get(reverse("admin:pledges_pledgetext_delete", args=[row.pk])).text
    assert f"This deletes the pledge text “{row}”." in page
    assert "Summary" not in page
