"""Pages that could endanger a reader: "Exit this page", and what the browser's history shows."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
WEATHER = "https://www.bbc.co.uk/weather"
PAGES = ["/safety/", "/pledge/", "/pledge/sent/0123456789abcdef/", "/pledge/mine/", "/pledge/thank-you/"]


@pytest.fixture
def weather(new_context):
    """Replaces the page that the exit leads to by a local one, so that no test needs the network."""

    def make(**options) -> Page:
        context = new_context(**options)
        context.route(WEATHER, lambda route: route.fulfill(body="<title>Weather</title>Sun"))
        return context.new_page()

    return make


@pytest.mark.parametrize("path", PAGES)
def test_exit_this_page_leaves_without_script_and_leaves_no_way_back_with_it(weather, site, path):
    plain = weather(java_script_enabled=False)
    plain.goto(site + path)
    plain.get_by_role("link", name="Exit this page").click()
    expect(plain).to_have_url(WEATHER)

    page = weather()
    page.goto(f"{site}/about/")
    page.goto(site + path)
    page.get_by_role("link", name="Exit this page").click()
    expect(page).to_have_url(WEATHER)
    page.go_back()
    expect(page).to_have_url(f"{site}/about/")


def test_pressing_shift_three_times_leaves_and_typing_capitals_does_not(weather, site):
    page = weather()
    page.goto(f"{site}/pledge/")
    page.get_by_label("Email address").press_sequentially("ABC")
    for _ in range(3):
        page.keyboard.press("Shift+A")
    expect(page).to_have_url(f"{site}/pledge/")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    expect(page.get_by_text("Press Shift one more time")).to_be_attached()
    page.keyboard.press("Shift")
    expect(page).to_have_url(WEATHER)


def test_the_safety_page_fits_one_screen_of_a_phone(new_context, site):
    page = new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    page.goto(f"{site}/safety/")
    expect(page.get_by_text("If you change your mind")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("path", PAGES)
def test_titles_do_not_say_what_the_campaign_is_about(page, site, path):
    page.goto(site + path)
    title = page.title().lower()
    telling = ["immigra", "migra", "home office", "border", "police", "firewall"]
    assert [word for word in telling if word in title] == []


def test_focus_on_a_link_in_a_drawing_is_seen_in_forced_colours(new_context, site):
    page = new_context(forced_colors="active").new_page()
    page.goto(site)
    link = page.locator(".drawing a").first

    def edge() -> str:
        return link.locator(".service-box").evaluate("e => getComputedStyle(e).strokeWidth")

    before = edge()
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert edge() != before
