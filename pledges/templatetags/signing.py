"""Template tags of the pages on which people sign."""

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pledges.models import retention

register = template.Library()


@register.simple_tag
def signing_is_open() -> bool:
    """Whether people can still sign. After the campaign's last day no page invites them to."""
    return timezone.localdate() <= retention.signing_until()


@register.filter
def breaks_at(address: str) -> SafeString:
    """Returns an email address that a narrow column breaks before its "@" or after a dot, if it must break it."""
    return mark_safe(escape(address).replace(".", ".<wbr>").replace("@", "<wbr>@"))  # noqa: S308 - it is escaped
