"""Shows docs/staff.md, and docs/exports.md as its last part, as a page of the staff area."""

from functools import cache
from itertools import pairwise

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pledges.admin_base import pages

DOCS = settings.BASE_DIR / "docs"
GUIDE = "exports.md"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    text, headings = manual()
    return pages.page(request, "help", title=_("Help"), text=text, headings=headings)


@cache
def manual() -> tuple[SafeString, list[tuple[str, str]]]:
    """Returns the manual as HTML, and its headings with the ids that links use."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((DOCS / "staff.md").read_text().partition("\n")[2])
    guide = _deeper(markdown.parse((DOCS / GUIDE).read_text()))
    address = f"#{slugify(guide[1].content)}"  # of its title
    tokens += guide
    headings = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", slugify(inline.content))
            headings.append((slugify(inline.content), inline.content))
        _relink(inline, address)
    rendered = markdown.renderer.render(tokens, markdown.options, {})
    return mark_safe(rendered), headings  # noqa: S308 - a file of this project, raw HTML is off


def _deeper(tokens: list[Token]) -> list[Token]:
    """Lowers each heading by one level, so that the title of a text becomes the heading of a part."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1:]) + 1}"
    return tokens


def _relink(inline: Token, guide: str) -> None:
    """Links the guide to exports within the page; of links to other files of the project only the text stays."""
    remaining: list[Token] = []
    depth = 0
    for child in inline.children or []:
        if child.type == "link_open" and child.attrGet("href") == GUIDE:
            child.attrSet("href", guide)
        if child.type == "link_open" and not str(child.attrGet("href")).startswith(("https:", "#")):
            depth += 1
        elif child.type == "link_close" and depth:
            depth -= 1
        else:
            remaining.append(child)
    if inline.children:
        inline.children = remaining
