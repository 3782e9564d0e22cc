"""The public pages in a browser in other languages: translated, longer than English, and from right to left."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, Route

from pledges.languages import LANGUAGES, TRANSLATED
from tests.browser import test_pledge_pages, test_site_pages
from tests.browser.test_report import sheets
from tests.site import pseudo_locale, public_states

ALL = sorted({*test_site_pages.PAGES, *test_pledge_pages.PAGES, "/pledge/mine/", "/pledge/report-name/", "/nothing/"})
WELSH = ["/cy/", "/cy/safety/", "/cy/pledge/", "/cy/pledge/organisations/sign/", "/cy/pledge/sent/0123456789abcdef/"]
WELSH += ["/cy/privacy/", "/cy/share/", "/cy/pledge/mine/", "/cy/pledge/mine/sent/", "/cy/pledge/never/unknown/"]
WELSH += ["/cy/pledge/confirm/unknown/", "/cy/pledge/thank-you/", "/cy/pledge/organisations/thank-you/", "/cy/nothing/"]
WIDTHS = "found => found.filter(it => it.checkVisibility()).map(it => it.offsetWidth)"
pytestmark = pytest.mark.browser


@pytest.fixture
def visit(site, settings) -> Callable[[Page, str], None]:
    """Opens a path of the site. With DEBUG an address that leads nowhere would get Django's page, not the site's."""

    def visit(page: Page, path: str) -> None:
        settings.DEBUG = "/nothing/" not in path
        page.goto(site + path)

    return visit


@pytest.mark.parametrize(("width", "light"), [(320, "light"), (360, "dark"), (768, "light"), (1280, "dark")])
def test_the_translated_pages_fit_every_screen_and_pass_axe(new_context, visit, blameless, width, light):
    call_command("load_samples")
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=light).new_page()
    for path in [*WELSH, *(f"/{code}/{rest}" for code in LANGUAGES for rest in ("", "safety/", "share/poster/"))]:
        visit(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        blameless(page)


@pytest.mark.parametrize(
    ("language", "width", "light"),
    [(public_states.ENGLISH, 360, "dark"), ("cy", 360, "light"), ("cy", 1280, "dark"), ("ar", 360, "light")],
)
def test_the_pages_after_a_form_or_a_link_fit_and_pass_axe(  # noqa: PLR0917
    new_context, site, settings, blameless, language, width, light
):
    settings.DEBUG = False  # with it, addresses that lead nowhere have Django's page
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=light).new_page()
    for name, html in public_states.states(language).items():
        page.route(f"{site}/state/", partial(answer, html))
        page.goto(f"{site}/state/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        blameless(page)


def answer(html: str, route: Route) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_no_text_is_squeezed_into_a_narrow_column_on_a_wide_screen(new_context, site, settings):
    settings.DEBUG = False  # with it, addresses that lead nowhere have Django's page
    page = new_context(viewport={"width": 2560, "height": 1000}).new_page()
    for name, html in public_states.pages().items():
        page.route(f"{site}/state/", partial(answer, html))
        page.goto(f"{site}/state/")
        widths = page.locator("main :is(h1, h1 ~ p)").evaluate_all(WIDTHS)
        assert min(widths) > 240, name


def test_every_page_fits_a_phone_and_passes_axe_from_right_to_left(new_context, visit, blameless):
    """The pages are in English, as most are not translated into Arabic; their layout is that of an Arabic page."""
    call_command("load_samples")
    page = new_context(viewport={"width": 360, "height": 800}).new_page()
    for path in ALL:
        visit(page, path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        blameless(page)


@pytest.mark.parametrize(("width", "direction"), [(360, "ltr"), (360, "rtl"), (1280, "ltr")])
def test_texts_that_are_a_third_longer_fit_every_page(  # noqa: PLR0917
    new_context, visit, settings, tmp_path, width, direction
):
    settings.LOCALE_PATHS = [pseudo_locale.write(tmp_path / "locale")]
    call_command("load_samples")
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for path in ALL:
        visit(page, path)
        assert pseudo_locale.START in page.title(), path
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(("width", "beside"), [(360, ".masthead .wordmark"), (768, ".masthead nav")])
def test_the_button_in_the_header_is_beside_the_name_or_the_links(new_context, site, width, beside):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    for code in LANGUAGES:
        page.goto(f"{site}/{code}/share/poster/")
        button, other = (page.locator(one).bounding_box() for one in (".masthead .btn", beside))
        assert button["y"] < other["y"] + other["height"], code
        assert other["y"] < button["y"] + button["height"], code


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_welsh_button_to_sign_takes_one_line(new_context, site, width):
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{site}/cy/")
    height = "getComputedStyle(e)[n]"
    lines = page.locator("main .btn--big").first.evaluate(
        f"e => (e.clientHeight - ['paddingTop', 'paddingBottom'].reduce((s, n) => s + parseFloat({height}), 0))"
        " / parseFloat(getComputedStyle(e).lineHeight)"
    )
    assert lines < 1.5


def test_a_sheet_to_print_takes_one_page_in_every_language(page, site):
    translated = [f"/{code}/share/{name}/" for code in LANGUAGES for name in ("poster", "hand-out")]
    for path in ["/share/paper/", "/share/poster/", "/share/hand-out/", *translated]:
        page.goto(site + path)
        assert sheets(page) == 1, path


@pytest.mark.parametrize("path", ["/cy/pledge/", "/ar/safety/", "/am/safety/"])
def test_exit_this_page_works_on_a_translated_page(new_context, site, path):
    context = new_context()
    context.route("https://www.bbc.co.uk/weather", lambda route: route.fulfill(body="<title>Weather</title>Sun"))
    page = context.new_page()
    page.goto(f"{site}/about/")
    page.goto(site + path)
    page.locator("[data-exit]").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")
    page.go_back()
    assert page.url == f"{site}/about/"


def test_a_person_signs_in_welsh_from_the_first_page_to_the_last(new_context, site, work, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/cy/")
    page.get_by_role("main").get_by_role("link", name="Llofnodi'r addewid").first.click()
    page.get_by_label("Cyfeiriad e-bost").fill("alys@example.org")
    page.get_by_label("Na, dim ond anfon yr e-bost i gadarnhau").check()
    page.get_by_role("button", name="Llofnodi'r addewid").click()
    page.wait_for_url("**/cy/pledge/sent/**")
    work()
    [link] = {word for word in mailoutbox[0].body.split() if "/cy/pledge/confirm/" in word}
    page.goto(link)
    page.locator("#id_agree").check()
    page.get_by_role("button", name="Cadarnhau").click()
    page.wait_for_url("**/cy/pledge/thank-you/")
    assert page.get_by_role("heading", level=1).inner_text() == "Rydych wedi llofnodi."
    assert set(TRANSLATED["pledges:thank_you"]) == {"cy"}
