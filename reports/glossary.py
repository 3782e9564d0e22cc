"""Links glossary terms in a text to their meanings."""

import re
from collections.abc import Iterable

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from reports.models import GlossaryTerm

TAG = re.compile(r"(<[^>]*>)")
# In these elements no term is linked: they are links already, or titles.
LEFT_ALONE = {"a", "code", "h3", "h4"}


class Glossary:
    """Links each glossary term to its meaning where a page first uses it; `linked` lists the terms linked so far.

    The meanings are at the end of the page itself, or on the page `at`.
    """

    def __init__(self, terms: Iterable[GlossaryTerm], at: str = "") -> None:
        self.prefix = f"{at}#" if at else "#term-"
        self.linked: list[GlossaryTerm] = []
        self.terms = {form: term for term in terms for form in forms(term)}
        longest_first = sorted(self.terms, key=len, reverse=True)
        # An abbreviation is matched in capitals only; other terms in upper and lower case.
        written = (
            re.escape(escape(form)) if form.isupper() else f"(?i:{re.escape(escape(form))})" for form in longest_first
        )
        self.pattern = re.compile(rf"(?<!\w)(?:{'|'.join(written) or '(?!)'})(?!\w)")
        self.by_written = {escape(form).lower(): term for form, term in self.terms.items()}

    @classmethod
    def of_the_site(cls, at: str = "") -> "Glossary":
        return cls(GlossaryTerm.objects.published(), at)

    def explain(self, text: str) -> SafeString:
        """Returns the text as HTML, with a link from each term that the page uses for the first time.

        Plain text is escaped first.
        """
        inside: list[str] = []
        parts = []
        for part in TAG.split(conditional_escape(text)):
            if part.startswith("<"):
                track_element(part, inside)
            elif not LEFT_ALONE.intersection(inside):
                part = self.pattern.sub(self.mark, part)  # noqa: PLW2901
            parts.append(part)
        return mark_safe("".join(parts))  # noqa: S308 - escaped or cleaned above

    def mark(self, found: re.Match[str]) -> str:
        term = self.by_written[found[0].lower()]
        if term in self.linked:
            return found[0]
        self.linked.append(term)
        word = mark_safe(found[0])  # noqa: S308 - a piece of HTML that was escaped
        if found[0] == term.short:
            link = '<dfn><a href="{}{}"><abbr>{}</abbr></a></dfn> ({})'
            return format_html(link, self.prefix, term.slug, word, term.name)
        return format_html('<dfn><a href="{}{}">{}</a></dfn>', self.prefix, term.slug, word)


def forms(term: GlossaryTerm) -> list[str]:
    return [form for form in (term.name, term.short, *term.also) if form]


def track_element(tag: str, inside: list[str]) -> None:
    """Adds the element of an opening tag to the list of open elements; at a closing tag, removes it."""
    name = tag.strip("</>").split(" ")[0]
    if tag.startswith("</"):
        inside.remove(name)
    else:
        inside.append(name)
