"""Every admin URL with every role, signed out, and without a second factor: only permitted pages open."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLResolver, get_resolver

from campaign.staff.models import StaffUser
from campaign.staff.roles import ROLES
from pledges.models import Organisation, PublicName, Quarantine
from pledges.models.answers import ConfirmChoices
from tests.makers import BOB, signed
from tests.staff_accounts import NOON, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
REF = "11111111-1111-4111-8111-111111111111"

# Names of URLs open to everyone who is signed in; OPEN has the others by role, as beginnings of names.
ANYONE = re.compile(
    r"(index|login|logout|password_change\w*|jsi18n|autocomplete|view_on_site|factor\w*|sessions\w*|app_list|staff_help|notices)$|$"
)
OPEN = {
    "moderator": r"pledges_(organisation|listvisibility|publicname|abuserule|quarantine|papercount)_",
    "editor": r"pledges_pledgetext_|reports_",
    "supporter care": r"pledges_(phonerequest|publicname)_",
    "data holder": r"pledges_export_",
    "auditor": r"staff_log$|pledges_(organisationdecision|namedecision|listvisibility|abuserule|quarantinedecision)_|"
    r"pledges_(phonerequest|papercount|export)_|reports_update_",
    "administrator": r"staff_log$|(staff_staffuser|pledges_listvisibility)_",
}
# What is open to a role, and yet not all of it.
SHUT = {
    "moderator": r"pledges_(organisation|publicname|quarantine)_(add|change)$|pledges_abuserule_change$",
    "auditor": r"(pledges|reports)_\w+_(add|change)$",
}


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif route.startswith("/admin/") and "(" not in route:
            yield (entry.name or "", re.sub(r"<(\w+):\w+>", lambda found: REF if found[1] == "uuid" else "1", route))


ADMIN_URLS = dict(addresses(get_resolver()))


@pytest.fixture(autouse=True)
def rows() -> None:
    """Creates the rows that the addresses name: without them every role would get 404."""
    waiting()
    signed(BOB, ConfirmChoices(public_name="Bob"))
    Organisation.objects.update(id=1, ref=REF)
    PublicName.objects.update(id=1, ref=REF)
    Quarantine.objects.create(pk=1, ref=REF, kind=Quarantine.Kind.TRAP, opened_at=NOON)


def opened(client: Client, path: str) -> bool:
    """Whether it shows or does anything, by GET or by POST."""
    answers = [client.get(path), client.post(path)]
    turned_away = [
        answer.status_code in (403, 404, 405, 410)
        or (answer.status_code == 302 and answer.url.startswith(("/admin/login/", "/admin/factor/")))
        or (answer.status_code == 302 and answer.url == "/admin/")  # where there is no such row
        for answer in answers
    ]
    return not all(turned_away)


def test_the_test_finds_every_admin_url():
    assert len(ADMIN_URLS) > 60
    assert "pledges_organisation_approvals" in ADMIN_URLS


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_nothing_that_is_not_its_own(client, role):
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name=role))
    wrong = [
        name
        for name, path in ADMIN_URLS.items()
        if not ANYONE.match(name) and not re.match(OPEN[role], name) and opened(client, path)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_deletes_or_changes_read_only_pages(client, role):
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name=role))
    shut = rf"\w+_delete$|{SHUT.get(role, '$-')}"
    acted = [name for name, path in ADMIN_URLS.items() if re.match(shut, name) and client.post(path).status_code == 200]
    assert acted == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_the_lists_that_are_its_own(client, role):
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name=role))
    lists = [name for name in ADMIN_URLS if re.match(OPEN[role], name) and name.endswith("_changelist")]
    assert lists or ROLES[role] == ["staff.view_overview"]
    assert [name for name in lists if client.get(ADMIN_URLS[name]).status_code != 200] == []


def test_without_signing_in_only_the_sign_in_pages_open(client):
    assert [name for name, path in ADMIN_URLS.items() if name != "login" and opened(client, path)] == []


def test_a_password_without_a_factor_opens_only_the_pages_of_the_factor(client):
    client.force_login(StaffUser.objects.create_superuser("ada@example.org"))
    way_in = {"login", "factor", "factor_new", "factor_passkey", "factor_picture"}
    assert [name for name, path in ADMIN_URLS.items() if name not in way_in and opened(client, path)] == []


def test_an_inactive_member_of_staff_opens_nothing(client):
    user = sign_in(client, StaffUser.objects.create_superuser("ada@example.org"))
    StaffUser.objects.filter(pk=user.pk).update(is_active=False)
    assert [name for name, path in ADMIN_URLS.items() if name != "login" and opened(client, path)] == []


def test_an_administrator_does_not_change_a_superuser(client):
    boss = StaffUser.objects.create_superuser("boss@example.org")
    user = sign_in(client, staff("r@example.org"), again=True)
    user.groups.set(Group.objects.filter(name="administrator"))
    for page in ("change", "invitation", "factor"):
        assert client.post(f"/admin/staff/staffuser/{boss.pk}/{page}/").status_code == 403


@pytest.mark.parametrize("path", ["pledges/signature/", "pledges/pending/", "pledges/contact/", "pledges/letter/"])
def test_no_admin_page_shows_signatures_contacts_or_emails(client, path):
    sign_in(client, StaffUser.objects.create_superuser("ada@example.org"))
    assert client.get(f"/admin/{path}").status_code == 404
