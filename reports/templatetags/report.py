"""How the report's text is drawn."""

from django import template
from django.utils.safestring import SafeString

from reports import prose
from reports.glossary import Glossary

register = template.Library()


@register.filter
def explained(text: str, words: Glossary) -> SafeString:
    """Plain text, or HTML that is safe already, with the page's words explained."""
    return words.explain(text)


@register.filter
def markdown(text: str) -> SafeString:
    return prose.html(text)
