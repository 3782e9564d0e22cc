"""Filters and tags for the texts of the report."""

import json

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from reports import markdown_text
from reports.glossary import Glossary

register = template.Library()
NO_MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}


@register.filter
def explained(text: str, words: Glossary | None) -> SafeString:
    """Links the glossary terms in plain text or safe HTML. On a page without a glossary, only escapes."""
    return words.explain(text) if words else conditional_escape(text)


@register.filter
def markdown(text: str) -> SafeString:
    return markdown_text.html(text)


@register.simple_tag
def data_block(thing: dict) -> SafeString:
    """Returns a JSON-LD script element; `<`, `>` and `&` are escaped, so that no value can close it."""
    text = json.dumps(thing, ensure_ascii=False).translate(NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
