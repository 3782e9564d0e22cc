"""Bob hides his name, stops emails and withdraws, himself and by phone, in a real Chromium."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaign.staff.models import StaffUser
from pledges.models import Contact, PublicName, ScheduledPhoneRequest, Signature
from pledges.models.answers import ConfirmChoices
from tests.makers import BOB, CHARLIE, signed

pytestmark = pytest.mark.browser


@pytest.fixture
def bob(site):
    signed(BOB, ConfirmChoices(public_name="Bob Example"), timezone.now(), by_email=True, region="wales")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def newest_email(page: Page, site: str):
    page.goto(f"{site}/demo/inbox/")
    return page.get_by_role("article").first


def open_mine(page: Page, site: str, work) -> None:
    page.goto(f"{site}/pledge/mine/")
    page.get_by_label("The email address you signed with").fill("BOB+news@example.org")
    press(page, "Send me a link")
    expect(page.get_by_text("Open our email")).to_be_visible()
    work()
    newest_email(page, site).locator("a[href*='/pledge/mine/']").click()
    page.get_by_label("Yes, this is me").check()
    press(page, "Show what you store")


def test_bob_hides_his_name_stops_our_email_and_withdraws(page, site, work, bob, blameless):
    open_mine(page, site, work)
    expect(page.get_by_text("Bob Example")).to_be_visible()
    blameless(page)
    press(page, "Remove my name from the public list")
    expect(page.get_by_text("Your name is no longer in the public list")).to_be_visible()
    press(page, "Stop campaign emails")
    expect(page.get_by_text("We will no longer email you")).to_be_visible()
    assert not PublicName.objects.exists()
    assert not Contact.objects.exists()
    page.get_by_role("main").get_by_label("Yes, I am sure").first.check()
    press(page, "Withdraw my signature")
    expect(page.get_by_text("We store no signature, no name and no contact details")).to_be_visible()
    assert not Signature.objects.exists()


def test_a_caller_is_served_and_a_pretext_call_learns_nothing(page, site, work, bob):
    StaffUser.objects.create_superuser("care@example.org", "a long password")
    page.goto(f"{site}/admin/pledges/phonerequest/add/")
    page.get_by_label("Email").fill("care@example.org")
    page.get_by_label("Password").fill("a long password")
    page.locator("[type=submit]").click()

    def take(address: str) -> str:
        page.goto(f"{site}/admin/pledges/phonerequest/add/")
        page.get_by_text("Or record a request").click()
        page.get_by_label("The caller's email address").fill(address)
        page.get_by_label("Take my name off the public list").check()
        page.get_by_role("button", name="Record the request").click()
        answer = page.locator(".messagelist").inner_text()
        assert address not in page.content()
        return answer

    assert take(CHARLIE.address) == take(BOB.address)
    assert PublicName.objects.exists()  # done within a day, not while anyone watches
    ScheduledPhoneRequest.objects.update(due_at=timezone.now())
    work()
    assert not PublicName.objects.exists()
    assert "Take my name off the public list" in newest_email(page, site).inner_text()
