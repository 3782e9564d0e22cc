"""Converts staff's Markdown to HTML: paragraphs, lists, emphasis, quotations, headings and links, nothing else."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "li", "ol", "p", "strong", "ul"}
SCHEMES = {"https", "mailto"}
# h1 and h2 are used by the page.
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}

markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=512)
def html(text: str) -> SafeString:
    """Returns safe HTML. Raw HTML is shown as text; images, and links other than https and mailto, are removed."""
    tokens = markdown.parse(text)
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
    rough = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(
        rough, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes=SCHEMES, link_rel="noopener"
    )
    return mark_safe(clean)  # noqa: S308 - just cleaned
