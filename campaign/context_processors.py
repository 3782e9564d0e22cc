"""What every public page says of itself: its one address, and who answers for the site."""

from django.conf import settings
from django.http import HttpRequest

from campaign.demo import inbox


def house(request: HttpRequest) -> dict[str, object]:
    """The origin comes from the settings alone: a request's Host proves nothing."""
    return {
        "canonical": settings.SITE_ORIGIN + request.path,
        "origin": settings.SITE_ORIGIN,
        "controller": settings.CONTROLLER,
        "demo_inbox": inbox.is_open(request),
        "is_demo": settings.DEBUG,  # figures count invented samples, and must say so
    }
