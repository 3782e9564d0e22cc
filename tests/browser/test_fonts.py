"""No word is broken or cut off at any width, with the site's own font and without it."""

from pathlib import Path

import pytest
from django.core.management import call_command

from campaign.staff import roles
from tests.browser import test_pledge_pages, test_report, test_site_pages
from tests.browser.conftest import with_and_without_font
from tests.staff_accounts import PASSWORD, staff

WORDS = Path(__file__).with_name("words.js").read_text()
WIDTHS = [320, 360, 480, 640, 768, 960, 1280]
PAGES = sorted({*test_site_pages.PAGES, *test_pledge_pages.PAGES, *test_report.PAGES, "/pledge/mine/"})
FONT = "/static/fonts/RobotoCondensed-ExtraBold.woff2"
# How much of the page moved while it was shown, and how far, as Chromium itself counts it: 0.1 is "good".
SHIFTS = """new Promise(done => {
    const shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries().map(shift => shift.value)))
        .observe({type: "layout-shift", buffered: true});
    document.fonts.ready.then(() => setTimeout(() => done(shifts), 300));
})"""
PAINTED = """new Promise(done => new PerformanceObserver(() => done()).observe({type: "paint", buffered: true}))"""
pytestmark = pytest.mark.browser


def faults(page) -> set[str]:
    """What words.js finds at any of the widths."""
    page.evaluate("document.fonts.ready")
    found = set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found |= {f"{width} px: {fault}" for fault in page.evaluate(WORDS)}
    return found


@with_and_without_font
def test_no_word_is_broken_or_cut_off(page, site):
    call_command("load_samples")
    for path in PAGES:
        page.goto(site + path)
        assert faults(page) == set(), path


@with_and_without_font
def test_no_word_is_broken_or_cut_off_in_the_staff_area(page, site):
    call_command("load_samples")
    roles.grant()
    root = staff("root@example.org")
    root.is_superuser = True
    root.save()
    page.goto(f"{site}/admin/")
    page.get_by_label("Email").fill("root@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    for path in ["/admin/", "/admin/reports/recommendation/", "/admin/pledges/organisation/"]:
        page.goto(site + path)
        assert faults(page) == set(), path


def test_the_font_is_asked_for_once_and_used(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    page.goto(site)
    assert page.evaluate("document.fonts.ready.then(fonts => fonts.check('800 20px \"Site Display\"'))")
    assert asked.count(FONT) == 1


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/", "/report/", "/report/policing/4/", "/pledge/"])
def test_nothing_jumps_when_the_font_arrives_late(new_context, site, path, width):
    page, held = new_context(viewport={"width": width, "height": 800}).new_page(), []
    page.route("**/*.woff2", lambda route: held.insert(0, route))
    page.goto(site + path, wait_until="domcontentloaded")
    page.evaluate(PAINTED)
    held[0].continue_()
    assert sum(page.evaluate(SHIFTS)) < 0.05
    assert page.evaluate("document.fonts.check('800 20px \"Site Display\"')")
