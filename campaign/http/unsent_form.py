"""Fills a form with the data that were sent while the database was away, so that no one has to type them again."""

import re
from html import escape
from html.parser import HTMLParser

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

# In the environ of a POST: the page of its form as campaign.http.page_cache has it.
FORM_PAGE = "campaign.form_page"
TICKED = {"checkbox", "radio"}
# Fields of these types stay as the page has them.
NOT_FILLED = {"hidden", "password", "submit"}
# The notice stands at the start of the page, below the line that says that a translation is a draft.
START_OF_MAIN = re.compile(r'<main id="main">(?:\s*<p class="draft\b.*?</p>)?', re.DOTALL)


def page(request: HttpRequest) -> str:
    """Returns the form's own page with a notice and everything that was typed; "" if the page is not cached."""
    form_page: bytes = request.META.get(FORM_PAGE, b"")
    if not form_page or request.method != "POST":
        return ""
    notice = render_to_string("campaign/unsent_form.html")
    return START_OF_MAIN.sub(lambda start: start[0] + notice, filled(form_page.decode(), request.POST), count=1)


def filled(html: str, typed: QueryDict) -> str:
    """Returns the page with the fields of its POST forms filled in."""
    filling = _FormFiller(typed)
    filling.feed(html)
    filling.close()
    return "".join(filling.written)


class _FormFiller(HTMLParser):
    """Copies a page unchanged, except for the fields of its POST forms."""

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(convert_charrefs=False)
        self.typed, self.written = typed, list[str]()
        self.is_in_form = False
        self.select, self.is_in_textarea = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.is_in_form = (found.get("method") or "").lower() == "post"
        raw = self.get_starttag_text() or ""
        self.written.append(self._filled(tag, found, raw) if self.is_in_form else raw)

    handle_startendtag = handle_starttag

    def _filled(self, tag: str, attrs: dict[str, str | None], raw: str) -> str:
        name = attrs.get("name") or ""
        if tag == "select":
            self.select = name
        if tag == "option" and self.select:
            return _tag(tag, attrs, "selected", attrs.get("value") == self.typed.get(self.select))
        if tag == "textarea":
            self.is_in_textarea = True
            return raw + escape("\n" + self.typed.get(name, ""), quote=False)
        if tag != "input" or attrs.get("type") in NOT_FILLED:
            return raw
        if attrs.get("type") in TICKED:
            return _tag(tag, attrs, "checked", (attrs.get("value") or "on") in self.typed.getlist(name))
        return _tag(tag, attrs, "value", self.typed.get(name) or False)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_in_form = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.is_in_textarea = False
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.is_in_textarea:
            self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.written.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.written.append(f"<!{decl}>")


def _tag(tag: str, attrs: dict[str, str | None], changed: str, value: str | bool) -> str:
    """Returns the tag with one attribute changed: set to a text, set without a value (True), or removed (False)."""
    others = {name: said for name, said in attrs.items() if name != changed}
    if value is not False:
        others[changed] = None if value is True else str(value)
    written = "".join(f" {name}" if said is None else f' {name}="{escape(said)}"' for name, said in others.items())
    return f"<{tag}{written}>"
