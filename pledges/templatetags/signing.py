"""Template tags of the pages on which people sign."""

from django import template
from django.utils import timezone

from pledges.models import retention

register = template.Library()


@register.simple_tag
def signing_is_open() -> bool:
    """Whether people can still sign. After the campaign's last day no page invites them to."""
    return timezone.localdate() <= retention.signing_until()
