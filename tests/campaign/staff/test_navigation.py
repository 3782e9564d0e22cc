"""The tasks in the header, the help, and the log of what staff did."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from campaign.staff import help as staff_help
from campaign.staff import navigation
from campaign.staff.models import StaffUser
from campaign.staff.roles import ROLES
from pledges.lists import service as lists
from pledges.models import ListVisibility, PublicName, Signature
from pledges.models.answers import Words
from pledges.organisations import service as organisations
from tests.staff_accounts import NOON, pledge_text, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
LOG = reverse("admin:staff_log")


@pytest.fixture
def ada(client):
    user = staff("ada@example.org")
    user.groups.set(Group.objects.filter(name__in=("administrator", "auditor")))
    sign_in(client, user)
    return client


@pytest.mark.parametrize("role", ROLES)
def test_every_task_in_the_header_opens_for_its_role(client, role):
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name=role))
    tasks = client.get("/admin/", follow=True).context["tasks"]
    assert tasks
    assert [label for label, address, _here in tasks if client.get(address, follow=True).status_code != 200] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_link_that_a_role_is_shown_is_refused(client, role):
    call_command("load_report", verbosity=0)
    organisations.decline(waiting(), staff("mona@example.org"), Words("authority"), 1, NOON)
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name=role))
    kinds, waiting_links, refused = set(), ["/admin/"], []
    while waiting_links:
        address = waiting_links.pop()
        if (kind := re.sub(r"[0-9a-f-]{36}|[0-9]+", "*", urlsplit(address).path)) in kinds:
            continue
        kinds.add(kind)
        page = client.get(address, follow=True)
        refused += [address] if page.status_code == 403 else []
        if page["Content-Type"].startswith("text/html"):
            waiting_links += [
                urljoin(address, link) for link in re.findall(r'href="(/admin/[^"#]*|\?[^"#]+)"', page.text)
            ]
    assert refused == []


@pytest.mark.parametrize(
    ("role", "first"), {"editor": "reports_work", "data holder": "pledges_export_changelist"}.items()
)
def test_staff_with_one_task_begin_there(client, role, first):
    user = sign_in(client, staff("r@example.org"))
    user.groups.set(Group.objects.filter(name=role))
    assert client.get("/admin/").url == reverse(f"admin:{first}")


def test_staff_with_more_tasks_begin_at_the_lists(client):
    user = sign_in(client, staff("r@example.org"))
    user.groups.set(Group.objects.filter(name__in=["editor", "data holder"]))
    assert "All lists" in client.get("/admin/").text


def test_a_page_says_which_task_it_belongs_to_and_links_its_part_of_the_help(client):
    sign_in(client, staff("mona@example.org", "hide_publicname", "view_publicname"))
    page = client.get(reverse("admin:pledges_publicname_review"))
    assert 'aria-current="page">Names</a>' in page.text
    assert 'href="/admin/help/#public-names"' in page.text


def test_every_part_that_a_page_links_is_in_the_help():
    _text, headings = staff_help.manual()
    assert set(navigation.HELP.values()) <= {part for part, _name in headings}


def test_the_help_is_the_manual(client):
    sign_in(client, staff("mona@example.org"))
    page = client.get(reverse("admin:staff_help")).text
    assert '<h2 id="organisations">' in page
    assert "<table>" in page
    assert '.md"' not in page


def test_the_guide_to_exports_is_the_last_part_of_the_help(client):
    sign_in(client, staff("dana@example.org", "view_export"))
    page = client.get(reverse("admin:staff_help")).text
    part = "exporting-contacts-and-writing-to-supporters"
    assert f'<h2 id="{part}">' in page
    assert f'href="#{part}">Exporting contacts' in page.partition("<h2")[2]
    assert "<h3>Sending an update yourself</h3>" in page


def test_the_log_says_who_did_what_on_what(ada):
    mona = staff("mona@example.org")
    organisation = waiting()
    organisations.decline(organisation, mona, Words("authority"), 1, NOON)
    ListVisibility.objects.create(lists_hidden=True, decided_by=mona, decided_at=NOON)
    page = ada.get(LOG).text
    for said in ("Mona", "declined", "Example Teachers&#x27; Network", "shown → all hidden"):
        assert said in page


def test_the_log_links_only_what_its_reader_may_open(ada):
    organisation = waiting()
    organisations.decline(organisation, staff("mona@example.org"), Words("authority"), 1, NOON)
    entry = reverse("admin:pledges_organisation_entry", args=[organisation.ref])
    assert entry not in ada.get(LOG).text
    ada.logout()
    sign_in(ada, StaffUser.objects.create_superuser("su@example.org"))
    assert entry in ada.get(LOG).text


def test_the_log_is_filtered_by_person_kind_and_day(ada):
    mona, noor = staff("mona@example.org"), staff("noor@example.org")
    organisations.decline(waiting(), mona, Words("authority"), 1, NOON)
    signature = Signature.objects.create(digest=b"d" * 32, pledge_text=pledge_text(), confirmed_on=NOON)
    name = PublicName.objects.create(signature=signature, name="Sample", listed_on=NOON)
    lists.set_hidden(name, True, "abusive", noor, timezone.now())

    def acts(**chosen):
        return [line.what for line, _opens in ada.get(LOG, chosen).context["lines"]]

    assert acts(who=mona.pk) == ["declined"]
    assert acts(kind="names") == ["name hidden"]
    assert acts(since="2027-06-02") == []
    assert acts(until="2027-05-31") == ["name hidden"]


def test_the_log_shows_changes_of_accounts_apart_from_those_of_texts(ada):
    su = StaffUser.objects.create_superuser("su@example.org")
    LogEntry.objects.log_actions(su.pk, StaffUser.objects.filter(pk=su.pk), CHANGE, single_object=True)
    LogEntry.objects.log_actions(su.pk, [pledge_text()], CHANGE, single_object=True)

    def acts(kind):
        return [line.what for line, _opens in ada.get(LOG, {"kind": kind}).context["lines"]]

    assert acts("accounts") == ["member of staff changed"]
    assert acts("texts") == ["pledge text changed"]


def test_an_auditor_is_led_to_the_log(client):
    user = sign_in(client, staff("r@example.org"))
    user.groups.set(Group.objects.filter(name="auditor"))
    assert f'<a href="{LOG}">The log</a>' in client.get("/admin/").text


def test_a_wrong_filter_says_so(ada):
    assert ada.get(LOG, {"since": "never", "who": "x"}).status_code == 422


def test_an_act_with_a_record_of_its_own_is_in_the_log_once(ada):
    sign_in(ada, StaffUser.objects.create_superuser("su@example.org"), again=True)
    ada.post(reverse("admin:pledges_listvisibility_add"), {"lists_hidden": "on"})
    ada.post(reverse("admin:pledges_phonerequest_add"), {"email": "a@example.org", "kind": "stop-email"})
    assert sorted(line.what for line, _opens in ada.get(LOG).context["lines"]) == ["call", "public lists switched"]
