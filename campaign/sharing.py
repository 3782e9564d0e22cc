"""The pages for sharing the pledge: links and texts, a poster and a hand-out with a QR code, and a count to embed.

The addresses contain nothing about the person who shares them. The QR code is made here, not by another site.
"""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges import languages
from pledges.models import PledgeText
from pledges.signing.views import while_the_campaign_lasts
from pledges.statistics import totals

PAPER_LINES = 20  # as many as fit on one page of A4


def _address(route: str) -> str:
    return settings.SITE_ORIGIN + reverse(route)


def qr_code(address: str) -> SafeString:
    """Returns the address as a QR code: inline SVG that is still read with a fold or a stain (error correction of 25
    %).
    """
    code = segno.make(address, error="q", micro=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 - our SVG


@require_safe
@cache_control(public=True)
@while_the_campaign_lasts
def share(request: HttpRequest) -> HttpResponse:
    page = {
        "sign_address": _address("pledges:sign"),
        "organisations_address": _address("pledges:organisations_sign"),
        "count_address": _address("share_count"),
        "totals": totals.totals(),
    }
    return render(request, "campaign/share.html", page)


@require_safe
@cache_control(public=True)
@while_the_campaign_lasts
def poster(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "A4")


@require_safe
@cache_control(public=True)
@while_the_campaign_lasts
def handout(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "A5")


@require_safe
@cache_control(public=True)
@while_the_campaign_lasts
def paper(request: HttpRequest) -> HttpResponse:
    """The sheet to collect signatures on paper. Staff enter how many there are (`pledges.paper`)."""
    page = {**_printed(), "pledge_text": _pledge_text(), "lines": range(1, PAPER_LINES + 1)}
    return render(request, "campaign/share/paper.html", page)


def _sheet(request: HttpRequest, size: str) -> HttpResponse:
    """One printed page with the pledge, its address and a QR code. size: A4 or A5."""
    text = _pledge_text()
    is_in_this_language = text.language == (get_language() or "").partition("-")[0]
    page = {**_printed(), "size": size, "pledge_text": text if is_in_this_language else None}
    return render(request, "campaign/share/sheet.html", page)


def _printed() -> dict[str, object]:
    """The address that is printed, and its QR code: of the form, or in a language without one of its home, which says
    how to sign.
    """
    has_form = languages.spoken("pledges:sign") == get_language()
    address = _address("pledges:sign" if has_form else "home")
    return {"address": address.partition("://")[2], "qr": qr_code(address)}


def _pledge_text() -> PledgeText:
    """The pledge in the language of the page; in English where there is no text in it."""
    return PledgeText.objects.current(timezone.now(), get_language() or "")


@require_safe
@cache_control(public=True, max_age=3600)
def count_image(request: HttpRequest) -> HttpResponse:
    """Answers with the number of signatures as a static SVG for other websites: no script, no frame, cached for an
    hour.
    """
    return render(
        request, "campaign/share/count.svg", {"totals": totals.totals()}, content_type="image/svg+xml; charset=utf-8"
    )
