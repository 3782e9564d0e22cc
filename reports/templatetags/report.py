"""How the report's text is drawn."""

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
    """Plain text, or HTML that is safe already, with the page's words explained; none on a page without."""
    return words.explain(text) if words else conditional_escape(text)


@register.filter
def markdown(text: str) -> SafeString:
    return markdown_text.html(text)


@register.simple_tag
def data_block(thing: dict) -> SafeString:
    """JSON-LD. Nothing in it can close the element it stands in."""
    text = json.dumps(thing, ensure_ascii=False).translate(NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
