"""Template filter for addresses shown as text."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """Lets a web or email address that is longer than its line break at its parts: after a slash or dot, before the @.

    Otherwise browsers break it inside a word. What is copied from the page contains nothing more than the address.
    """
    scheme, separator, rest = escape(address).rpartition("://")
    return mark_safe(scheme + separator + re.sub("(?<=[/.])(?=.)|(?=@)", "<wbr>", rest))  # noqa: S308 - was escaped
