"""The context of every public page: its canonical address, and the controller."""

import re

from django.conf import settings
from django.http import HttpRequest

from campaign.demo import inbox


def site(request: HttpRequest) -> dict[str, object]:
    """Returns the context of every public page. Addresses begin with SITE_ORIGIN, never with the Host header, which the
    client chooses.
    """
    return {
        "canonical": settings.SITE_ORIGIN + request.path,
        "origin": settings.SITE_ORIGIN,
        "notice": settings.NOTICE,
        "controller": settings.CONTROLLER | {"address": _unbroken(settings.CONTROLLER["address"])},
        "demo_inbox": inbox.is_open(request),
        "is_demo": settings.DEBUG,  # figures count invented samples, and must say so
    }


def _unbroken(address: str) -> str:
    """The address with non-breaking hyphens between house numbers, so that no line ends after "26-"."""
    return re.sub(r"(?<=\d)-(?=\d)", "\N{NON-BREAKING HYPHEN}", address)
