"""The report in a real Chromium: found, cited, printed and updated."""

import re

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from campaign.staff import roles
from reports.models import Body, Recommendation
from tests.browser.conftest import with_and_without_font
from tests.staff_accounts import PASSWORD, staff

pytestmark = pytest.mark.browser

PAGES = [
    "/report/",
    "/report/education/",
    "/report/policing/2/",
    "/report/progress/",
    "/report/asked-of/nhs-england/",
    "/report/glossary/",
    "/report/data/",
    "/report/document/",
    "/report/search/?q=NRPF",
    "/report/search/?q=zebra",
    "/press/",
]


def sheets(page: Page) -> int:
    """How many sheets of A4 the page takes, as a PDF tells."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


def test_a_journalist_finds_and_cites_a_recommendation(page, site):
    page.goto(f"{site}/report/")
    page.get_by_role("link", name="Search the report").click()
    page.get_by_label("Search the report").fill("NRPF meals")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Education 3: Free school meals, whatever a family's immigration status").click()
    cite = page.locator(".cite")
    expect(cite).to_contain_text("Gracie Mae Bradley")
    expect(cite).to_contain_text("3 December 2018")
    expect(cite).to_contain_text(f"{site}/report/education/3/")
    expect(page.get_by_text("The Government should provide free school meals")).to_be_visible()
    expect(page.get_by_role("link", name="Royal Borough of Windsor")).to_be_visible()
    word = page.get_by_role("link", name="no recourse to public funds").first
    word.click()
    expect(page.locator("#term-nrpf")).to_be_in_viewport()


@with_and_without_font
def test_an_official_prints_what_is_asked_of_them(page, site):
    page.goto(f"{site}/report/policing/4/")
    page.get_by_role("link", name="Home Office").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Home Office")
    expect(page.locator(".recommendation")).to_have_count(3)
    assert sheets(page) == 1
    page.emulate_media(media="print")
    expect(page.locator("main").get_by_text(f"{site}/report/asked-of/home-office/")).to_be_visible()
    expect(page.get_by_role("link", name="Sign the pledge")).to_have_count(0)


@with_and_without_font
def test_each_recommendation_prints_on_one_sheet_or_two_with_its_sources_in_full(page, site):
    for recommendation in Recommendation.objects.select_related("sector"):
        page.goto(f"{site}{recommendation.get_absolute_url()}")
        # A long history needs a second sheet.
        assert sheets(page) == (2 if recommendation.updates.count() > 6 else 1), recommendation
    page.goto(f"{site}/report/education/1/")
    page.emulate_media(media="print")
    source = page.get_by_role("link", name="UK Parliament, written answer HL17037")
    after = source.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://questions-statements.parliament.uk/written-questions/detail/2019-07-09/HL17037" in after


@with_and_without_font
def test_each_body_has_one_sheet(page, site):
    for body in Body.objects.asked(Recommendation.objects.published()):
        page.goto(f"{site}{body.get_absolute_url()}")
        assert sheets(page) == 1, body


def test_no_heading_is_printed_without_what_it_heads(page, site):
    page.goto(f"{site}/report/progress/")
    expect(page.get_by_role("heading", name="By organisation responsible")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="By organisation responsible")).to_be_hidden()
    expect(page.get_by_role("heading", name="Latest changes")).to_be_visible()


def test_staff_record_an_update_and_it_shows_in_page_feed_and_data(page, site, new_context):
    roles.grant()
    staff("edda@example.org").groups.set(Group.objects.filter(name="editor"))
    reader = new_context().new_page()
    reader.goto(f"{site}/report/health/2/")
    expect(reader.get_by_text("We have found no update.")).to_be_visible()
    page.goto(f"{site}/admin/reports/recommendation/")
    page.get_by_label("Email").fill("edda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    page.get_by_role("link", name="Health 2: Destroy what was handed over").click()
    page.get_by_role("link", name="Record an update").click()
    page.get_by_label("Happened on").fill("2026-03-01")
    page.get_by_label("What happened").fill("An example of an event.")
    page.get_by_label("Source:", exact=True).fill("Example source")
    page.get_by_label("Address of the source").fill("https://example.org/event")
    page.get_by_label("Status from then on").select_option("Partly met")
    page.get_by_role("button", name="Save", exact=True).click()
    reader.reload()
    expect(reader.get_by_text("An example of an event.")).to_be_visible()
    expect(reader.locator("article .status").first).to_have_text("Partly met")
    assert "An example of an event." in reader.request.get(f"{site}/report/updates.atom").text()
    recommendations = reader.request.get(f"{site}/report/recommendations.json").json()["recommendations"]
    told = next(one for one in recommendations if one["id"] == "health-2")
    assert (told["status"], told["updates"][0]["what"]) == ("partly-met", "An example of an event.")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_against_the_report(page, site, blameless, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(f"{site}{path}")
        blameless(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path


def test_each_stream_says_what_it_carries(page, site):
    page.goto(f"{site}/report/")
    stream = page.get_by_role("link", name="Schools: Children's home and school addresses")
    expect(stream).to_have_attribute("href", re.compile("#from-education$"))


def test_every_stream_leads_to_its_arrangement_without_a_script(new_context, site):
    page = new_context(java_script_enabled=False).new_page()
    for slug in ("education", "health", "policing", "councils"):
        page.goto(f"{site}/report/")
        page.locator(f"svg a[href$='#from-{slug}']").first.click()
        expect(page.locator(f"#from-{slug}")).to_be_in_viewport()
