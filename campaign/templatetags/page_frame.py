"""Template tags for the parts that every page has: style sheets and the link to the current page."""

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from campaign import translations
from campaign.css_bundle import BUNDLE, SHEETS, BundlingStorage
from pledges import languages

register = template.Library()


@register.simple_block_tag
def capture(content: SafeString) -> SafeString:
    """Stores the content of a block in a variable: `{% capture as title %}{% block … %}{% endcapture %}`."""
    return mark_safe(content.strip())  # noqa: S308 - a piece of HTML that was escaped


@register.simple_tag(takes_context=True)
def alternates(context: template.Context) -> list[dict[str, str]]:
    """Returns the page's languages with its path in each, English first; [] if it is not translated or belongs to one
    person.

    The path of a page that belongs to one person holds a token.
    """
    match = getattr(getattr(context, "request", None), "resolver_match", None)
    if not match or match.kwargs or match.view_name not in languages.TRANSLATED:
        return []
    return page_versions(match.view_name)


@register.simple_tag
def page_versions(name: str) -> list[dict[str, str]]:
    """The page `name` in each language that it exists in, English first."""
    return [_linked(code, path) for code, path in languages.versions(name)]


@register.simple_tag
def language_links(alternates: list[dict[str, str]]) -> list[dict[str, str]]:
    """Every language, English first: the page in it (of `alternates`), else home in it. Without alternates the language
    of the page itself is left out: its link would lead to another page.
    """
    here = {one["code"] for one in alternates}
    home = [one for one in page_versions("home") if one["code"] not in here]
    if not alternates:
        home = [one for one in home if one["code"] != translation.get_language()]
    order = [languages.ENGLISH.code, *languages.LANGUAGES]
    return sorted([*alternates, *home], key=lambda one: order.index(one["code"]))


def _linked(code: str, path: str) -> dict[str, str]:
    return {**(languages.LANGUAGES.get(code, languages.ENGLISH)._asdict()), "path": path}


@register.simple_tag
def is_translated(name: str) -> bool:
    """Whether the page `name` exists in the language of this page; in English every page does."""
    language = translation.get_language()
    return language not in languages.LANGUAGES or language in languages.TRANSLATED.get(name, ())


@register.simple_tag
def is_draft() -> dict[str, bool] | None:
    """Returns None for a page in English or in a translation that a speaker has read as it is now.

    Otherwise `is_stale` says whether some of its texts are shown in English.
    """
    language = translation.get_language()
    if language not in languages.LANGUAGES or not translations.is_draft(language):
        return None
    return {"is_stale": translations.is_stale(language)}


@register.simple_tag
def stylesheets() -> SafeString:
    """Returns the links to the style sheets: one if they were collected into a bundle, else one for each."""
    sheets = [BUNDLE] if isinstance(staticfiles_storage, BundlingStorage) else SHEETS
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(sheet),) for sheet in sheets))


@register.simple_tag(takes_context=True)
def aria_current(context: template.Context, address: str, *others: str) -> str:
    """Returns `aria-current` for a link to this page, or to the part of the site that the page belongs to.

    `others`: addresses of that part that have their own links.
    """
    request = getattr(context, "request", None)  # the error page 500 may have none
    path = request.path if request else ""
    if not path.startswith(address) or path.startswith(tuple(others)):
        return ""
    return format_html(' aria-current="{}"', "page" if path == address else "true")
