"""Watching every public page before and after one person's act shows nothing about it (docs/threats.md, 66).

The test also watches the overview of supporter care and moderators.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client

from pledges.abuse import rules
from pledges.inputs.email_address import Mailbox
from pledges.models import Consent, PhoneRequest, PublicName, Quarantine, Signature, Totals
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.phone_requests import service as phone_requests
from pledges.statistics import daily, totals, weekly
from tests.makers import ALICE, BOB, NOW, people, signed
from tests.site.test_pages import PUBLIC, path
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGES = [path(route) for route in PUBLIC]


def confirm():
    signed(ALICE, ConfirmChoices(public_name="Alice Example"), now=NOW, region="wales", profession="health")


def withdraw():
    withdrawal.withdraw(bytes(bob().digest), NOW)


def telephone():
    phone_requests.record(PhoneRequest.Kind.WITHDRAW, BOB, staff("care@example.org"), NOW)


def quarantine():
    signed(ALICE, now=NOW, is_trapped=True)
    rules.mark(NOW)


def release():
    quarantine()
    rules.release(Quarantine.objects.get(), staff("mod@example.org"), NOW)


def hide_a_name_that_waits_to_be_shown():
    confirm()
    withdrawal.hide_name(bytes(Signature.objects.latest("pk").digest), Consent.Source.PHONE, NOW)


ACTS = [confirm, withdraw, telephone, quarantine, release, hide_a_name_that_waits_to_be_shown]


def bob() -> Signature:
    return Signature.objects.get(public_name__name="Bob Example")


@pytest.fixture(autouse=True)
def counted(time_machine):
    """342 people and Bob, whose name stands in the list; published at this hour and for the last week."""
    time_machine.move_to(NOW - 9 * DAY, tick=False)
    signed(BOB, ConfirmChoices(public_name="Bob Example"), now=NOW - 9 * DAY)
    PublicName.objects.update(hidden_at=NOW)  # so that no list changes when Bob's name goes
    people(342, region="wales", profession="health")
    time_machine.move_to(NOW, tick=False)
    weekly.publish(NOW)
    totals.recount(NOW)


def seen() -> dict[str, bytes]:
    client = Client(raise_request_exception=False)
    # The machine's own figures change by themselves, and the database's clock goes on here.
    own = rb'"(clock_seconds|disk_percent)": [-\d]+'
    return {page: re.sub(own, b"", client.get(page).content) for page in PAGES}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_public_changes_before_the_next_count(act):
    before = seen()
    act()
    totals.recount(NOW + 59 * HOUR / 60)
    weekly.publish(NOW + 59 * HOUR / 60)
    assert seen() == before


@pytest.mark.parametrize("act", ACTS)
def test_one_person_more_or_fewer_is_not_seen_in_the_next_count(act, time_machine):
    act()
    time_machine.move_to(NOW + HOUR, tick=False)
    totals.recount(NOW + HOUR)
    after = seen()
    Signature.objects.all().delete()
    people(343)
    Totals.objects.all().delete()
    totals.recount(NOW + HOUR)
    assert seen() == after


@pytest.mark.parametrize("act", [confirm, withdraw, quarantine, telephone])
def test_the_overview_shows_supporter_care_and_moderators_only_tens(act, client):
    def overview() -> str:
        daily.recount(NOW)
        page = client.get("/admin/").text
        # A form or a call writes emails whatever is held; the token of a form is another each time.
        return re.sub(r'<h2>Emails</h2>.*?</section>|name="csrfmiddlewaretoken" value="\w+"', "", page, flags=re.S)

    for n in range(12):  # enough for the table by mail provider
        signed(Mailbox(f"person{n}@example.org"), now=NOW)
    sign_in(client, staff("watch@example.org", "view_overview", "view_phonerequest", "view_publicname"))
    before = overview()
    assert "rounded down to tens" in before
    act()
    assert overview() == before


def test_every_page_shows_the_same_total(client):
    shown = {page: client.get(page).text for page in ("/", "/pledge/", "/press/", "/pledge/numbers/")}
    shown |= {page: client.get(page).text for page in ("/pledge/thank-you/", "/pledge/supporters/")}
    assert [page for page, text in shown.items() if "340" not in text] == []
    assert [page for page, text in shown.items() if "343" in text] == []
    assert client.get("/pledge/numbers.json").json()["total"]["people"] == 340
    assert "total,2026-06-01T13:00+01:00,All,340" in client.get("/pledge/numbers.csv").text


def test_exact_totals_are_for_administrators_alone(client):
    sign_in(client, staff("mod@example.org", "view_overview", "view_quarantine", "view_publicname"))
    assert "343" not in client.get("/admin/").text
    sign_in(client, staff("admin@example.org", "view_overview", "view_totals"))
    assert "<strong>343</strong>" in client.get("/admin/").text
