"""The Content Security Policy in a real Chromium: it blocks nothing that our own pages load."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from campaign.staff.models import StaffUser
from tests.staff_accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADMIN = [
    "index",
    "pledges_organisation_changelist",
    "pledges_pledgetext_add",
    "reports_recommendation_changelist",
    "reports_recommendation_add",
    "staff_staffuser_add",
]


@pytest.fixture
def complaints(page):
    """The errors on the browser's console; what the policy refuses is one of them."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def plain_cookies(settings):
    """Settings for the live server, which has no TLS; a second factor is optional, as in the demo."""
    settings.DEBUG = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"


def test_the_policy_refuses_nothing_of_the_public_pages(page, live_server, complaints):
    call_command("load_report", verbosity=0)
    for name in ("home", "about", "privacy", "reports:report", "pledges:sign", "pledges:organisations"):
        page.goto(live_server.url + reverse(name))
    assert complaints == []


def test_the_policy_refuses_nothing_of_the_staff_area(page, live_server, complaints, plain_cookies):
    StaffUser.objects.create_superuser("ada@example.org", PASSWORD)
    page.goto(live_server.url + reverse("admin:index"))
    page.fill("[name=username]", "ada@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    for name in ADMIN:
        page.goto(live_server.url + reverse(f"admin:{name}"))
        if page.get_by_role("heading", name="Is it still you?").count():
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="Continue").click()
            page.wait_for_url(f"**{reverse(f'admin:{name}')}")
        assert page.locator("#user-tools").count(), name
    assert complaints == []
