"""Template tag that tells whether the campaign still takes signatures."""

from django import template
from django.utils import timezone

from pledges.models import retention

register = template.Library()


@register.simple_tag
def signing_is_open() -> bool:
    """Whether the campaign still takes signatures: afterwards no page invites anyone to sign."""
    return timezone.localdate() <= retention.signing_until()
