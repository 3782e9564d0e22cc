"""Every page of the pledge with samples, at two widths, light and dark: axe finds no fault."""

import pytest
from django.core.management import call_command

PAGES = [
    "/pledge/",
    "/pledge/organisations/sign/",
    "/pledge/sent/0123456789abcdef/",
    "/pledge/confirm/unknown/",
    "/pledge/thank-you/",
    "/pledge/stall/",
    "/pledge/stall/next/",
    "/share/",
    "/share/poster/",
    "/share/paper/",
    "/safety/",
    "/pledge/organisations/thank-you/",
    "/pledge/supporters/",
    "/pledge/organisations/",
    "/pledge/organisations/?q=nobody",
    "/demo/inbox/",
]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "light"), [(360, "light"), (1280, "dark")])
def test_the_pages_of_the_pledge_are_blameless(new_context, site, blameless, width, light):
    call_command("load_samples")
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=light).new_page()
    for path in PAGES:
        page.goto(site + path)
        blameless(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
