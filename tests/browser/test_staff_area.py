"""The staff area in a real Chromium: from an organisation's form to the list, by keyboard, and two at once."""

import base64
import csv
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from campaign.models import AuthenticatorApp
from campaign.staff import devices, roles
from campaign.staff.models import StaffUser
from pledges.abuse import rules
from pledges.lists import service as lists
from pledges.models import Organisation, OrganisationDecision, PublicName, Quarantine
from pledges.models.answers import ConfirmChoices
from pledges.offline import keys
from tests.browser.test_signing import Keyboard
from tests.campaign.staff.test_passkeys import passkey_of
from tests.makers import ALICE, signed
from tests.staff_accounts import PASSWORD, approved, staff, waiting

pytestmark = pytest.mark.browser
QUEUE = "/admin/pledges/organisation/queue/"


@pytest.fixture
def staff_site(site) -> str:
    """The site, and someone in each role."""
    roles.grant()
    at_work = {"mona": "moderator", "noor": "moderator", "eddy": "editor", "dana": "data holder"}
    for name, role in at_work.items():
        staff(f"{name}@example.org").groups.set(Group.objects.filter(name=role))
    return site


def sign_in(page: Page, site: str, name: str, to: str = QUEUE) -> None:
    page.goto(f"{site}/admin/login/?next={to}")
    page.get_by_label("Email").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/admin/login/")


def sign_out(page: Page) -> None:
    page.locator("#user-tools summary").click()
    page.get_by_role("button", name="Sign out").click()


def access(page: Page, key: str) -> None:
    """Alt and a letter, as Chromium hears it; Playwright's own Alt+a carries no letter to match. What it is to
    press may stand at the end of the page, and nothing waits for it as a click would."""
    page.wait_for_load_state()
    hands = page.context.new_cdp_session(page)
    stroke = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper()), "modifiers": 1}
    hands.send("Input.dispatchKeyEvent", {"type": "keyDown", "unmodifiedText": key, **stroke})
    hands.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})


def type_code(page: Page, app: AuthenticatorApp) -> None:
    """Types a code that was not used yet: that of the next half minute."""
    AuthenticatorApp.objects.filter(pk=app.pk).update(last_t=-1)
    page.get_by_label("Code").fill(f"{totp(app.bin_key):06d}")
    page.get_by_role("button", name="Continue").click()


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def apply(page: Page, site: str, work, name: str, mailbox: str) -> None:
    """Signs an organisation, and confirms it with the link in its email."""
    page.goto(f"{site}/pledge/organisations/sign/")
    page.get_by_label("Name of the organisation").fill(name)
    page.get_by_label("Kind of organisation").select_option("health")
    page.get_by_label("Your name").fill("Sample Signer")
    page.get_by_label("Your role in the organisation").fill("Secretary")
    page.get_by_label("Your work email").fill(mailbox)
    page.get_by_label("Show our name").check()
    page.get_by_label("I am authorised to sign this pledge for the organisation").check()
    page.get_by_role("button", name="Sign").last.click()
    work()
    page.goto(f"{site}/demo/inbox/")
    page.get_by_role("article").first.locator("a[href*='/pledge/confirm/']").first.click()
    page.get_by_label("Yes, this is me").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="our staff check your organisation")).to_be_visible()


def test_organisations_sign_are_judged_and_listed_or_not_each_with_its_email(
    page, staff_site, work, blameless, settings
):
    settings.DECISION_EMAIL_DELAY = timedelta(0)
    apply(page, staff_site, work, "Sample Midwives’ Circle", "midwives@example.org")
    apply(page, staff_site, work, "Buy Bricks Cheaply", "bricks@example.com")
    sign_in(page, staff_site, "mona")
    expect(heading(page)).to_have_text("Sample Midwives’ Circle")
    blameless(page)
    page.get_by_role("button", name="Approve").click()
    expect(heading(page)).to_have_text("Buy Bricks Cheaply")
    page.get_by_label("It is not an organisation").check()
    page.get_by_role("button", name="Decline").click()
    expect(heading(page)).to_have_text("The end of the queue")

    work()
    page.goto(f"{staff_site}/demo/inbox/")
    newest = page.get_by_role("article")
    expect(newest.filter(has_text="has signed the pledge").first).to_contain_text("/pledge/organisations/")
    expect(newest.filter(has_text="We have not added it").first).to_contain_text("It is not an organisation")
    page.goto(f"{staff_site}/pledge/organisations/")
    expect(page.get_by_text("Sample Midwives’ Circle")).to_be_visible()
    expect(page.get_by_text("Buy Bricks")).to_have_count(0)


MODERATOR_PAGES = ["", "pledges/organisation/", "pledges/organisation/approvals/", "pledges/organisation/paste/"]
MODERATOR_PAGES += ["pledges/abuserule/add/", "pledges/listvisibility/add/", "pledges/publicname/"]


def test_no_screen_of_a_moderator_shuts_anybody_out(page, staff_site, blameless):
    waiting("Lіberty Sample", timezone.now())
    sign_in(page, staff_site, "mona")
    blameless(page)
    for path in MODERATOR_PAGES:
        page.goto(f"{staff_site}/admin/{path}")
        blameless(page)


# What can be scrolled sideways, and the page itself where it is wider than the screen.
TOO_WIDE = """() => [...document.querySelectorAll("*")]
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .filter(one => one == document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
    .map(one => one.outerHTML.slice(0, 80))"""


def test_no_list_scrolls_sideways_on_a_phone(new_context, staff_site):
    approved("Sample Association of Interpreters, Translators and Friends of the Lower Valley")
    signed(ALICE, ConfirmChoices(public_name="Alice Example"))
    by = StaffUser.objects.create_superuser("sue@example.org", PASSWORD, name="Sue")
    lists.set_hidden(PublicName.objects.get(), True, "false", by, timezone.now())
    rules.release(Quarantine.objects.create(kind="provider", opened_at=timezone.now()), by, timezone.now())
    page = new_context(viewport={"width": 390, "height": 740}).new_page()
    sign_in(page, staff_site, "sue")
    for model in admin.site._registry:
        page.goto(staff_site + reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        assert (page.title(), page.evaluate(TOO_WIDE)) == (page.title(), [])


def test_the_header_of_a_phone_leaves_the_screen_to_the_page(new_context, staff_site, blameless):
    page = new_context(viewport={"width": 390, "height": 740}).new_page()
    sign_in(page, staff_site, "mona", to="/admin/")
    assert page.locator("#header").bounding_box()["height"] < 740 / 4
    page.locator("#user-tools summary").click()
    blameless(page)
    assert page.evaluate(TOO_WIDE) == []


def test_day_and_time_of_a_text_of_the_report_have_labels(page, staff_site, blameless):
    sign_in(page, staff_site, "eddy", to=reverse("admin:reports_glossaryterm_add"))
    blameless(page)
    page.get_by_label("Date:").fill("1 May 2026")


def test_a_long_name_of_a_passkey_fits_a_phone(new_context, staff_site):
    page = new_context(viewport={"width": 390, "height": 740}).new_page()
    sign_in(page, staff_site, "mona", to="/admin/")
    passkey = passkey_of(StaffUser.objects.get(email="mona@example.org"), "M" * 64)
    [session] = [SessionStore(each["value"]) for each in page.context.cookies() if "session" in each["name"]]
    session[DEVICE_ID_SESSION_KEY] = passkey.persistent_id  # as if it had been used to sign in
    session.save()
    page.goto(f"{staff_site}/admin/factor/list/")
    expect(page.get_by_text("M" * 64, exact=True)).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []


def test_several_are_approved_though_no_reason_to_decline_is_chosen(page, staff_site):
    waiting("Example Body", timezone.now())
    sign_in(page, staff_site, "mona", "/admin/pledges/organisation/approvals/")
    page.get_by_label("Example Body").check()
    page.get_by_role("button", name="Show what would be public").click()
    page.get_by_role("button", name="Approve them").click()
    expect(heading(page)).to_have_text("The end of the queue")
    assert Organisation.objects.in_state("approved").count() == 1


def test_mona_clears_a_mixed_queue_of_sixteen_by_keyboard_and_undoes_one_mistake(page, staff_site):
    names = [f"Example Body {number}" for number in range(16)]
    for name in names:
        waiting(name, timezone.now())
    sign_in(page, staff_site, "mona")
    hands = Keyboard(page)
    for number, name in enumerate(names):
        expect(heading(page)).to_have_text(name)
        expect(page.get_by_text(f"{number + 1} of 16")).to_be_visible()
        if number % 5 == 3:
            access(page, "r")
            hands.reach(page.get_by_label("The organisation has signed already"), by="ArrowDown")
            access(page, "x")
        elif number == 9:
            access(page, "q")
            hands.reach(page.get_by_label("Who in your organisation"))
            hands.reach(page.get_by_label("Which website"), by="ArrowDown")
            access(page, "s")
        else:
            access(page, "a")
        if number == 5:
            expect(heading(page)).to_have_text(names[6])
            access(page, "z")
            expect(heading(page)).to_have_text(name)
            access(page, "a")
    expect(heading(page)).to_have_text("The end of the queue")
    expect(page.get_by_text("You have been through the queue: 16 organisations.")).to_be_visible()
    expect(page.get_by_role("link", name="Example Body 9")).to_be_visible()
    acts = OrganisationDecision.objects.order_by("pk").values_list("act", flat=True)
    assert "".join(act[0] for act in acts) == "aaadaauaaadaaaadaa"


def test_two_moderators_collide_and_the_second_is_told(page, new_context, staff_site):
    waiting("Example Teachers’ Network", timezone.now())
    other = new_context().new_page()
    sign_in(page, staff_site, "mona")
    sign_in(other, staff_site, "noor")
    page.get_by_role("button", name="Approve").click()
    expect(heading(page)).to_have_text("The end of the queue")
    other.get_by_label("It is not an organisation").check()
    other.get_by_role("button", name="Decline").click()
    expect(other.locator(".messagelist")).to_contain_text("before you")
    expect(other.locator(".record")).to_contain_text("Mona")
    assert Organisation.objects.listed().count() == 1


def test_an_editor_can_not_reach_organisations(page, staff_site):
    organisation = waiting("Example Teachers’ Network", timezone.now())
    sign_in(page, staff_site, "eddy", "/admin/")
    expect(page.get_by_role("link", name="Recommendations")).to_be_visible()
    expect(page.get_by_role("link", name="Organisations")).to_have_count(0)
    for path in ("", "queue/", f"{organisation.ref}/", "csv/"):
        answer = page.goto(f"{staff_site}/admin/pledges/organisation/{path}")
        assert answer.status == 403
        assert "Example Teachers" not in page.content()


def test_a_new_member_of_staff_sets_up_a_second_factor(page, staff_site, settings, blameless):
    settings.DEBUG = False
    sign_in(page, staff_site, "mona")
    expect(heading(page)).to_have_text("Set up your second factor")
    blameless(page)
    page.get_by_text("I can't scan it").click()
    secret = page.locator("details code").inner_text().replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    page.get_by_label("Code").fill(f"{totp(key):06d}")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".codes code")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have them").click()
    expect(heading(page)).to_have_text("Overview")

    sign_out(page)
    sign_in(page, staff_site, "mona")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    expect(heading(page)).to_have_text("The end of the queue")
    assert StaffUser.objects.get(email="mona@example.org").last_login


def test_dana_proves_herself_twice_and_takes_out_what_only_a_key_opens(page, staff_site, settings, tmp_path):
    key, tables = tmp_path / "anna.key", tmp_path / "tables"
    settings.DEBUG, settings.CAMPAIGN_PUBLIC_KEYS = False, [keys.make(key)]
    signed(ALICE, by_email=True, name="Alice Example")
    app = devices.new_app(StaffUser.objects.get(email="dana@example.org"), devices.new_key())
    app.save()
    sign_in(page, staff_site, "dana", "/admin/pledges/export/add/")
    type_code(page, app)
    for password, asked in {"a guess": "Is it still you?", PASSWORD: "Export contacts"}.items():
        expect(heading(page)).to_have_text("Is it still you?")
        page.get_by_label("Password").fill(password)
        type_code(page, app)
        expect(heading(page)).to_have_text(asked)
    page.get_by_label("Email").check()
    page.get_by_label("To write to supporters").check()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export").click()

    export = tmp_path / taken.value.suggested_filename
    taken.value.save_as(export)
    assert "alice" not in export.read_text().lower()
    manage = [sys.executable, Path(__file__).parents[2] / "manage.py"]
    subprocess.run([*manage, "open_export", export, "--identity", key, "--into", tables], check=True)
    with (tables / "contacts.csv").open(encoding="utf-8-sig") as table:
        assert [row["email"] for row in csv.DictReader(table)] == [ALICE.address]
    page.goto(f"{staff_site}/admin/pledges/export/")
    expect(page.get_by_role("row").filter(has_text="Dana")).to_contain_text("To write to supporters")
