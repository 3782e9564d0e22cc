"""The site's own pages and the report in a browser: axe, and the smallest phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import with_and_without_font

PAGES = [
    "/",
    "/about/",
    "/privacy/",
    "/privacy/data/",
    "/privacy/complaint/",
    "/report/",
    "/report/policing/",
    "/report/policing/5/",
    "/report/progress/",
    "/report/glossary/",
    "/report/asked-of/home-office/",
    "/report/search/?q=NRPF",
    "/pledge/numbers/",
    "/press/",
]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "light"), [(360, "light"), (1280, "light"), (1280, "dark")])
def test_the_pages_of_the_site_pass_axe(new_context, site, blameless, width, light):
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=light).new_page()
    for path in PAGES:
        assert page.goto(site + path).ok, path
        blameless(page)


@with_and_without_font
def test_doubled_text_fits_the_smallest_phone(new_context, site):
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    exits = ["/pledge/", "/pledge/mine/", "/safety/", "/cy/safety/", "/ar/safety/"]
    for path in [*PAGES, "/pledge/organisations/sign/", *exits]:
        page.goto(site + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        button = page.locator(".masthead .btn").first
        assert path not in exits or button.evaluate("it => it.scrollWidth <= it.clientWidth"), path


@with_and_without_font
def test_the_first_screen_of_a_small_phone_holds_the_way_to_sign(new_context, site):
    page = new_context(viewport={"width": 360, "height": 640}).new_page()
    page.goto(site)
    button = page.get_by_role("main").get_by_role("link", name="Sign the pledge").first
    expect(button).to_be_in_viewport(ratio=1)


@with_and_without_font
def test_the_first_screen_of_a_phone_says_what_is_recommended(new_context, site):
    page = new_context(viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"{site}/report/policing/4/")
    expect(page.get_by_role("main").locator(".lead")).to_be_in_viewport()


def test_nothing_is_missing_without_script_or_style(new_context, site):
    page = new_context(java_script_enabled=False).new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(site)
    page.get_by_role("main").get_by_role("link", name="Read the report").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("path", ["/share/poster/", "/share/hand-out/"])
def test_what_is_hung_up_or_handed_out_prints_on_one_page(page, site, path):
    page.goto(site + path)
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1


def test_on_paper_no_column_of_the_privacy_table_is_crushed(page, site):
    page.set_viewport_size({"width": 690, "height": 1000})
    page.emulate_media(media="print")
    page.goto(f"{site}/privacy/")
    widths = page.eval_on_selector_all(".responsive-table thead th", "cells => cells.map(cell => cell.offsetWidth)")
    assert min(widths) * 6 > sum(widths)
